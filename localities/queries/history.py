"""Who said what, when and from which source: the applied changesets, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from localities.models import KINDS, CatalogueRecord, Changeset, Citation, Edit, Source
from localities.queries.desk import PEOPLE, Slice, changesets, cut
from localities.queries.differences import Line, field_label, lines, names_of, value_text
from localities.queries.record_names import Name

VERSIONS_SHOWN = 20
EDITS_SHOWN = 50
LINES_SHOWN = 6  # of one version in a list
State = Changeset.State


@dataclass(frozen=True, slots=True)
class Event:
    """A version of the catalogue, with the first lines of what it did."""

    changeset: Changeset
    lines: Sequence[Line]
    more: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version, with a part of its edits."""

    changeset: Changeset
    part: Slice
    lines: Sequence[Line]


def applied() -> QuerySet[Changeset]:
    """What made the versions of the catalogue, the newest first."""
    return changesets().filter(state=State.APPLIED).order_by("-version")


def version(number: int, page: int = 1) -> Version | None:
    """The version with the number."""
    changeset = applied().filter(version=number).first()
    if changeset is None:
        return None
    edits = changeset.edits.exclude(record_kind=Citation.kind).order_by("position")
    part = cut(edits, page, EDITS_SHOWN)
    return Version(changeset, part, lines(part.rows))


def latest(page: int = 1) -> Slice:
    """All versions."""
    return cut(applied(), page, VERSIONS_SHOWN)


def of_province(province: str, page: int = 1) -> Slice:
    """The versions that changed a record of the province, or moved one to it or from it."""
    return _events(edits_in(province), page)


def edits_in(province: str) -> QuerySet[Edit]:
    """The edits of records of the province, and those that move one to it or from it."""
    return Edit.objects.filter(Q(province=province) | Q(other_province=province))


def of_record(kind: str, key: str, page: int = 1, field: str = "", shown: int = 0) -> Slice:
    """The versions that changed the record, or the field of it; `shown`: how many at most."""
    edits = Edit.objects.filter(record_kind=kind, record=key)
    if field:
        edits = edits.filter(field__in=["", field])
    return _events(edits, page, shown or VERSIONS_SHOWN)


def _events(about: QuerySet[Edit], page: int, size: int = VERSIONS_SHOWN) -> Slice:
    about = about.exclude(record_kind=Citation.kind)
    found = applied().filter(Exists(about.filter(changeset=OuterRef("pk"))))
    part = cut(found, page, size)
    shown = _first_lines(about, part.rows)
    events = [
        Event(one, shown[one.pk][:LINES_SHOWN], len(shown[one.pk]) > LINES_SHOWN)
        for one in part.rows
    ]
    return Slice(events, part.number, part.more)


def _first_lines(about: QuerySet[Edit], rows: Sequence[Any]) -> dict[int, list[Line]]:
    """By changeset, the first lines and one more."""
    order = Window(RowNumber(), partition_by=F("changeset"), order_by=F("position").asc())
    own = about.filter(changeset__in=[one.pk for one in rows]).annotate(order=order)
    first = own.filter(order__lte=LINES_SHOWN + 1).order_by("changeset", "position")
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines(list(first)):
        found[line.edit.changeset_id].append(line)
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What a field says now, and which changeset said so."""

    field: str
    label: str
    value: str
    edit: Edit
    changeset: Changeset
    source: Name | None  # of the edit; else `citations` back it
    citations: Sequence[Citation]


@dataclass(frozen=True, slots=True)
class Told:
    """A record, field by field."""

    name: Name
    active: bool
    fields: Sequence[Said]


def said(kind: str, key: str) -> Told | None:
    """Who said what of a record; None for one that no version knows."""
    related = ("changeset", *(f"changeset__{name}" for name in PEOPLE))
    latest = Window(
        RowNumber(),
        partition_by=[F("field"), F("action")],
        order_by=[F("changeset__version").desc(), F("position").desc()],
    )
    edits = list(
        Edit.objects.filter(record_kind=kind, record=key, changeset__state=State.APPLIED)
        .annotate(latest=latest)
        .filter(latest=1)
        .select_related(*related)
        .order_by("changeset__version", "position")
    )
    if not edits:
        return None
    last: dict[str, tuple[Any, Edit]] = {}
    active = True
    for edit in edits:
        if edit.action == Edit.Action.UPDATE:
            last[edit.field] = (edit.new, edit)
        elif edit.action == Edit.Action.CREATE and isinstance(edit.new, dict):
            last |= {name: (value, edit) for name, value in edit.new.items()}
        active = _active(edit, active)
    names = names_of(edits)
    cited = list(
        Citation.objects.filter(record_kind=kind, record=key, is_active=True)
        .select_related("source")
        .order_by("position")
    )
    name, model = names.of(kind, key), KINDS[kind]
    fields = [
        Said(
            field,
            field_label(model, field, name.unit),
            value_text(model, field, value, names),
            edit,
            edit.changeset,
            names.of(Source.kind, edit.source_id) if edit.source_id else None,
            _backing(cited, field),
        )
        for field, (value, edit) in sorted(last.items(), key=lambda item: _place(model, item[0]))
        if value not in (None, [], "") or edit.field
    ]
    return Told(name, active, fields)


def _place(model: type[CatalogueRecord], field: str) -> int:
    """Where the field stands among those of its kind."""
    names = [one.name for one in model._meta.get_fields()]
    return names.index(field) if field in names else len(names)


def _active(edit: Edit, before: bool) -> bool:
    if edit.action == Edit.Action.UPDATE:
        return before
    return bool(edit.action != Edit.Action.DEACTIVATE)


def _backing(cited: Sequence[Citation], field: str) -> list[Citation]:
    """The citations that name the field; else those of the whole record."""
    named = [citation for citation in cited if field in citation.fields]
    return named or [citation for citation in cited if not citation.fields]
