"""The portal's texts in its languages, gathered and compiled by Babel: no gettext is installed."""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

METHODS = [
    ("**/templates/**.html", "portal.messages:extract_template"),
    ("**/templates/**.txt", "portal.messages:extract_template"),
    ("matching/engine/criteria.py", "portal.messages:extract_bases"),
    ("**.py", "python"),
]
BASIS_AT = 8  # where a criterion says what its bounds stand on: the ninth of its parts
SKIPPED = (".*", "tests", "var", "mutants", "node_modules", "fixtures", "docs", "locale")
SOURCE_LANGUAGE = "en"  # the texts themselves
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def compile_messages() -> list[Path]:
    """Compiles each .po that is newer than its .mo; returns the .mo files written."""
    written = []
    for source in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)
            written.append(target)
    return written


def gather_messages() -> dict[str, tuple[int, int]]:
    """Writes every text of code and templates into each language's .po.

    Returns by language how many texts there are and how many lack a translation. A translation
    that no text asks for any more is dropped; none is ever guessed.
    """
    template = _template()
    counts = {}
    for language, _name in settings.LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        path = Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "django.po")
        catalog = _updated(path, language, template)
        texts = [message for message in catalog if message.id]
        counts[language] = len(texts), sum(not _is_translated(text.string) for text in texts)
    return counts


def extract_template(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """Babel's extraction method for Django templates: Django itself turns them into Python."""
    code = templatize(fileobj.read().decode("utf-8"))
    in_brackets = BytesIO(f"({code}\n)".encode())  # where indentation means nothing
    yield from extract_python(in_brackets, keywords, comment_tags, {"encoding": "utf-8"})


def extract_bases(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """Babel's extraction method for criteria: the engine knows no gettext, its pages do."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Criterion":
            yield node.lineno, None, ast.literal_eval(node.args[BASIS_AT]), []


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as lines:
        catalog = read_po(lines, locale=source.parent.parent.name)
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as out:
        write_mo(out, catalog)
    fresh.replace(target)


def _template() -> Catalog:
    catalog = Catalog(project="Tsunagari", charset="utf-8")
    found = extract_from_dir(
        str(settings.BASE_DIR),
        method_map=METHODS,
        keywords=KEYWORDS,
        comment_tags=("Translators",),
        directory_filter=_is_ours,
    )
    for path, _line, text, comments, context in found:
        catalog.add(text, None, [(path, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return catalog


def _is_ours(directory: str) -> bool:
    name = Path(directory).name
    return not name.startswith(".") and name not in SKIPPED


def _updated(path: Path, language: str, template: Catalog) -> Catalog:
    catalog = Catalog(locale=language, project="Tsunagari", charset="utf-8")
    if path.exists():
        with path.open("rb") as lines:
            catalog = read_po(lines, locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(
            out, catalog, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False
        )
    return catalog


def _is_translated(string: Any) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)
