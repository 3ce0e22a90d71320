"""Names and texts in the reader's language, and what is said where a translation is missing."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

ORDER = ("ja", "en", "vi")  # what is tried after the reader's own language


@dataclass(frozen=True, slots=True)
class Wording:
    """A text and the language that it is in."""

    text: str
    lang: str


def reader_language() -> str:
    """The code of the language that is spoken at present; Japanese where none is."""
    code = (get_language() or ORDER[0]).split("-")[0]
    return code if code in ORDER else ORDER[0]


def localized(record: Any, field: str, language: str | None = None) -> Wording | None:
    """`record.<field>_<language>`, else that of the first language that has one, else None."""
    wanted = language or reader_language()
    for code in dict.fromkeys((wanted, *ORDER)):
        if text := getattr(record, f"{field}_{code}", None):
            return Wording(str(text), code)
    return None
