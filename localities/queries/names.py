"""The names of records to choose from, read once a catalogue version."""

from django.db.models import QuerySet

from localities.models import Province, Region, Sector
from localities.queries.kept import kept

Named = Province | Region | Sector
Chosen = type[Province] | type[Region] | type[Sector]


def named(model: Chosen, version: int) -> list[Named]:
    """The active records of a kind in their order; no query once they are kept."""
    rows: QuerySet[Named] = model._default_manager.filter(is_active=True)
    return kept(f"names/{model.kind}", lambda: list(rows), version=version)
