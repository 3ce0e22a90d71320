"""What the columns of a file can be: the fields of a kind of record, and its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from localities.curation.values import columns, lists
from localities.models import (
    KINDS,
    Citation,
    Language,
    NamedRecord,
    ProgrammeStage,
    Source,
    Stewardship,
    SupportFunction,
    TalentField,
)
from localities.models.records import ListOfCodes, PeriodField, list_of_prefecture_codes

KEY, NAME = "key", "name"
RANGE = "__range"
EXPORTED = "catalogue.version"
# Whose values have no source of their own, or are no listings.
_LEFT_OUT = (Source.kind, Citation.kind, Stewardship.kind)
_CODED = (SupportFunction, ProgrammeStage, Language, TalentField)
SOURCE: dict[str, str | Promise] = {
    "source.title": _("Source: title"),
    "source.url": _("Source: address"),
    "source.published": _("Source: published"),
    "source.note": _("Source: page or note"),
    "source.as_of": _("Source: as of"),
}
# What says of which record a row speaks, and where it was read: no value of the record.
BESIDE_VALUES = (KEY, NAME, EXPORTED, *SOURCE)


@dataclass(frozen=True, slots=True)
class ImportField:
    """Something that a column can say of a record."""

    name: str
    form: str  # how its cells are read, see `localities.imports.cells`
    column: models.Field[Any, Any] | None = None
    choices: tuple[tuple[str, str | Promise], ...] = ()

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        if self.name == KEY:
            return gettext("Key")
        if self.name == NAME:
            return gettext("Name, in any language")
        if self.name == EXPORTED:
            return gettext("Catalogue version of the export")
        if self.name in SOURCE:
            return str(SOURCE[self.name])
        label = label_of(self.column) if self.column is not None else self.name
        return gettext("%(from)s – as a range") % {"from": label} if self.form == "range" else label

    @property
    def nullable(self) -> bool:
        """Whether the catalogue may hold that it is not known."""
        return self.column is not None and (self.column.null or self.form in _LISTS)

    @property
    def unknown(self) -> Any:
        """What the catalogue holds of it where it is not known."""
        listed = self.form in _LISTS and self.column is not None and not self.column.null
        return [] if listed else None


_LISTS = ("texts", "codes", "prefectures", "records")


def kinds() -> list[str]:
    """The kinds of record that can be imported."""
    return [kind for kind in KINDS if kind not in _LEFT_OUT]


def label_of(column: models.Field[Any, Any]) -> str:
    """The name of a column in the reader's language, its unit with it."""
    own = str(column.verbose_name)
    pointed = column.related_model
    bare = own == column.name.replace("_", " ") and isinstance(pointed, type)
    return capfirst(str(pointed._meta.verbose_name) if bare and isinstance(pointed, type) else own)


@cache
def fields_of(kind: str) -> dict[str, ImportField]:
    """What columns of a file of `kind` can be, by name."""
    model = KINDS[kind]
    found = {KEY: ImportField(KEY, "key")}
    if issubclass(model, NamedRecord):
        found[NAME] = ImportField(NAME, "text")
    own = columns(model) | lists(model)
    for name, column in own.items():
        found[name] = _field(name, column)
        if name.endswith("_min") and f"{name.removesuffix('_min')}_max" in own:
            both = name.removesuffix("_min") + RANGE
            found[both] = ImportField(both, "range", column)
    found[EXPORTED] = ImportField(EXPORTED, "whole")
    return found | {name: ImportField(name, "text") for name in SOURCE}


def _field(name: str, column: models.Field[Any, Any]) -> ImportField:
    if isinstance(column, models.ManyToManyField):
        return ImportField(name, "records", column)
    if isinstance(column, models.ForeignKey):
        return ImportField(name, "record", column)
    if isinstance(column, models.JSONField):
        return _list(name, column)
    if column.choices:
        return ImportField(name, "choice", column, tuple(column.flatchoices))
    for field_type, form in (
        (models.BooleanField, "boolean"),
        (models.IntegerField, "whole"),
        (models.FloatField, "number"),
        (PeriodField, "period"),
    ):
        if isinstance(column, field_type):
            return ImportField(name, form, column)
    return ImportField(name, "text", column)


def _list(name: str, column: models.Field[Any, Any]) -> ImportField:
    for validator in column.validators:
        if validator is list_of_prefecture_codes:
            return ImportField(name, "prefectures", column)
        if isinstance(validator, ListOfCodes):
            words = [c for c in _CODED if tuple(c.values) == validator.allowed]
            choices = words[0].choices if words else [(v, v) for v in validator.allowed]
            return ImportField(name, "codes", column, tuple(choices))
    sizes = name.endswith("_m2")
    return ImportField(name, "numbers" if sizes else "texts", column)
