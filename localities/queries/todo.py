"""What an officer has to do: the list of the desk's first page, and what stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from localities import rules
from localities.models import Changeset, Citation, Edit, Source
from localities.queries import catalogue, conflicts, desk, staleness
from localities.queries.differences import lines
from localities.queries.history import Event
from localities.rules import Scope, Standing

READ = 100  # open changesets: own drafts, then the oldest proposals
HISTORY_READ = 12
HISTORY_SHOWN = 4
State = Changeset.State


@dataclass(frozen=True, slots=True)
class Todo:
    """The open changesets that concern a person, by what they ask for, and the numbers above."""

    returned: Sequence[Changeset]
    clashing: Sequence[Changeset]
    waiting: Sequence[Changeset]
    drafts: Sequence[Changeset]
    moved: Mapping[int, Mapping[int, Any]]
    scopes: Mapping[int, Collection[Scope]]
    version: int
    ledger: staleness.Ledger
    stale: Sequence[staleness.Stale]  # of what the person's organisations curate

    @property
    def ordered(self) -> list[Changeset]:
        """All of them, the most urgent first."""
        return [*self.returned, *self.clashing, *self.waiting, *self.drafts]


def todo(who: Standing) -> Todo:
    """What concerns `who`; a changeset stands once, under what is most urgent of it."""
    mine = Q(author=who.user, state__in=[State.DRAFT, State.RETURNED])
    waiting = Q(state=State.PROPOSED) & rules.visible_to(who)
    oldest = F("proposed_at").asc(nulls_first=True)
    rows: list[Any] = list(desk.whole().filter(mine | waiting).order_by(oldest, "pk")[:READ])
    proposed = [one for one in rows if one.state == State.PROPOSED]
    scopes = rules.scopes_of_each(proposed)
    deciding = {
        one.pk
        for one in proposed
        if rules.deciding_organisation(who, one, scopes.get(one.pk, frozenset()))
    }
    user = who.user.pk if who.user else None
    own = [one for one in rows if one.author_id == user]
    moved = conflicts.moved([*deciding, *(one.pk for one in own)])
    version = rows[0].next_version - 1 if rows else catalogue.version()
    ledger = staleness.ledger(version)
    return Todo(
        returned=[one for one in own if one.state == State.RETURNED],
        clashing=[one for one in own if one.pk in moved and one.state != State.RETURNED],
        waiting=[one for one in proposed if one.pk in deciding],
        drafts=[one for one in own if one.state == State.DRAFT and one.pk not in moved],
        moved=moved,
        scopes=scopes,
        version=version,
        ledger=ledger,
        stale=[one for one in ledger.stale if is_curated(who, one.province, one.kind)],
    )


def is_curated(who: Standing, province: str | None, kind: str) -> bool:
    """Whether one of the person's organisations curates the records of the kind there."""
    return who.steward_of((province, kind)) in who.roles


def beside(
    who: Standing, changeset: Any, scopes: Collection[Scope], moved: Mapping[int, Any]
) -> tuple[desk.Opened, list[Event]]:
    """The changeset, opened, and the last versions of the first record that it changes."""
    part = desk.edits_of(changeset, moved)
    first = next((edit for edit in part.rows if edit.record_kind != Source.kind), None)
    before = _before(first) if first else []
    told = lines([*part.rows, *before], moved)
    own = [line for line in told if line.edit.changeset_id == changeset.pk]
    events: dict[int, list[Any]] = {}
    for line in told:
        if line.edit.changeset_id != changeset.pk:
            events.setdefault(line.edit.changeset_id, []).append(line)
    history = [Event(found[0].edit.changeset, found, False) for found in events.values()]
    return desk.compose(who, changeset, scopes, part, own), history[:HISTORY_SHOWN]


def _before(edit: Edit) -> list[Edit]:
    """What applied changesets did to the record of `edit`, the latest first."""
    found = Edit.objects.filter(
        record_kind=edit.record_kind,
        record=edit.record,
        changeset__state=State.APPLIED,
    ).exclude(changeset=edit.changeset_id)
    found = found.exclude(record_kind=Citation.kind)
    related = ("changeset", *(f"changeset__{name}" for name in desk.PEOPLE))
    latest = found.select_related(*related).order_by("-changeset__version", "position")
    return list(latest[:HISTORY_READ])
