"""What the map of the country can be coloured by, and what is marked on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from localities.models import (
    Citation,
    FormerProvince,
    Indicator,
    IndustrialPark,
    Province,
    TransportNode,
)
from localities.queries import provinces
from localities.queries.evidence import Evidence, grouped
from localities.queries.figures import Figure, latest_figures, observations_of
from localities.queries.freshness import is_stale


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a province for the colour of the map."""

    province: Province
    low: float | None = None
    high: float | None = None
    period: str | None = None
    stale: bool = False
    citations: Sequence[Citation] = ()

    @property
    def middle(self) -> float | None:
        """The value that decides the colour."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


def indicators() -> list[Indicator]:
    """The active indicators by dimension and key."""
    found = Indicator.objects.filter(is_active=True)
    return sorted(found, key=lambda one: (one.dimension or "", one.key))


def by_indicator(indicator: Indicator) -> list[Reading]:
    """The newest figure of each province, where the whole is known: four queries."""
    observations = observations_of(indicators={indicator.key})
    figures = latest_figures(observations, FormerProvince.objects.filter(is_active=True))
    evidence = Evidence(*(figure.observations for figure in figures.values()))
    return [
        _reading(province, figures.get((province.key, indicator.key)), indicator, evidence)
        for province in provinces.names()
    ]


def _reading(
    province: Province, figure: Figure | None, indicator: Indicator, evidence: Evidence
) -> Reading:
    if figure is None:
        return Reading(province)
    cited = [citation for one in figure.observations for citation in evidence.of(one)]
    return Reading(
        province=province,
        low=figure.low,
        high=figure.high,
        period=figure.period,
        stale=is_stale(figure.period, indicator.shelf_life_months, timezone.localdate()),
        citations=list({citation.source_id: citation for citation in cited}.values()),
    )


def by_parks(parks: Sequence[IndustrialPark]) -> list[Reading]:
    """How many parks are on record; none on record is not the same as none: one query."""
    counts = grouped(parks, lambda park: park.province_id)
    return [
        Reading(province, count, count)
        if (count := len(counts.get(province.key, ())))
        else Reading(province)
        for province in provinces.names()
    ]


def by_coverage(count: int) -> list[Reading]:
    """The share of `count` indicators whose figure is known, in percent: three queries."""
    figures = latest_figures(observations_of(), FormerProvince.objects.filter(is_active=True))
    known = grouped(figures, lambda place: place[0])
    return [
        Reading(province, share, share)
        for province in provinces.names()
        for share in [100 * len(known.get(province.key, ())) / count if count else None]
    ]


def parks() -> list[IndustrialPark]:
    """The active parks with their provinces, by province: one query."""
    found = IndustrialPark.objects.filter(is_active=True).select_related("province")
    return list(found.order_by("province__code", "key"))


def nodes() -> list[TransportNode]:
    """The active ports and airports with their provinces: one query."""
    kinds = (TransportNode.Kind.SEAPORT, TransportNode.Kind.AIRPORT)
    found = TransportNode.objects.filter(is_active=True, node_kind__in=kinds)
    return list(found.select_related("province").order_by("node_kind", "province__code", "key"))
