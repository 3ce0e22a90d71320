"""A field of a record as an officer types it: what it asks for, how it is read and written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from django.db import models
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from localities import periods
from localities.curation.values import Model, columns, lists
from localities.models import IndustrialPark, Language, ProgrammeStage, SupportFunction, TalentField
from localities.models.records import ListOfCodes, PeriodField
from localities.naming import reader_language
from localities.typed import Unreadable, read_number, spelled

_LISTS_OF_CODES = (Language, ProgrammeStage, SupportFunction, TalentField)
_BETWEEN_NUMBERS = re.compile(r",\s+|[\s/／、;；]+")
_DATE = re.compile(r"(\d{4})[/.年](\d{1,2})(?:[/.月](\d{1,2}))?[月日]?", re.ASCII)
_HAS = frozenset((*IndustrialPark.offers, *IndustrialPark.services))
_OF_LANGUAGE = re.compile(r"_(ja|en|vi)\Z")


class Widget(Enum):
    """How a value is asked for."""

    TEXT = "text"
    LONG = "long"  # a text of several lines
    NUMBER = "number"
    NUMBERS = "numbers"
    PERIOD = "period"
    STATE = "state"  # yes, no or unknown
    CHOICE = "choice"
    RECORD = "record"  # one record of another kind
    RECORDS = "records"
    CODES = "codes"
    TEXTS = "texts"  # one a line


_SEVERAL = (Widget.RECORDS, Widget.CODES)
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Input:
    """One field of a form."""

    name: str
    label: str
    widget: Widget
    nullable: bool
    required: bool
    whole: bool = False
    is_year: bool = False
    longest: int | None = None
    lang: str = ""
    related: type[models.Model] | None = None
    choices: Choices = field(default=())

    @property
    def several(self) -> bool:
        """Whether boxes are ticked: one that is not sends nothing."""
        return self.widget in _SEVERAL

    def read(self, texts: Sequence[str]) -> Any:
        """The value that `texts` write. Raises Unreadable."""
        if self.several:
            return [text for text in texts if text]
        text = texts[-1].replace("\r\n", "\n").strip() if texts else ""
        match self.widget:
            case Widget.TEXTS:
                return [line.strip() for line in text.splitlines() if line.strip()]
            case Widget.STATE:
                return _state(text)
            case _ if not text:
                return None if self.nullable else self._blank()
            case Widget.NUMBER:
                return self._number(text)
            case Widget.NUMBERS:
                return [_number(part) for part in _BETWEEN_NUMBERS.split(text) if part]
            case Widget.PERIOD:
                return read_period(text)
        return text

    def _blank(self) -> str | None:
        """Nothing, of a field that must have something: the catalogue will say so."""
        return "" if self.widget in (Widget.TEXT, Widget.LONG) else None

    def _number(self, text: str) -> int | float:
        value = _number(text, whole=self.whole)
        if self.whole and isinstance(value, float):
            raise Unreadable(
                gettext("A whole number is needed, for example %(example)s.") % {"example": "1500"}
            )
        return value if self.whole else float(value)

    def write(self, value: Any) -> list[str]:
        """`value` as it would be typed; `read` gives it back."""
        if self.several:
            return [str(item) for item in value] if isinstance(value, list) else []
        if value is None or value == []:
            return [""]
        match self.widget:
            case Widget.STATE:
                return ["true" if value else "false"]
            case Widget.TEXTS:
                return ["\n".join(map(str, value)) if isinstance(value, list) else str(value)]
            case Widget.NUMBERS if isinstance(value, list):
                return [" / ".join(_typed_number(item) for item in value)]
        return [_typed_number(value)]

    def said(self, value: Any) -> str:
        """`value` in words, for a reader."""
        if value is None or value in ("", []):
            return gettext("unknown")
        if isinstance(value, list):
            return pgettext("list", ", ").join(self._one(item) for item in value)
        return self._one(value)

    def _one(self, value: Any) -> str:
        if isinstance(value, bool):
            return dict(self.choices).get("true" if value else "false", str(value))
        if isinstance(value, int | float):
            return str(value) if self.is_year else _written_number(value)
        if self.widget is Widget.PERIOD:
            return periods.written(str(value))
        return dict(self.choices).get(str(value), str(value))

    def with_choices(self, choices: Choices) -> Input:
        """The same, with records to choose from."""
        return replace(self, choices=choices)


def inputs_of(model: Model) -> dict[str, Input]:
    """The inputs of `model` by field, in the reader's language, without records to choose from."""
    return {name: _input(model, column) for name, column in (columns(model) | lists(model)).items()}


def _input(model: Model, column: Any) -> Input:
    widget = _widget(column)
    several_or_texts = widget in (Widget.CODES, Widget.TEXTS)
    nullable = bool(column.null)
    return Input(
        name=column.name,
        label=label_of(column),
        widget=widget,
        nullable=nullable,
        required=not column.blank and not nullable and not several_or_texts,
        whole=isinstance(column, models.IntegerField),
        is_year=_is_year(column),
        longest=getattr(column, "max_length", None),
        lang=found[1] if (found := _OF_LANGUAGE.search(column.name)) else "",
        related=column.related_model if isinstance(column.related_model, type) else None,
        choices=_choices(column, widget),
    )


def _is_year(column: Any) -> bool:
    """Whether the number is a year of the calendar, and no yearly amount."""
    whole = isinstance(column, models.IntegerField)
    return whole and column.name.endswith("_year") and not column.name.endswith("per_year")


def label_of(column: Any) -> str:
    """What a field is called in the reader's language."""
    if column.name == "address_en":  # in the models one word serves streets and web addresses
        return gettext("Address")
    name = column.verbose_name
    if not isinstance(name, Promise) and column.related_model is not None:
        of = column.related_model._meta
        name = of.verbose_name_plural if column.many_to_many else of.verbose_name
    return str(capfirst(str(name)))


@cache
def _codes(column: Any) -> type[models.TextChoices] | None:
    for validator in column.validators:
        if isinstance(validator, ListOfCodes):
            return next(c for c in _LISTS_OF_CODES if tuple(c.values) == validator.allowed)
    return None


def _widget(column: Any) -> Widget:
    if isinstance(column, models.ManyToManyField):
        return Widget.RECORDS
    if isinstance(column, models.JSONField):
        if _codes(column):
            return Widget.CODES
        return Widget.TEXTS if column.validators else Widget.NUMBERS
    kinds = (
        (models.ForeignKey, Widget.RECORD),
        (models.BooleanField, Widget.STATE),
        (PeriodField, Widget.PERIOD),
        (models.TextField, Widget.LONG),
        ((models.IntegerField, models.FloatField), Widget.NUMBER),
    )
    found = next((widget for kind, widget in kinds if isinstance(column, kind)), Widget.TEXT)
    return Widget.CHOICE if column.choices else found


def _choices(column: Any, widget: Widget) -> Choices:
    if widget is Widget.STATE:
        yes, no = (gettext("has it"), gettext("has it not"))
        if column.name not in _HAS:
            yes, no = (gettext("yes"), gettext("no"))
        return (("true", yes), ("false", no))
    if widget is Widget.CODES and (codes := _codes(column)):
        return [(value, str(label)) for value, label in codes.choices]
    return [(str(value), str(label)) for value, label in column.choices or ()]


def _state(text: str) -> bool | None:
    states: Mapping[str, bool | None] = {"": None, "true": True, "false": False}
    if text not in states:
        raise Unreadable(gettext("Choose one of the list."))
    return states[text]


def _number(text: str, *, whole: bool = False) -> int | float:
    value = read_number(text, whole=whole)
    return int(value) if isinstance(value, float) and whole and value.is_integer() else value


def read_period(text: str) -> str:
    """A period as it is typed; as dates are written in Japan, too: 2026/10/2, 2026年10月."""
    plain = unicodedata.normalize("NFKC", text)
    if found := _DATE.fullmatch(plain):
        return "-".join(part.zfill(2) for part in found.groups() if part)
    return plain


def _typed_number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = spelled(value)
    return text.replace(".", ",") if reader_language() == "vi" else text


def _written_number(value: int | float) -> str:
    """With every decimal: two values that differ must look different."""
    digits = format(Decimal(repr(value)).normalize(), "f").partition(".")[2]
    return str(number_format(value, len(digits), use_l10n=True, force_grouping=True))
