"""How much of what a record may state is known: a blank is neither a plus nor a zero."""

from collections.abc import Mapping

from django.db.models import CharField, Count, Value
from django.db.models.functions import NullIf

from localities.models import KINDS, CatalogueRecord
from localities.queries.kept import kept
from localities.queries.staleness import FACT_KINDS, province_column

Filled = Mapping[tuple[str, str | None], tuple[int, int]]


def filled(version: int | None = None) -> Filled:
    """By kind and province: how many optional fields are known, and how many there are."""
    return kept("desk-filled", _made, version=version)


def optional_fields(model: type[CatalogueRecord]) -> tuple[str, ...]:
    """The fields of a record that may be unknown; what it belongs to is none of them."""
    return tuple(
        field.name for field in model._meta.concrete_fields if field.null and not field.is_relation
    )


def _made() -> Filled:
    """One query a kind."""
    found: dict[tuple[str, str | None], tuple[int, int]] = {}
    for kind in FACT_KINDS:
        model = KINDS[kind]
        if not (names := optional_fields(model)):
            continue
        about = NullIf(province_column(model), Value("", output_field=CharField()))
        rows = model._default_manager.filter(is_active=True).order_by()
        counted = rows.annotate(about=about).values("about")
        known = {f"known_{name}": Count(name) for name in names}
        for row in counted.annotate(records=Count("pk"), **known).values_list(
            "about", "records", *known
        ):
            province, records, *counts = row
            found[kind, province] = sum(counts), records * len(names)
    return found
