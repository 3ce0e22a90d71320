"""A cell as a value of a field. An empty cell says nothing; a word for 'unknown' says unknown."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext, override

from localities import periods
from localities.imports import units
from localities.imports.fields import ImportField
from localities.imports.reading import Cell, as_text
from localities.naming import ORDER
from localities.text import fold
from localities.typed import Unreadable, read_number

_DASHES = re.compile(r"[-‐‑‒–—―−ー－ｰ─━…?？/／]+")
_UNKNOWN = frozenset(
    map(
        fold,
        (
            *("不明", "未定", "未確認", "未詳", "未調査", "調査中", "確認中", "わからない", "不詳"),
            *("日付不明", "date unknown", "không rõ ngày"),
            *("unknown", "not known", "n/a", "n.a.", "tbd", "tbc", "未公表", "非公表", "非公開"),
            *(
                "không rõ",
                "chưa rõ",
                "không biết",
                "chưa xác định",
                "chưa biết",
                "không có thông tin",
            ),
        ),
    )
)
_YES = frozenset("○〇◯◎✓✔☑✅レ") | frozenset(
    map(fold, ("有", "有り", "あり", "はい", "可", "yes", "y", "true", "1", "có", "該当", "has it"))
)
_NO = frozenset("×✕✖✗✘❌") | frozenset(
    map(
        fold,
        ("無", "無し", "なし", "いいえ", "不可", "no", "n", "false", "0", "không", "has it not"),
    )
)
_NUMBER = re.compile(r"([^\d.\-+]*?)\s*([-+]?[\d.][\d.,\s]*|[-+]?\.\d+)\s*(\D.*)?", re.S)
_BETWEEN = re.compile(r"\s*(?:~|〜|～|から|–|—|(?<=[\d%])\s*-\s*(?=[\d.])|\bto\b|\bđến\b)\s*")
_LONGEST_MEASURE = 200
_ABOUT = ("約", "およそ", "about", "approx.", "ca.", "khoảng", "≈")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "r": 2018, "h": 1988}
_JAPANESE = re.compile(
    r"(?:(令和|平成|昭和)(\d{1,2}|元)|(\d{4}))年(?:度)?(?:(\d{1,2})月(?:(\d{1,2})日)?)?(?:末|現在|時点|頃)?"
)
_QUARTER = re.compile(r"(\d{4})年?[- /]?(?:第?([1-4])四半期|q([1-4]))", re.I)
_HALF = re.compile(r"(\d{4})年?(?:の)?(上|下)(?:半期|期)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})(?:[/.-](\d{1,2}))?")
_YEAR_LAST = re.compile(r"(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4})")
_VIETNAMESE = re.compile(
    r"(?:(?:ngày\s*)?(\d{1,2})\s*)?tháng\s*(\d{1,2})\s*(?:năm|/)\s*(\d{4})", re.I
)
_PARTS = re.compile(r"[、;]|\s*[・,]\s*(?=[A-Za-z0-9\u3040-\u9fff])")


class Unfit(ValueError):
    """The cell can't be a value of the field; the message tells why."""


class Reader:
    """Reads the cells of one file, whose numbers are written as in `language`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def value(self, field: ImportField, cell: Cell, heading: str = "") -> Any:
        """What a cell that is not empty says. Raises Unfit."""
        text = as_text(cell)
        if text.startswith("#") and text.rstrip("!?").isupper() and len(text) < 9:
            raise Unfit(gettext("The spreadsheet shows an error here."))
        if field.form in ("choice", "codes") and (found := _coded(field, text)) is not None:
            return found
        if is_unknown(text):
            if not field.nullable:
                raise Unfit(gettext("This field can't be unknown."))
            return field.unknown
        match field.form:
            case "boolean":
                return _boolean(cell, text)
            case "whole" | "number":
                return self._one(field, cell, heading)
            case "numbers":
                return self._sizes(field, cell, heading)
            case "period":
                return self._period(cell)
            case "choice" | "codes":
                raise Unfit(_allowed(field))
            case "prefectures":
                return [_prefecture(part) for part in parts(text)]
            case "texts":
                return parts(text, narrow=True)
        return text

    def span(self, field: ImportField, cell: Cell, heading: str = "") -> tuple[Any, Any]:
        """The two ends that a cell says; a single number is both. Raises Unfit."""
        text = as_text(cell)
        if is_unknown(text):
            if not field.nullable:
                raise Unfit(gettext("This field can't be unknown."))
            return None, None
        if isinstance(cell, (int, float)):
            value = self._one(field, cell, heading)
            return value, value
        ends = _ends(text)
        if ends is None:
            value = self._one(field, cell, heading)
            return value, value
        low, high = ends
        _before, _digits, unit = _dissected(high)
        if unit and not _dissected(low)[2]:
            low += unit
        return self._one(field, low, heading), self._one(field, high, heading)

    def _one(self, field: ImportField, cell: Cell, heading: str) -> int | float:
        try:
            return self._measured(field, cell, heading)
        except units.WrongUnit as wrong:
            raise Unfit(str(wrong)) from wrong

    def _measured(self, field: ImportField, cell: Cell, heading: str) -> int | float:
        name = field.column.name if field.column is not None else field.name
        by_heading = units.of_heading(name, heading)
        if isinstance(cell, (bool, date)):
            raise Unfit(gettext("A number is needed."))
        if isinstance(cell, (int, float)):
            return _fitting(field, cell, by_heading)
        text = as_text(cell)
        if _ends(text):
            raise Unfit(gettext("One number is needed, not a range."))
        before, digits, unit = _dissected(text)
        by_cell = None
        for word in (before, unit):
            if word:
                made = units.factor(name, word, strict=True)
                by_cell = made if made is None else made * (by_cell or 1)
        try:
            with override(self.language):
                number = read_number(digits)
        except Unreadable as error:
            text = gettext("This can't be read, in one way only, as a number.")
            raise Unfit(text) from error
        by = by_heading if by_cell is None or by_cell == 1 else by_cell
        return _fitting(field, number, by)

    def _sizes(self, field: ImportField, cell: Cell, heading: str) -> list[int | float]:
        if isinstance(cell, (int, float)):
            return [self._one(field, cell, heading)]
        pieces = re.split(r"[\n;、；]|,\s+", as_text(cell))
        numbers = [self._one(field, piece.strip(), heading) for piece in pieces if piece.strip()]
        return sorted(set(numbers))

    def _period(self, cell: Cell) -> str:
        if isinstance(cell, date):
            return cell.isoformat()
        text = unicodedata.normalize("NFKC", as_text(cell)).strip()
        for candidate in (text, _period(text, self.language)):
            if candidate:
                try:
                    periods.parse(candidate)
                except ValueError:
                    continue
                return candidate
        raise Unfit(gettext("A date is needed: 2026, 2026-10, 2026-10-05 or 2026年10月."))


def is_unknown(text: str) -> bool:
    """Whether a cell says that something is not known."""
    plain = unicodedata.normalize("NFKC", text).strip(" ()")
    return bool(_DASHES.fullmatch(plain)) or fold(plain) in _UNKNOWN


def parts(text: str, *, narrow: bool = False) -> list[str]:
    """The items of a list in a cell: a line each, else parted by 、 or ;.

    `narrow`: a comma may be part of an item, as in a firm's name.
    """
    if "\n" in text:
        found = text.split("\n")
    else:
        wide = text.replace("；", ";").replace("，", "、")
        found = re.split("[、;]", wide) if narrow else _PARTS.split(" ".join(wide.split()))
    return list(dict.fromkeys(part.strip() for part in found if part.strip()))


def _boolean(cell: Cell, text: str) -> bool:
    if isinstance(cell, bool):
        return cell
    plain = text.strip()
    if plain in _YES or fold(plain) in _YES:
        return True
    if plain in _NO or fold(plain) in _NO:
        return False
    raise Unfit(gettext("Yes or no is needed: ○ or ×, 有 or 無, yes or no."))


def _coded(field: ImportField, text: str) -> Any:
    """The code, or codes, of a field with a set of words; None where a word is none of them."""
    words = {fold(code): code for code, _label in field.choices}
    for language in ORDER:
        with override(language):
            words |= {fold(str(label)): code for code, label in field.choices}
    if field.form == "choice":
        return words.get(fold(text))
    found = [words.get(fold(part)) for part in parts(text)]
    return sorted(set(found)) if found and None not in found else None


def _allowed(field: ImportField) -> str:
    words = ", ".join(str(label) for _code, label in field.choices)
    return gettext("Allowed is: %(words)s.") % {"words": words}


def _prefecture(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.zfill(2) if plain.isdigit() else plain


def _measure(text: str) -> str:
    """The text of a number or range, parted by single spaces. Raises Unfit for one too long."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(plain) > _LONGEST_MEASURE:
        raise Unfit(gettext("A number is needed."))
    return plain


def _ends(text: str) -> tuple[str, str] | None:
    """The two ends of a range; None for what is none. Raises Unfit."""
    found = _BETWEEN.split(_measure(text))
    return (found[0], found[1]) if len(found) == 2 and all(found) else None


def _dissected(text: str) -> tuple[str, str, str]:
    """What stands before a number, the number, and its unit. Raises Unfit."""
    plain = _measure(text).replace("−", "-")
    for word in _ABOUT:
        plain = plain.removeprefix(word).strip()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise Unfit(gettext("A number is needed."))
    return (found[1] or "").strip(), found[2].strip(), (found[3] or "").strip(" ()")


def _fitting(field: ImportField, number: int | float, by: Fraction) -> int | float:
    made = float(number * by) if by != 1 else number
    if by != 1:
        made = round(made, 2 if abs(made) >= 1 else 6)
    if field.form == "whole":
        if isinstance(made, float) and not made.is_integer():
            raise Unfit(gettext("A whole number is needed."))
        return int(made)
    return float(made)


def _period(text: str, language: str) -> str | None:
    if found := _JAPANESE.fullmatch(text):
        year = found[3] or _ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))
        return _dated(year, found[4], found[5])
    if found := _QUARTER.fullmatch(text):
        return f"{found[1]}-Q{found[2] or found[3]}"
    if found := _HALF.fullmatch(text):
        return f"{found[1]}-H{1 if found[2] == '上' else 2}"
    if found := _YEAR_FIRST.fullmatch(text):
        return _dated(found[1], found[2], found[3])
    if found := _VIETNAMESE.fullmatch(text):
        return _dated(found[3], found[2], found[1])
    found = _YEAR_LAST.fullmatch(text)
    if found and (language == "vi" or not found[1]):
        return _dated(found[3], found[2], found[1])
    return None


def _dated(year: str | int, month: str | None, day: str | None) -> str:
    numbers = [f"{int(part):02}" for part in (month, day) if part]
    return "-".join([str(year), *numbers])
