"""Figures in the units that the reader wants: square metres or tsubo, US dollars or another money.

A tsubo is 400/121 square metres, by the Japanese law of weights and measures of 1891. Money is
converted only by a rate on record (`localities.queries.rates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, pgettext

from localities.numbers import number
from localities.queries.rates import Rate
from localities.units import unit_label

M2_PER_TSUBO = 400 / 121
M2_PER_HA = 10_000
AREAS = ("m2", "tsubo")
USD = "USD"


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a unit is made of: money above, an area above (1) or below (-1) the line."""

    money: bool = False
    area: Literal[-1, 0, 1] = 0
    m2: float = 1


_MEASURES: Mapping[str, _Measure] = {
    "m2": _Measure(area=1),
    "ha": _Measure(area=1, m2=M2_PER_HA),
    "USD/m2/month": _Measure(money=True, area=-1),
    "USD/m2/lease term": _Measure(money=True, area=-1),
    "USD/m2/year": _Measure(money=True, area=-1),
    "USD/m3": _Measure(money=True),
    "million USD": _Measure(money=True),
    "USD per person per year": _Measure(money=True),
}


@dataclass(frozen=True, slots=True)
class Units:
    """How areas and money are written."""

    area: str = "m2"
    rate: Rate | None = None  # None: US dollars, as on record

    @property
    def currency(self) -> str:
        """The money that amounts are written in."""
        return self.rate.currency if self.rate else USD

    def span(self, low: float | None, high: float | None, unit: str = "") -> str:
        """A figure on record in `unit`, in the units wanted; '' where neither end is known."""
        measure = _MEASURES.get(unit, _Measure())
        text = span_text(self._turned(low, measure, "low"), self._turned(high, measure, "high"))
        label = self._label(unit, measure)
        return f"{text}\u00a0{label}" if text and label else text

    def _turned(
        self, value: float | None, measure: _Measure, end: Literal["low", "high"]
    ) -> float | None:
        if value is None:
            return None
        if self.area == "tsubo" and measure.area:
            value *= (measure.m2 / M2_PER_TSUBO) ** measure.area
        if self.rate and measure.money:
            value *= self.rate.low if end == "low" else self.rate.high
        return value

    def _label(self, unit: str, measure: _Measure) -> str:
        tsubo = self.area == "tsubo" and measure.area != 0
        foreign = self.rate is not None and measure.money
        if unit == "m2":
            return gettext("tsubo") if tsubo else "m²"
        if unit == "ha":
            return gettext("tsubo") if tsubo else "ha"
        if not tsubo and not foreign:
            return unit_label(unit) if unit else ""
        words = {
            "money": currency_label(self.currency),
            "area": gettext("tsubo") if tsubo else "m²",
        }
        return _pattern(unit) % words


def _pattern(unit: str) -> str:
    return {
        "USD/m2/month": gettext("%(money)s/%(area)s/month"),
        "USD/m2/lease term": gettext("%(money)s/%(area)s for the lease term"),
        "USD/m2/year": gettext("%(money)s/%(area)s/year"),
        "USD/m3": gettext("%(money)s/m³"),
        "million USD": gettext("million %(money)s"),
        "USD per person per year": gettext("%(money)s per person and year"),
    }[unit]


def currency_label(code: str) -> str:
    """A money's name as it stands behind a number."""
    return {
        "USD": "USD",
        "JPY": pgettext("currency", "JPY"),
        "VND": pgettext("currency", "VND"),
    }[code]


def span_text(low: float | None, high: float | None) -> str:
    """A range as text; one number where both ends agree; '' where neither is known."""
    if low is None and high is None:
        return ""
    if low is None:
        return pgettext("range", "up to %(high)s") % {"high": number(high)}
    if high is None:
        return pgettext("range", "from %(low)s") % {"low": number(low)}
    if number(low) == number(high):
        return number(low)
    return pgettext("range", "%(low)s–%(high)s") % {"low": number(low), "high": number(high)}
