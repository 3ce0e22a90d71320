"""Values as cells: what an export writes, and what an import of it reads back as the same."""

from __future__ import annotations

from math import isclose
from typing import Any

from django.utils.translation import gettext

from localities.imports.fields import ImportField
from localities.imports.finder import Finder
from localities.imports.reading import Cell, as_text
from localities.models import NamedRecord
from localities.naming import reader_language
from portal.sheets import bare


def written(field: ImportField, value: Any, finder: Finder | None = None) -> str | int | float:
    """The cell that says `value` in the reader's language.

    With a `finder` a record is written by its name, where that names no other.
    """
    if value is None or value == []:
        return gettext("unknown")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        one_by_one = ImportField(
            field.name, "record" if field.form == "records" else "text", field.column
        )
        labels = dict(field.choices)
        return "\n".join(
            str(labels.get(item) or written(one_by_one, item, finder)) for item in value
        )
    if field.form == "choice":
        return str(dict(field.choices).get(value, value))
    if field.form == "record" and finder is not None:
        return _name(field, str(value), finder)
    return value if isinstance(value, (int, float)) else str(value)


def says(cell: Cell, field: ImportField, value: Any) -> bool:
    """Whether a cell holds just what an export writes for `value`."""
    own = written(field, value)
    if isinstance(own, (int, float)) and isinstance(cell, (int, float)):
        return isclose(own, cell, rel_tol=1e-12)
    if isinstance(own, str):
        text = as_text(cell)  # with an apostrophe: a CSV export that was saved as a workbook
        return _plain(own) in (_plain(text), _plain(bare(text)))
    return as_text(cell) in (as_text(own), str(own))  # as a workbook shows it, as CSV writes it


def _plain(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _name(field: ImportField, key: str, finder: Finder) -> str:
    model = field.column.related_model if field.column is not None else None
    if not isinstance(model, type) or not issubclass(model, NamedRecord):
        return key
    names = finder.names(model)
    name = names.called(key, reader_language())
    return name if name and names.exactly(name) == {key} else key
