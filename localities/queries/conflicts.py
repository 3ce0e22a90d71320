"""Where the catalogue has moved on under changesets that are not decided yet.

Read from history: nothing but an applied changeset changes a record, so what a field says now is
what the last one of those said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from localities.identity import Mark, Model, holders, marks, telling
from localities.models import KINDS, Changeset, Citation, Edit

Action = Edit.Action
# Edits after which a record may be another one than before.
_TELLING = reduce(
    or_,
    (Q(record_kind=kind, field__in=telling(model)) for kind, model in KINDS.items()),
    Q(action__in=(Action.CREATE, Action.REACTIVATE)),
) & ~Q(record_kind=Citation.kind)
TAKEN_OUT: Final = object()  # what the catalogue says of a field whose record it no longer has


@dataclass(frozen=True, slots=True)
class Twin:
    """The record that the catalogue has in the place of one that is added, or becomes the same."""

    key: str
    values: Mapping[str, Any]


def moved(changesets: Collection[int]) -> dict[int, dict[int, Any]]:
    """By changeset and edit, what the catalogue says now: of edits that took it for another.

    Two queries, and more where records are to be taken out as they once were, or the catalogue may
    have got one that is proposed. Where the whole record is concerned, the last action; a Twin
    where the catalogue has the record already; TAKEN_OUT where a field's record was taken out.
    """
    if not changesets:
        return {}
    told = list(_suspects(changesets))
    said = {pk: (new, action) for pk, new, action in _said({edit.last for edit in told})}
    values = _values([edit for edit in told if edit.takes_out])
    found: dict[int, dict[int, Any]] = {}
    for edit in told:
        now, last_action = said.get(edit.last, (None, ""))
        if edit.is_lost:
            now = TAKEN_OUT
        elif edit.takes_out and _differs(edit.old, values.get((edit.record_kind, edit.record), {})):
            now = Action.UPDATE
        elif not (
            (edit.is_moved or edit.takes_out)
            and _clashes(edit.action, edit.old, edit.new, now, last_action)
        ):
            continue
        elif edit.action == Action.CREATE:
            now = Twin(edit.record, now if isinstance(now, dict) else {})
        elif not edit.field:
            now = last_action
        found.setdefault(edit.changeset_id, {})[edit.pk] = now
    for edit, twin in _twins(changesets, [edit for edit in told if edit.may_be_twin]):
        found.setdefault(edit.changeset_id, {}).setdefault(edit.pk, twin)
    return found


def _twins(changesets: Collection[int], suspects: Sequence[Edit]) -> Iterable[tuple[Edit, Twin]]:
    """Those of `suspects` by which a record becomes one that the catalogue has got meanwhile.

    One query for all that it has got, and two a kind.
    """
    if not suspects:
        return
    got: defaultdict[str, set[str]] = defaultdict(set)
    for kind, key in _got(changesets).values_list("record_kind", "record").distinct():
        got[kind].add(key)
    edits: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in suspects:
        edits[edit.record_kind].append(edit)
    for kind, own in edits.items():
        yield from _same(KINDS[kind], own, got[kind])


def _got(changesets: Collection[int]) -> QuerySet[Edit]:
    """The applied edits that made records what they are since the first of `changesets` began."""
    begun = Changeset.objects.filter(pk__in=list(changesets)).order_by("created_at")
    return Edit.objects.filter(
        _TELLING,
        changeset__state=Changeset.State.APPLIED,
        changeset__decided_at__gt=Subquery(begun.values("created_at")[:1]),
    ).order_by()


def _same(model: Model, edits: Sequence[Edit], got: Collection[str]) -> list[tuple[Edit, Twin]]:
    """Those of `edits`, of records of `model`, that make one what one of those `got` is.

    One that the same changeset changes or takes out stands in nobody's way.
    """
    wanted = {*got, *(edit.record for edit in edits)}
    known = {one.key: one for one in holders(model, Q(pk__in=wanted))}
    having: defaultdict[Mark, list[str]] = defaultdict(list)
    for one in (known[key] for key in sorted(got) if key in known):
        for mark in marks(model, one.values, one.active):
            having[mark].append(one.key)
    changed: dict[tuple[int, str], list[Edit]] = {}
    for edit in edits:
        changed.setdefault((edit.changeset_id, edit.record), []).append(edit)
    near: list[tuple[Edit, str]] = []
    for (changeset, key), told in changed.items():
        values = dict(known[key].values) if key in known else {}
        for edit in told:
            values |= {edit.field: edit.new} if edit.field else edit.new or {}
        others = {twin: None for mark in marks(model, values) for twin in having.get(mark, ())}
        near += [
            (told[0], twin) for twin in others if twin != key and (changeset, twin) not in changed
        ]
    gone = _taken_out(model, near) if near else set()
    first: dict[int, tuple[Edit, str]] = {}
    for edit, twin in near:
        if (edit.changeset_id, twin) not in gone:
            first.setdefault(edit.pk, (edit, twin))
    found = list(first.values())
    rows = model._default_manager.filter(pk__in={twin for _edit, twin in found})
    columns = {field.attname: field.name for field in model._meta.concrete_fields if field.editable}
    whole = {
        row["key"]: {name: row[column] for column, name in columns.items()}
        for row in (rows.values("key", *columns) if found else ())
    }
    return [(edit, Twin(twin, whole[twin])) for edit, twin in found]


def _taken_out(model: Model, near: Iterable[tuple[Edit, str]]) -> set[tuple[int, str]]:
    """Which changesets take out which of the records that they name: one query."""
    changesets, keys = zip(*((edit.changeset_id, twin) for edit, twin in near), strict=True)
    ends = Edit.objects.filter(action=Action.DEACTIVATE, record_kind=model.kind)
    ends = ends.filter(changeset__in=set(changesets), record__in=set(keys))
    return set(ends.values_list("changeset_id", "record"))


def _suspects(changesets: Collection[int]) -> QuerySet[Any]:
    """The edits that may have lost what they start from.

    Each with the `last` applied edit of the same field, and whether that `is_moved` since; whether
    it `is_lost`, as its record was taken out, or `takes_out` a record as it was, which has changed
    since; and whether its record `may_be_twin` of one that the catalogue has got since.
    """
    record = {"record_kind": OuterRef("record_kind"), "record": OuterRef("record")}
    applied = Edit.objects.filter(changeset__state=Changeset.State.APPLIED, **record)
    same = applied.filter(field=OuterRef("field")).order_by("-changeset__version")
    whole = applied.filter(field="").order_by("-changeset__version")
    back = Edit.objects.filter(
        changeset=OuterRef("changeset"), field="", action=Action.REACTIVATE, **record
    )
    since = {"changeset__decided_at__gt": OuterRef("begun")}
    own = Edit.objects.filter(changeset__in=list(changesets)).exclude(record_kind=Citation.kind)
    return (
        own.annotate(
            begun=Coalesce("changeset__reverts__decided_at", "changeset__created_at"),
            last=Subquery(same.values("pk")[:1]),
            whole=Subquery(whole.values("action")[:1]),
        )
        .annotate(
            is_lost=Q(action=Action.UPDATE, whole=Action.DEACTIVATE) & ~Exists(back),
            takes_out=Q(action=Action.DEACTIVATE, old__isnull=False)
            & Exists(applied.exclude(field="").filter(**since)),
            is_moved=Q(Exists(same.filter(**since))),
            may_be_twin=_TELLING & Q(record_kind__in=_got(changesets).values("record_kind")),
        )
        .filter(Q(is_lost=True) | Q(takes_out=True) | Q(is_moved=True) | Q(may_be_twin=True))
        .order_by("changeset", "position")
    )


def _said(edits: Collection[int]) -> Iterable[tuple[int, Any, str]]:
    """What edits said, and by which action."""
    if not edits:
        return []
    return Edit.objects.filter(pk__in=edits).values_list("pk", "new", "action")


def _values(edits: Collection[Edit]) -> dict[tuple[str, str], dict[str, Any]]:
    """What applied edits last said of the fields of the records of `edits`."""
    if not edits:
        return {}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    changes = Edit.objects.filter(
        record_kind__in={edit.record_kind for edit in edits},
        record__in={edit.record for edit in edits},
        action=Action.UPDATE,
        changeset__state=Changeset.State.APPLIED,
    )
    for change in changes.order_by("changeset__version", "position"):
        found.setdefault((change.record_kind, change.record), {})[change.field] = change.new
    return found


def _differs(old: Any, values: dict[str, Any]) -> bool:
    """Whether the fields of a record say something else than they did."""
    return isinstance(old, dict) and any(old.get(name) != value for name, value in values.items())


def _clashes(action: str, old: Any, new: Any, now: Any, last: str) -> bool:
    match action:
        case Action.UPDATE:
            return bool(now != old)
        case Action.CREATE:
            return last == Action.DEACTIVATE or now != new
        case Action.DEACTIVATE:
            return last == Action.DEACTIVATE
        case _:
            return last != Action.DEACTIVATE
