"""Numbers as people type them: by the page's language, or plain as programs and our links do.

A plain number (1500, 5.5) means the same in every language, so an address can be shared. Grouped
thousands and decimal commas are read by the language: 1.500,5 in Vietnamese, 1,500.5 elsewhere.
"""

import re
import unicodedata
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext

from localities.naming import reader_language

LONGEST = 40
_MINUS = str.maketrans("\u2212\u2010\u2013", "---")
_PLAIN = re.compile(r"-?(\d+(\.\d+)?|\.\d+)", re.ASCII)
_SPACED = re.compile(r"-?[1-9]\d{0,2}( \d{3})+([.,]\d+)?", re.ASCII)
# One separator and three digits behind it: thousands to some, decimals to others.
_TWO_FACED = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPED = {
    ",": re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII),
    ".": re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", re.ASCII),
}
_COMMA_DECIMAL = re.compile(r"-?\d+,\d+", re.ASCII)


class Unreadable(ValueError):
    """The text is no number, or could be two; the message tells the reader what to type."""


def read_number(text: str, *, whole: bool = False) -> int | float:
    """The number that `text` writes, full-width digits too. Raises Unreadable.

    In Vietnamese one separator with three digits behind it is refused: 1.000 would be a thousand to
    the reader and one in a plain address. In Japanese and English it can only be a decimal point.
    `whole` chooses the example of the refusal.
    """
    typed = _tidied(text)
    vietnamese = reader_language() == "vi"
    if len(typed) > LONGEST:
        raise Unreadable(_example(whole))
    if vietnamese and _TWO_FACED.fullmatch(typed):
        raise Unreadable(_both_readings(typed))
    plain = _plain(typed, grouping="." if vietnamese else ",")
    if plain is None:
        raise Unreadable(_example(whole))
    return float(plain) if "." in plain else int(plain)


def respelled(text: str) -> str:
    """`text` as a plain number that every language reads alike. Raises Unreadable."""
    typed = _tidied(text)
    value = read_number(text)
    return typed if _PLAIN.fullmatch(typed) and not _TWO_FACED.fullmatch(typed) else spelled(value)


def _tidied(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().translate(_MINUS)


def _plain(typed: str, grouping: str) -> str | None:
    """`typed` with a decimal point and nothing else; None where it is no number."""
    point = "," if grouping == "." else "."
    if _SPACED.fullmatch(typed) and grouping not in typed:
        return typed.replace(" ", "").replace(point, ".")
    if _GROUPED[grouping].fullmatch(typed):
        return typed.replace(grouping, "").replace(point, ".")
    if point == "," and _COMMA_DECIMAL.fullmatch(typed):
        return typed.replace(",", ".")
    return typed if _PLAIN.fullmatch(typed) else None


def spelled(value: int | float) -> str:
    """`value` in digits; one more zero behind three decimals, which could be thousands."""
    if isinstance(value, int):
        return str(value)
    digits = format(Decimal(repr(value)).normalize(), "f")
    return f"{digits}0" if _TWO_FACED.fullmatch(digits) else digits


def _both_readings(typed: str) -> str:
    texts = {
        "typed": typed,
        "one": re.sub("[.,]", "", typed),
        "other": spelled(float(typed.replace(",", "."))),
    }
    return gettext("“%(typed)s” could be %(one)s or %(other)s. Write one of these.") % texts


def _example(whole: bool) -> str:
    if whole:
        return gettext("A whole number is needed, for example %(example)s.") % {"example": "1500"}
    example = number_format("1500.5", use_l10n=True, force_grouping=True)
    return gettext("A number is needed, for example %(example)s.") % {"example": example}


__all__ = ["Unreadable", "read_number", "respelled", "spelled"]
