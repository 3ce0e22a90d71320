"""All records of a kind as a table that can be edited and imported again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.text import capfirst

from localities.curation.values import columns, stored
from localities.imports.fields import (
    BESIDE_VALUES,
    EXPORTED,
    KEY,
    RANGE,
    ImportField,
    fields_of,
)
from localities.imports.finder import Finder
from localities.imports.written import written
from localities.models import KINDS, Province
from localities.queries import catalogue
from portal.sheets import Cell, Column, Sheet

_WIDE = ("text", "texts", "codes", "records")
_NO_PROVINCE = "province"


def is_placed(kind: str) -> bool:
    """Whether records of `kind` belong to a province."""
    return kind == Province.kind or _NO_PROVINCE in columns(KINDS[kind])


def sheet_of(kind: str, province: str | None = None) -> Sheet:
    """The active records of `kind`, of one province or of all; a column for each field.

    The last column says the version of the catalogue that a row was written from.
    """
    fields = [
        own
        for name, own in fields_of(kind).items()
        if name not in BESIDE_VALUES and not name.endswith(RANGE)
    ]
    titles = Counter(own.label for own in fields)
    heads = [Column(fields_of(kind)[KEY].label, 28)]
    heads += [_column(own, twice=titles[own.label] > 1) for own in fields]
    heads += [Column(fields_of(kind)[EXPORTED].label, 14)]
    name = capfirst(str(KINDS[kind]._meta.verbose_name_plural))
    return Sheet(name, heads, _rows(kind, fields, province))


def _column(own: ImportField, *, twice: bool) -> Column:
    title = f"{own.label} [{own.name}]" if twice else own.label
    wide = own.form in _WIDE
    return Column(title, 32 if wide else 14, wraps=wide)


def _rows(
    kind: str, fields: Sequence[ImportField], province: str | None
) -> Iterator[Sequence[Cell]]:
    finder = Finder()
    version = catalogue.version()  # before the records: what is newer than it, it may be older than
    for key, record in sorted(stored(KINDS[kind]).items()):
        place = key if kind == Province.kind else record.values.get("province")
        if record.active and (province is None or place == province):
            cells = [written(own, record.values[own.name], finder) for own in fields]
            yield [key, *cells, version]
