"""One figure for a province of today, made of what was measured of it and of its former parts.

An observation of the province itself stands as it is. Of former parts only an intensive
indicator (a score, a wage, a rate) makes a whole, and only when every part is known for the same
period: then the province's figure is the range from the lowest part to the highest. A total, or a
part missing, leaves the whole unknown, and the parts are shown as parts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from localities import periods
from localities.models import FormerProvince, Indicator, Observation


@dataclass(frozen=True, slots=True)
class Figure:
    """The range of an indicator for a province and a period, and the observations behind it."""

    low: float
    high: float
    period: str
    observations: tuple[Observation, ...]


def observations_of(
    provinces: Collection[str] | None = None, indicators: Collection[str] | None = None
) -> list[Observation]:
    """Active observations of the provinces and of their former parts, with their indicators.

    Without a collection of keys: of all provinces, of all indicators. Newest period first.
    """
    chosen = Observation.objects.filter(is_active=True, park=None)
    if provinces is not None:
        chosen = chosen.filter(
            Q(province__in=provinces) | Q(former_province__province__in=provinces)
        )
    if indicators is not None:
        chosen = chosen.filter(indicator__in=indicators)
    found = list(chosen.select_related("indicator", "former_province"))
    return sorted(found, key=lambda o: (periods.parse(o.period).end, o.key), reverse=True)


def province_of(observation: Observation) -> str:
    """The key of the province of today that an observation speaks of, wholly or in part."""
    former = observation.former_province
    return former.province_id if former is not None else str(observation.province_id)


def latest_figures(
    observations: Iterable[Observation], predecessors: Iterable[FormerProvince]
) -> dict[tuple[str, str], Figure]:
    """The newest figure of each (province, indicator) of which the whole is known."""
    parts_of: dict[str, set[str]] = defaultdict(set)
    for former in predecessors:
        parts_of[former.province_id].add(former.key)
    groups: dict[tuple[str, str], dict[str, list[Observation]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for observation in observations:
        place = (province_of(observation), observation.indicator_id)
        groups[place][observation.period].append(observation)
    figures = {}
    for (province, indicator), by_period in groups.items():
        newest_first = sorted(by_period, key=lambda p: periods.parse(p).end, reverse=True)
        whole = (_whole(by_period[period], parts_of[province]) for period in newest_first)
        if figure := next((figure for figure in whole if figure is not None), None):
            figures[province, indicator] = figure
    return figures


def _whole(observations: list[Observation], parts: set[str]) -> Figure | None:
    """The figure of one province and period, or None where the whole is not known."""
    own = [observation for observation in observations if observation.province_id is not None]
    chosen = own or observations
    indicator: Indicator = chosen[0].indicator
    known_parts = {observation.former_province_id for observation in chosen}
    if not own and known_parts != parts:
        return None
    if not own and len(parts) > 1 and not indicator.intensive:
        return None
    return Figure(
        low=min(observation.value_min for observation in chosen),
        high=max(observation.value_max for observation in chosen),
        period=chosen[0].period,
        observations=tuple(sorted(chosen, key=lambda observation: observation.key)),
    )
