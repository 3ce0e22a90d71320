"""The form of one record, as the page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.text import capfirst

from localities.curation.confirming import DATES
from localities.curation.disputed import DISPUTABLE
from localities.curation.propose import without_source
from localities.curation.values import Values, columns, lists
from localities.forms.entries import Entry, waiting_edits
from localities.forms.inputs import Choices, Input, Widget, inputs_of
from localities.forms.layout import EDITABLE, Title, sections_of, title_of
from localities.forms.saving import PREFIX, shown_digests
from localities.forms.sources import Errors
from localities.models import KINDS, Discrepancy, Edit, NamedRecord
from localities.naming import Wording, worded
from localities.queries.kept import kept
from localities.queries.staleness import FACT_KINDS
from localities.rules import Standing


@dataclass(frozen=True)
class Waiting:
    """A value that another changeset proposes."""

    changeset: int
    text: str


@dataclass(frozen=True)
class Change:
    """An edit of the draft, in words."""

    edit: Edit
    label: str
    old: str
    new: str
    source: str  # its title; '' where it has none yet
    needs_source: bool
    moved: str  # what the catalogue says by now, where it is no longer the old value


@dataclass(frozen=True)
class Option:
    """A value to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One field with all that is shown beside it."""

    input: Input
    texts: Sequence[str]
    errors: Sequence[str]
    change: Change | None
    waiting: Sequence[Waiting]
    confirmable: bool = False  # whether it can be marked as still true
    confirmed: bool = False  # whether it is

    @property
    def control(self) -> str:
        """The name of the control, and its id."""
        return PREFIX + self.input.name

    @property
    def widget(self) -> str:
        """What the template shows."""
        return self.input.widget.value

    @property
    def text(self) -> str:
        """What stands in a field of one text."""
        return self.texts[-1] if self.texts else ""

    @property
    def options(self) -> list[Option]:
        """The values to choose from; one that is chosen and not among them stands last."""
        known = [Option(value, label, value in self.texts) for value, label in self.input.choices]
        listed = {option.value for option in known}
        odd = [text for text in self.texts if text and text not in listed]
        return known + [Option(text, text, True) for text in odd]


@dataclass(frozen=True)
class Section:
    """Fields under one title."""

    id: str
    title: Title
    rows: Sequence[Row]

    @property
    def changed(self) -> int:
        """How many of its fields the draft changes."""
        return sum(row.change is not None for row in self.rows)


@dataclass(frozen=True)
class Sheet:
    """All of a form: its sections, and the edits of the draft."""

    entry: Entry
    title: str
    sections: Sequence[Section]
    changes: Sequence[Change]
    whole: Sequence[Waiting]  # others that would take the record out, or put it back
    shown: str
    labels: Mapping[str, str]

    @property
    def proposals(self) -> list[int]:
        """The changesets of others that wait on the record."""
        fields = [row.waiting for section in self.sections for row in section.rows]
        return sorted({one.changeset for waiting in (self.whole, *fields) for one in waiting})


Names = Mapping[str, Sequence[tuple[str, Mapping[str, str | None]]]]


def names_at_hand() -> Names:
    """The names in all languages of the records that others point to, by kind: key, names."""
    return kept("record-choices", _names)


def place_name(names: Names, key: str) -> Wording | None:
    """What a province is called."""
    texts = dict(names["province"]).get(key, {})
    return worded(lambda language: texts.get(f"name_{language}"))


def filled_inputs(entry: Entry, names: Names, of: str = "") -> dict[str, Input]:
    """The inputs of the record's kind, with the records that can be chosen.

    `of`: the kind of the record that a new discrepancy speaks of.
    """
    inputs = inputs_of(entry.model)
    if entry.model is Discrepancy:
        inputs |= _choices_of(inputs, entry, of)
    at_hand = {
        one.related: _records(one.related, entry, names)
        for one in inputs.values()
        if one.related is not None
    }
    return {
        name: one.with_choices(at_hand[one.related]) if one.related else one
        for name, one in inputs.items()
    }


def _choices_of(inputs: Mapping[str, Input], entry: Entry, of: str) -> dict[str, Input]:
    """What a discrepancy can speak of: kinds of record, and the fields of its own kind."""
    kinds = [(kind, str(capfirst(KINDS[kind]._meta.verbose_name))) for kind in DISPUTABLE]
    own = of or entry.values.get("record_kind")
    fields = (
        [(one.name, one.label) for one in inputs_of(KINDS[own]).values()]
        if own in DISPUTABLE
        else []
    )
    found = {"record_kind": kinds, "field": fields}
    return {
        name: replace(inputs[name], widget=Widget.CHOICE, choices=choices)
        for name, choices in found.items()
        if choices
    }


def _names() -> dict[str, list[tuple[str, dict[str, str | None]]]]:
    fields = ("name_ja", "name_en", "name_vi")
    targets = {
        column.related_model
        for model in EDITABLE.values()
        for column in (columns(model) | lists(model)).values()
        if column.related_model is not None
    }
    return {
        target.kind: [
            (key, dict(zip(fields, texts, strict=True)))
            for key, *texts in target._default_manager.filter(is_active=True).values_list(
                "key", *fields
            )
        ]
        for target in targets
        if isinstance(target, type) and issubclass(target, NamedRecord)
    }


def _records(
    target: type[models.Model],
    entry: Entry,
    names: Names,
) -> Choices:
    """Active records of `target`, and those that the draft adds."""
    if not issubclass(target, NamedRecord):
        return []
    found = [
        (key, _name(texts, key))
        for key, texts in names.get(target.kind, ())
        if (target.kind, key) != (entry.kind, entry.key)
    ]
    return found + [
        (edit.record, _name(edit.new, edit.record))
        for edit in entry.added
        if edit.record_kind == target.kind and isinstance(edit.new, dict)
    ]


def _name(texts: Mapping[str, Any], key: str) -> str:
    found = worded(lambda language: texts.get(f"name_{language}"))
    return found.text if found else key


def sheet(
    entry: Entry,
    inputs: Mapping[str, Input],
    who: Standing,
    titles: Mapping[str, str],
    *,
    posted: QueryDict | None = None,
    errors: Errors | None = None,
    first: Values | None = None,
) -> Sheet:
    """The form: with what was typed where there is any, else with what the draft says.

    `titles` are those of the sources that the draft names, by key; `first` holds values that a
    new record begins with.
    """
    values = {**entry.values, **(first or {})}
    changes = _changes(entry, inputs, titles)
    waiting: defaultdict[str, list[Waiting]] = defaultdict(list)
    for field, edits in waiting_edits(entry, who).items():
        for edit in edits:
            said = inputs[field].said(edit.new) if field in inputs else edit.get_action_display()
            waiting[field].append(Waiting(edit.changeset_id, said))
    ticked = confirmed_in(entry) if posted is None else posted.getlist("confirm")
    rows = {
        name: Row(
            one,
            _texts(one, values.get(name), posted),
            (errors or {}).get(PREFIX + name, ()),
            changes.get(name),
            waiting[name],
            _confirmable(entry, name),
            name in ticked,
        )
        for name, one in inputs.items()
    }
    sections = [
        Section(f"section-{number}", title, [rows[name] for name in names])
        for number, (title, names) in enumerate(sections_of(entry.model, list(inputs)), start=1)
    ]
    shown = posted.get("shown", "") if posted is not None else ""
    return Sheet(
        entry=entry,
        title=title_of(entry.model, entry.key, entry.values, inputs) if entry.known else "",
        sections=sections,
        changes=list(changes.values()),
        whole=waiting[""],
        shown=shown or shown_digests(inputs, entry.values),
        labels={PREFIX + name: one.label for name, one in inputs.items()},
    )


def confirmed_in(entry: Entry) -> list[str]:
    """The fields of which the draft says that they still hold."""
    return [name for name, edit in entry.edits.items() if edit.confirms]


def _confirmable(entry: Entry, name: str) -> bool:
    """Whether a field holds a fact that a source can confirm, and the draft leaves it as it is.

    A date of others follows from them.
    """
    if entry.kind not in FACT_KINDS or entry.current is None or not entry.in_catalogue:
        return False
    edit = entry.edits.get(name)
    return (
        entry.current.values.get(name) not in (None, "", [])
        and name not in DATES.get(entry.kind, {})
        and (edit is None or edit.confirms)
    )


def _texts(one: Input, value: Any, posted: QueryDict | None) -> list[str]:
    name = PREFIX + one.name
    if posted is None or (name not in posted and not one.several):
        return one.write(value)
    return [text.replace("\x00", "\ufffd") for text in posted.getlist(name)]


def _changes(
    entry: Entry, inputs: Mapping[str, Input], titles: Mapping[str, str]
) -> dict[str, Change]:
    found = {}
    own = {"record_kind": entry.kind, "record": entry.key}
    bare = without_source(entry.draft, **own) if entry.draft and entry.edits else []
    for name, edit in entry.edits.items():
        one = inputs.get(name)
        current = entry.current.values.get(name) if entry.current else None
        gone = bool(name) and entry.current is not None and current != edit.old
        found[name] = Change(
            edit=edit,
            label=one.label if one else edit.get_action_display(),
            old=one.said(edit.old) if one else "",
            new=one.said(edit.new) if one else "",
            source=titles.get(edit.source_id or "", edit.source_id or ""),
            needs_source=edit in bare,
            moved=one.said(current) if one and gone else "",
        )
    return found


__all__ = [
    "Sheet",
    "Widget",
    "confirmed_in",
    "filled_inputs",
    "names_at_hand",
    "place_name",
    "sheet",
]
