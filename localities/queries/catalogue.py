"""The catalogue as a whole: its version, and how much it holds."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from localities import periods
from localities.models import (
    KINDS,
    Changeset,
    Citation,
    Discrepancy,
    IndustrialPark,
    Observation,
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
    """The number of the last applied changeset; 0 before the first load.

    In plain SQL: every request asks for it, and building the query took longer than its answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM localities_catalogue")
        row = cursor.fetchone()
    return row[0] if row else 0


def summary() -> Summary:
    """The counts of active records, and the date of the newest source."""
    counts = {
        kind: model.objects.filter(is_active=True).count()  # type: ignore[attr-defined]
        for kind, model in KINDS.items()
        if model not in (Citation, Discrepancy, Source)
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


@dataclass(frozen=True, slots=True)
class Ages:
    """The periods of the oldest and the newest figure."""

    oldest: str | None
    newest: str | None


def ages() -> Ages:
    """How old the figures of the catalogue are."""
    found = Observation.objects.filter(is_active=True).values_list("period", flat=True).distinct()
    ordered = sorted((period for period in found if period), key=lambda p: periods.parse(p).end)
    return Ages(ordered[0], ordered[-1]) if ordered else Ages(None, None)


def last_change() -> Changeset | None:
    """The changeset that made the current version."""
    return Changeset.objects.filter(state=Changeset.State.APPLIED).order_by("-version").first()
