"""Where the catalogue has moved on under changesets that are not decided yet.

Read from history: nothing but an applied changeset changes a record, so what a field says now is
what the last one of those said.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from localities.models import Changeset, Citation, Edit

Action = Edit.Action
TAKEN_OUT: Final = object()  # what the catalogue says of a field whose record it no longer has


def moved(changesets: Collection[int]) -> dict[int, dict[int, Any]]:
    """By changeset and edit, what the catalogue says now: of edits that took it for another.

    Two queries, and a third where records are to be taken out as they once were. Where the whole
    record is concerned, the last action; TAKEN_OUT where a field's record was taken out.
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
        elif not _clashes(edit.action, edit.old, edit.new, now, last_action):
            continue
        elif not edit.field:
            now = last_action
        found.setdefault(edit.changeset_id, {})[edit.pk] = now
    return found


def _suspects(changesets: Collection[int]) -> QuerySet[Any]:
    """The edits that may have lost what they start from.

    Each with the `last` applied edit of the same field, and whether it `is_lost`, as its record was
    taken out, or `takes_out` a record as it was, which has changed since.
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
        )
        .filter(Q(is_lost=True) | Q(takes_out=True) | Exists(same.filter(**since)))
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
