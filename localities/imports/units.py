"""Units that officers write beside numbers, turned into the units of the catalogue."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from django.utils.translation import gettext

TSUBO = Fraction(400, 121)  # m², by the Measurement Act
_AREAS = {
    "m2": Fraction(1),
    "sqm": Fraction(1),
    "平米": Fraction(1),
    "平方メートル": Fraction(1),
    "坪": TSUBO,
    "ha": Fraction(10_000),
    "ヘクタール": Fraction(10_000),
    "km2": Fraction(1_000_000),
    "平方キロ": Fraction(1_000_000),
    "平方キロメートル": Fraction(1_000_000),
}
_LENGTHS = {
    "km": Fraction(1000),
    "キロ": Fraction(1000),
    "キロメートル": Fraction(1000),
    "m": Fraction(1),
    "メートル": Fraction(1),
}
_TIMES = {
    "月": "month", "month": "month", "tháng": "month", "か月": "month", "ヶ月": "month",
    "年": "year", "year": "year", "năm": "year", "日": "day", "day": "day", "ngày": "day",
}  # fmt: skip
_MONEY = {
    "usd": "usd", "us$": "usd", "$": "usd", "ドル": "usd", "米ドル": "usd", "us": "usd",
    "円": "jpy", "jpy": "jpy", "¥": "jpy", "yen": "jpy",
    "vnd": "vnd", "ドン": "vnd", "đồng": "vnd", "đ": "vnd", "₫": "vnd",
    "eur": "eur", "€": "eur", "ユーロ": "eur",
}  # fmt: skip
_TIMES_TEN = {
    "百万": Fraction(1_000_000), "万": Fraction(10_000), "千": Fraction(1000),
    "億": Fraction(100_000_000), "兆": Fraction(1_000_000_000_000),
    "nghìn": Fraction(1000), "triệu": Fraction(1_000_000), "tỷ": Fraction(1_000_000_000),
    "thousand": Fraction(1000), "million": Fraction(1_000_000),
    "billion": Fraction(1_000_000_000),
}  # fmt: skip
_COUNTS = {
    "人",
    "名",
    "社",
    "件",
    "区画",
    "棟",
    "箇所",
    "か所",
    "校",
    "位",
    "点",
    "người",
    "doanh nghiệp",
}
_OTHERS = {
    "mva": "mva",
    "m3": "m3",
    "立米": "m3",
    "%": "pct",
    "パーセント": "pct",
    "dwt": "dwt",
    "teu": "teu",
    **dict.fromkeys(("t", "トン", "tonnes", "tấn"), "mt"),
}
_IN_MILLIONS = {"mt", "mpax"}  # parts of names of fields
_BRACKETS = re.compile(r"[(\[［【]([^()\[\]［］【】]*)[)\]］】]")


class WrongUnit(ValueError):
    """The unit is not the field's, nor one that can be turned into it."""


def factor(name: str, unit: str, *, strict: bool) -> Fraction | None:
    """What a number in `unit` is multiplied by to be the field's; None where `unit` says nothing.

    Raises WrongUnit; of what it does not know only where `strict`, as behind a number.
    """
    plain = unicodedata.normalize("NFKC", unit).casefold().replace(" ", "").replace("当たり", "")
    made, known = Fraction(1), False
    for at, part in enumerate(re.split(r"[/・]", plain) if plain else []):
        word, times = _split(part)
        made *= times
        found = _part(name, word, first=at == 0) if word else Fraction(1)
        if found is None and strict:
            raise WrongUnit(gettext("The unit “%(unit)s” can't be read here.") % {"unit": unit})
        made *= found or 1
        if at == 0 and (times != 1 or _is_amount(word)):
            made /= _scale(name)
        known = known or found is not None or times != 1
    return made if known else None


def of_heading(name: str, heading: str) -> Fraction:
    """What the numbers of a column are multiplied by, as its heading says. Raises WrongUnit."""
    plain = unicodedata.normalize("NFKC", heading)
    for inner in reversed(_BRACKETS.findall(plain)):
        if (found := factor(name, inner, strict=False)) is not None:
            return found
    return (
        factor(name, "坪", strict=True) or Fraction(1)
        if "坪" in plain and _area(name)
        else Fraction(1)
    )


def without_brackets(heading: str) -> str:
    """The heading without what stands in brackets."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", heading)).strip()


def _split(part: str) -> tuple[str, Fraction]:
    for word, times in _TIMES_TEN.items():
        if part.startswith(word):
            return part[len(word) :], times
    return part, Fraction(1)


def _is_amount(word: str) -> bool:
    return word in _COUNTS or _OTHERS.get(word) == "mt"


def _scale(name: str) -> int:
    """In how many the field counts: 1, or a million."""
    return 1_000_000 if _IN_MILLIONS & set(name.split("_")) else 1


def _part(name: str, word: str, *, first: bool) -> Fraction | None:
    if word in _AREAS:
        if own := _area(name):
            return _AREAS[word] / own if first else _wrong(word)
        return 1 / _AREAS[word] if "_m2" in name and not first else _wrong(word)
    if word in _MONEY:
        return Fraction(1) if _MONEY[word] in name.split("_") else _wrong(word)
    if word in _TIMES:
        fits = _TIMES[word] in name or (_TIMES[word] == "year" and first)
        return Fraction(1) if fits else _wrong(word)
    if word in _LENGTHS:
        own_length = _length(name)
        return _LENGTHS[word] / own_length if own_length else _wrong(word)
    if word in _OTHERS:
        fits = _OTHERS[word] in name.split("_") or (word in "%パーセント" and "percent" in name)
        return Fraction(1) if fits or name.startswith("value") else _wrong(word)
    return Fraction(1) if word in _COUNTS else None


def _area(name: str) -> Fraction | None:
    """The unit of a field that is an area, in m²."""
    if "usd" in name:
        return None
    own = name.rsplit("_", 1)[-1]
    return _AREAS.get(own)


def _length(name: str) -> Fraction | None:
    """The unit of a field that is a length, in m."""
    parts = name.split("_")
    return next((_LENGTHS[unit] for unit in ("km", "m") if unit in parts), None)


def _wrong(word: str) -> Fraction:
    raise WrongUnit(gettext("The unit “%(unit)s” is not that of this field.") % {"unit": word})
