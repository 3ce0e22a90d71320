"""Names and texts in the reader's language, and what is said where a translation is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

ORDER = ("ja", "en", "vi")  # the languages of the catalogue, its first one first
# What is tried after the reader's own language: what the reader is likeliest to read.
_NEXT = {"ja": ("en", "vi"), "en": ("ja", "vi"), "vi": ("en", "ja")}


@dataclass(frozen=True, slots=True)
class Wording:
    """A text and the language that it is in."""

    text: str
    lang: str


def reader_language() -> str:
    """The code of the language that is spoken at present; Japanese where none is."""
    code = (get_language() or ORDER[0]).split("-")[0]
    return code if code in ORDER else ORDER[0]


def worded(text_in: Callable[[str], object | None], language: str | None = None) -> Wording | None:
    """What `text_in` returns for the reader's language, else for the first that has a text.

    The one rule of what is said where a translation is missing, for records and sentences alike.
    """
    wanted = language or reader_language()
    for code in (wanted, *_NEXT.get(wanted, ORDER)):
        if text := text_in(code):
            return Wording(str(text), code)
    return None


def localized(record: Any, field: str, language: str | None = None) -> Wording | None:
    """`record.<field>_<language>`, else that of the first language that has one, else None."""
    return worded(lambda code: getattr(record, f"{field}_{code}", None), language)


def plain_name(record: Any) -> str:
    """The name of a record in the reader's language, without a mark of what language it is in."""
    found = localized(record, "name")
    return found.text if found else str(record)
