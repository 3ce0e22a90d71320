"""A changeset's edits as people read them: which record, which field, from what to what.

Values are in the reader's language, with units in the labels of their fields.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext

from localities.models import (
    KINDS,
    CatalogueRecord,
    Citation,
    Discrepancy,
    Edit,
    IndustrialPark,
    Observation,
    Province,
    Source,
)
from localities.numbers import number
from localities.queries.conflicts import TAKEN_OUT, Twin
from localities.queries.record_names import Key, Name, Names

LONGEST_FIGURE = 24
_PUBLIC = {
    IndustrialPark.kind: "localities:park",
    Province.kind: "localities:province",
    Source.kind: "localities:source",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One edit in words. `before` is None where there was nothing."""

    edit: Edit
    name: Name
    field: str
    before: str | None
    after: str | None
    source: Name | None
    added: Sequence[tuple[str, str]] = ()  # of a new record: its fields and values
    address: str = ""  # of its public page
    current: str | None = None  # what the catalogue says now, where it has moved on
    clashes: bool = False
    twin: str = ""  # the key of the record that the catalogue has already
    there: Sequence[tuple[str, str]] = ()  # of that one: its fields and values
    others: Sequence[int] = ()  # proposals on the same record, at its first line

    @property
    def long(self) -> bool:
        """Whether a value is a text to read rather than a figure."""
        return any(len(text or "") > LONGEST_FIGURE for text in (self.before, self.after))

    @property
    def can_stand(self) -> bool:
        """Whether what is proposed may be kept against what the catalogue says now."""
        return self.edit.can_stand and not self.twin


@dataclass(frozen=True, slots=True)
class Reading:
    """Edits in words, and what the catalogue says now where it has moved on under them."""

    edits: Sequence[Edit]
    moved: Mapping[int, Any] = field(default_factory=dict)
    wanted: Collection[Key] = ()  # records besides those of the edits

    def lines(self) -> list[Line]:
        """The edits in words, those of citations left out: they follow from the sources."""
        shown = [edit for edit in self.edits if edit.record_kind != Citation.kind]
        twins = [key for edit in shown for key in _of_twin(edit, self.moved.get(edit.pk))]
        names = names_of(shown, [*self.wanted, *twins])
        return [_line(edit, names, self.moved) for edit in shown if edit.record_kind in KINDS]


def lines(edits: Sequence[Edit], moved: Mapping[int, Any] | None = None) -> list[Line]:
    """`edits` in words; `moved` says by the id of an edit what the catalogue says now."""
    return Reading(edits, moved or {}).lines()


def names_of(edits: Sequence[Edit], wanted: Collection[Key] = ()) -> Names:
    """The names of all the records that `edits` speak of: one query."""
    new = {
        (edit.record_kind, edit.record): edit.new
        for edit in edits
        if edit.action == Edit.Action.CREATE and isinstance(edit.new, dict)
    }
    pointed = [key for edit in edits for key in _pointed(edit)]
    return Names([*pointed, *wanted], new)


def _line(edit: Edit, names: Names, moved: Mapping[int, Any]) -> Line:
    model = KINDS[edit.record_kind]
    name = names.of(edit.record_kind, edit.record)
    source = names.of(Source.kind, edit.source_id) if edit.source_id else None
    label, before, after, added = "", None, str(Edit.Action(edit.action).label), []
    if edit.action == Edit.Action.UPDATE:
        label = field_label(model, edit.field, name.unit)
        before = value_text(model, edit.field, edit.old, names)
        after = value_text(model, edit.field, edit.new, names)
    elif edit.action == Edit.Action.CREATE and isinstance(edit.new, dict):
        added = _told(model, edit.new, names)
        if model is Observation:
            after = _range(edit.new)
    current, twin = None, None
    if edit.pk in moved:
        now = moved[edit.pk]
        twin = now if isinstance(now, Twin) else None
        current = _says(model, edit, now, names)
    return Line(
        edit,
        name,
        label,
        before,
        after,
        source,
        added,
        _address(edit, names),
        current,
        edit.pk in moved,
        twin.key if twin else "",
        _told(model, twin.values, names) if twin else (),
    )


def _told(
    model: type[CatalogueRecord], values: Mapping[str, Any], names: Names
) -> list[tuple[str, str]]:
    """The fields of a record that say something, and what they say."""
    return [
        (field_label(model, name), value_text(model, name, value, names))
        for name, value in values.items()
        if value not in (None, [], "")
    ]


def _of_twin(edit: Edit, now: Any) -> Iterable[Key]:
    """The record that the catalogue has already, and those that its values name."""
    if isinstance(now, Twin):
        yield edit.record_kind, now.key
        for name, value in now.values.items():
            yield from pointed_by(KINDS[edit.record_kind], name, value)


def _says(model: type[CatalogueRecord], edit: Edit, now: Any, names: Names) -> str:
    """What the catalogue says `now` where `edit` took it for something else."""
    if now is TAKEN_OUT:
        return gettext("taken out of the catalogue")
    if isinstance(now, Twin):
        name = names.of(edit.record_kind, now.key).whole
        return f"{name} = {_range(now.values)}" if model is Observation else name
    return value_text(model, edit.field, now, names) if edit.field else gettext("changed by others")


def _range(new: Mapping[str, Any]) -> str:
    low, high = new.get("value_min"), new.get("value_max")
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return gettext("unknown")
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def _address(edit: Edit, names: Names) -> str:
    """The public page on which the record stands; '' where there is none yet."""
    if edit.record_kind in _PUBLIC:
        known = names.known(edit.record_kind, edit.record)
        return reverse(_PUBLIC[edit.record_kind], args=[edit.record]) if known else ""
    return reverse("localities:province", args=[edit.province_id]) if edit.province_id else ""


def field_label(model: type[CatalogueRecord], name: str, unit: str = "") -> str:
    """What a field is called, with its unit."""
    try:
        label = str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name
    return f"{label} ({unit})" if unit and name.startswith("value_") else label


def value_text(model: type[CatalogueRecord], name: str, value: Any, names: Names) -> str:
    """A value of a field in words; 'unknown' for None."""
    if value is None or value == "":
        return gettext("unknown")
    found = next((f for f in model._meta.get_fields() if f.name == name), None)
    related = _related(found)
    if isinstance(value, list):
        texts = [names.of(related, str(item)).whole if related else _plain(item) for item in value]
        return ", ".join(texts) or gettext("none")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if related:
        return names.of(related, str(value)).whole
    if choices := dict(getattr(found, "flatchoices", None) or ()):
        return str(choices.get(value, value))
    if isinstance(value, (int, float)) and not name.endswith("_year") and name != "position":
        return number(value, 4 if name.endswith(("lat", "lon")) else None)
    return str(value)


def _plain(item: Any) -> str:
    return number(item) if isinstance(item, (int, float)) else str(item)


def _related(found: Any) -> str | None:
    """The kind of record that a field points to."""
    model = getattr(found, "related_model", None)
    return getattr(model, "kind", None) if isinstance(model, type) else None


def _pointed(edit: Edit) -> Iterable[Key]:
    """The record of `edit`, its source and the records that its values name."""
    yield edit.record_kind, edit.record
    if edit.source_id:
        yield Source.kind, edit.source_id
    model = KINDS.get(edit.record_kind)
    if model is None:
        return
    if model is Discrepancy and isinstance(edit.new, dict):
        yield str(edit.new.get("record_kind")), str(edit.new.get("record"))
    pairs = list(edit.new.items()) if isinstance(edit.new, dict) else [(edit.field, edit.new)]
    for name, value in [*pairs, (edit.field, edit.old)]:
        yield from pointed_by(model, name, value)


def pointed_by(model: type[CatalogueRecord], name: str, value: Any) -> Iterable[Key]:
    """The records that a value of a field names."""
    found = next((f for f in model._meta.get_fields() if f.name == name), None)
    if related := _related(found):
        for key in value if isinstance(value, list) else [value]:
            if isinstance(key, str):
                yield related, key
