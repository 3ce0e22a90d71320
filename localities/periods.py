"""Dates as sources state them: a year, a month, a quarter, nine months, or a span of those."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

_ONE = r"\d{4}(?:-\d{2}(?:-\d{2})?|-Q[1-4]|-H[12]|-\d{1,2}M|-M\d{1,2}-\d{1,2})?"
_SPAN = re.compile(rf"({_ONE})(?: to |/|-(?=\d{{4}}))({_ONE})", re.ASCII)
_SINGLE = re.compile(_ONE, re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_HALF = re.compile(r"(\d{4})-H([12])", re.ASCII)
_MONTHS = re.compile(r"(\d{4})-(?:M(\d{1,2})-(\d{1,2})|(\d{1,2})M)", re.ASCII)
_ENGLISH = re.compile(r"([A-Z][a-z]+)(?:\s*[-–]\s*([A-Z][a-z]+))? (\d{4})", re.ASCII)
# As sources in English spell them, with what the reader calls them.
_MONTH_NAMES = {
    "January": pgettext_lazy("month", "January"),
    "February": pgettext_lazy("month", "February"),
    "March": pgettext_lazy("month", "March"),
    "April": pgettext_lazy("month", "April"),
    "May": pgettext_lazy("month", "May"),
    "June": pgettext_lazy("month", "June"),
    "July": pgettext_lazy("month", "July"),
    "August": pgettext_lazy("month", "August"),
    "September": pgettext_lazy("month", "September"),
    "October": pgettext_lazy("month", "October"),
    "November": pgettext_lazy("month", "November"),
    "December": pgettext_lazy("month", "December"),
}
_MONTH_ORDER = tuple(_MONTH_NAMES)


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day that a stated period covers."""

    start: date
    end: date


def _month_span(year: int, first: int, last: int) -> Period:
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _single(text: str) -> Period:
    year_text, _dash, rest = text.partition("-")
    year = int(year_text)
    if not rest:
        return _month_span(year, 1, 12)
    if rest.startswith("Q"):
        quarter = int(rest[1])
        return _month_span(year, 3 * quarter - 2, 3 * quarter)
    if rest.startswith("H"):
        half = int(rest[1])
        return _month_span(year, 6 * half - 5, 6 * half)
    if rest.endswith("M"):
        return _month_span(year, 1, int(rest[:-1]))
    if rest.startswith("M"):
        first, last = rest[1:].split("-")
        return _month_span(year, int(first), int(last))
    if "-" in rest:
        day = date.fromisoformat(text)
        return Period(day, day)
    return _month_span(year, int(rest), int(rest))


def parse(text: str) -> Period:
    """The days that `text` covers.

    Knows `2025`, `2025-03`, `2025-03-31`, `2025-Q4`, `2025-H1`, `2025-9M` (January to September),
    `2026-M1-2` (January to February) and spans of two of those (`2015-2065`, `2024-07/2025-12`,
    `2019-01 to 2069-01`). Raises ValueError for anything else.
    """
    period = None
    if _SINGLE.fullmatch(text):
        period = _single(text)
    elif span := _SPAN.fullmatch(text):
        period = Period(_single(span[1]).start, _single(span[2]).end)
    if period and period.start <= period.end:
        return period
    raise ValueError(f"not a period: {text!r}")


def validate(text: str) -> None:
    """Raises ValidationError unless `parse` knows `text`."""
    try:
        parse(text)
    except ValueError as error:
        raise ValidationError(
            _("“%(value)s” is not a period. Allowed: 2025, 2025-03, 2025-03-31, 2025-Q4, 2025-9M."),
            code="period",
            params={"value": text},
        ) from error


def written(text: str) -> str:
    """A period as its source states it, in the words of the reader's language.

    Knows quarters, halves, several months (`2025-9M`, `2026-M1-2`, `May-June 2023`) and an English
    month; anything else stands as it is.
    """
    if found := _QUARTER.fullmatch(text):
        return gettext("Q%(quarter)s %(year)s") % {"year": found[1], "quarter": found[2]}
    if found := _HALF.fullmatch(text):
        half = (
            gettext("first half of %(year)s")
            if found[2] == "1"
            else gettext("second half of %(year)s")
        )
        return half % {"year": found[1]}
    if found := _MONTHS.fullmatch(text):
        return _months(found[1], int(found[2] or 1), int(found[3] or found[4]))
    if (found := _ENGLISH.fullmatch(text)) and {
        found[1],
        found[2] or found[1],
    } <= _MONTH_NAMES.keys():
        first, last = (_MONTH_ORDER.index(name) + 1 for name in (found[1], found[2] or found[1]))
        return _months(found[3], first, last)
    return text


def _months(year: str, first: int, last: int) -> str:
    named = {
        "first": _MONTH_NAMES[_MONTH_ORDER[first - 1]],
        "last": _MONTH_NAMES[_MONTH_ORDER[last - 1]],
        "year": year,
    }
    if first == last:
        return gettext("%(first)s %(year)s") % named
    return gettext("%(first)s–%(last)s %(year)s") % named
