"""Exchange rates, where somebody has entered them: no rate of the portal's own.

A rate is a cost benchmark of the whole country, so it comes in by a changeset, with its date and
its source, as every other figure does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from localities import periods
from localities.models import CostBenchmark, Source
from localities.queries.evidence import Evidence

# The item of the benchmark and its unit, by the currency that a US dollar is priced in.
RATES: Mapping[str, tuple[str, str]] = {
    "JPY": ("exchange-rate-jpy-per-usd", "JPY/USD"),
    "VND": ("exchange-rate-vnd-per-usd", "VND/USD"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """What a US dollar costs in a currency: at one time, as a source states it."""

    currency: str
    low: float
    high: float
    period: str
    source: Source


def rates() -> dict[str, Rate]:
    """The newest dated and sourced rate of each currency that has one: one query, or two."""
    items = {item: (currency, unit) for currency, (item, unit) in RATES.items()}
    entered = CostBenchmark.objects.filter(
        is_active=True, item__in=items, value_min__gt=0, period__isnull=False
    )
    found = [one for one in entered if one.unit == items[one.item][1]]
    if not found:
        return {}
    evidence = Evidence(found)
    newest_last = sorted(found, key=lambda one: (periods.parse(str(one.period)).end, one.key))
    return {
        items[one.item][0]: Rate(
            currency=items[one.item][0],
            low=one.value_min,
            high=one.value_max,
            period=str(one.period),
            source=citations[0].source,
        )
        for one in newest_last
        if (citations := evidence.of(one))
    }
