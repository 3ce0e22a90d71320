"""Where the catalogue has moved on under changesets that are not decided yet.

Read from history: nothing but an applied changeset changes a record, so what a field says now is
what the last one of those said.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from localities.models import Changeset, Citation, Edit

Action = Edit.Action


def moved(changesets: Collection[int]) -> dict[int, dict[int, Any]]:
    """By changeset and edit, what the catalogue says now: of edits that took it for another.

    Two queries. Where the whole record is concerned, the last action.
    """
    if not changesets:
        return {}
    same = Edit.objects.filter(
        record_kind=OuterRef("record_kind"),
        record=OuterRef("record"),
        field=OuterRef("field"),
        changeset__state=Changeset.State.APPLIED,
    )
    last = same.order_by("-changeset__version")
    begun = Coalesce("changeset__reverts__decided_at", "changeset__created_at")
    rows = (
        Edit.objects.filter(changeset__in=list(changesets))
        .exclude(record_kind=Citation.kind)
        .annotate(begun=begun)
        .filter(Exists(same.filter(changeset__decided_at__gt=OuterRef("begun"))))
        .annotate(last=Subquery(last.values("pk")[:1]))
        .order_by("changeset", "position")
        .values_list("changeset_id", "pk", "action", "old", "new", "last")
    )
    told = list(rows)
    said = {pk: (new, action) for pk, new, action in _said({last for *_edit, last in told})}
    found: dict[int, dict[int, Any]] = {}
    for changeset, pk, action, old, new, last_edit in told:
        now, last_action = said[last_edit]
        if _clashes(action, old, new, now, last_action):
            found.setdefault(changeset, {})[pk] = now if action == Action.UPDATE else last_action
    return found


def _said(edits: Collection[int]) -> Iterable[tuple[int, Any, str]]:
    """What edits said, and by which action."""
    if not edits:
        return []
    return Edit.objects.filter(pk__in=edits).values_list("pk", "new", "action")


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
