"""The catalogue as a whole: its version, and how much it holds."""

from dataclasses import dataclass

from django.db.models import Max

from localities.models import (
    KINDS,
    Catalogue,
    Changeset,
    Citation,
    IndustrialPark,
    Province,
    Source,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the front page says of the catalogue."""

    version: int
    provinces: int
    parks: int
    records: int
    sources: int
    newest_source: str | None


def version() -> int:
    """The number of the last applied changeset; 0 before the first load."""
    return Catalogue.objects.values_list("version", flat=True).first() or 0


def summary() -> Summary:
    """The counts of active records, and the date of the newest source."""
    counts = {
        kind: model.objects.filter(is_active=True).count()  # type: ignore[attr-defined]
        for kind, model in KINDS.items()
        if model not in (Citation, Source)
    }
    newest = Source.objects.filter(is_active=True).aggregate(newest=Max("published"))["newest"]
    return Summary(
        version=version(),
        provinces=counts[Province.kind],
        parks=counts[IndustrialPark.kind],
        records=sum(counts.values()),
        sources=Source.objects.filter(is_active=True).count(),
        newest_source=newest,
    )


def last_change() -> Changeset | None:
    """The changeset that made the current version."""
    return Changeset.objects.filter(state=Changeset.State.APPLIED).order_by("-version").first()
