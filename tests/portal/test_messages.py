"""Every message of code and templates is there in Japanese and Vietnamese, placeholders and all."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for room in ("localities", "matching", "portal")
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts
]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|\{(\w+)\}|%%")


def _catalog(language: str) -> Catalog:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def _used() -> Iterator[tuple[str | None, str]]:
    """The context and the (singular) text of each message in use."""
    for path in SOURCES:
        yield from _extracted(path.read_bytes())
    for path in TEMPLATES:
        code = templatize(path.read_text(encoding="utf-8"))
        yield from _extracted(INDENT.sub("", code).encode())


def _extracted(code: bytes) -> Iterator[tuple[str | None, str]]:
    for _line, messages, _comments, context in extract("python", io.BytesIO(code), KEYWORDS):
        yield context, messages if isinstance(messages, str) else messages[0]


def _without_plural() -> Iterator[str]:
    """The text of each message in use that has no plural forms."""
    codes = [path.read_bytes() for path in SOURCES]
    codes += [
        INDENT.sub("", templatize(path.read_text(encoding="utf-8"))).encode() for path in TEMPLATES
    ]
    for code in codes:
        for _line, messages, _comments, _context in extract("python", io.BytesIO(code), KEYWORDS):
            if isinstance(messages, str):
                yield messages


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_every_message_in_use_is_translated(language: str) -> None:
    translated = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in _catalog(language)
        if message.id and all(_texts(message)) and not message.fuzzy
    }
    assert sorted(text for context, text in set(_used()) - translated) == []


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_translations_use_the_placeholders_of_their_messages(language: str) -> None:
    wrong = []
    for message in _catalog(language):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        allowed = set().union(*map(_placeholders, ids))
        needed = set.intersection(*map(_placeholders, ids)) - {"%%"}
        for text in _texts(message):
            if message.id and not needed <= _placeholders(text) <= allowed | {"%%"}:
                wrong.append((ids, text))
    assert wrong == []


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_plurals_have_every_form_of_their_language_and_say_the_number(language: str) -> None:
    """One thing may be named without its number; in a language of one form the number is needed."""
    catalog = _catalog(language)
    wrong = []
    for message in catalog:
        if message.id and not isinstance(message.id, str):
            forms, needed = _texts(message), _placeholders(message.id[1])
            if len(forms) != catalog.num_plurals or not needed <= _placeholders(forms[-1]):
                wrong.append((message.id, forms))
    assert wrong == []


def test_a_number_of_things_is_always_a_plural_message() -> None:
    """`%(count)s` in a text without plural forms would read '1 parks'; '1 of 2 parks' is right."""
    counted = re.compile(r"%\(count\)s (?!of )[a-z]")
    assert sorted(text for text in _without_plural() if counted.search(text)) == []


def test_the_extraction_finds_messages_of_code_and_of_templates() -> None:
    used = {text for _context, text in _used()}
    assert {"Hard infrastructure", "Rank again", "%(total)s park"} <= used
