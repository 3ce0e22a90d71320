"""What an officer has to do: the list of the desk's first page, and what stands beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from localities import rules
from localities.models import KINDS, Changeset, Citation, Edit, IndustrialPark, Province, Source
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
    mine = rules.own_of(who) & Q(state__in=[State.DRAFT, State.RETURNED])
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
    own = [one for one in rows if rules.is_own(who, one)]
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
        stale=[
            one for one in ledger.stale if who.curates_in(Scope(one.province, one.kind, one.park))
        ],
    )


@dataclass(frozen=True, slots=True)
class Charge:
    """A place that a person's organisations curate, with how many facts of each kind."""

    place: Province | IndustrialPark | None  # None: what is about no province
    facts: Sequence[tuple[str, int]]  # most first


def charges(who: Standing, ledger: staleness.Ledger) -> list[Charge]:
    """What the person's organisations curate, a park apart where they don't curate around it.

    One query for the names of provinces, one for those of parks.
    """
    own: defaultdict[tuple[str | None, str | None], Counter[str]] = defaultdict(Counter)
    for (kind, province, park), count in ledger.facts.items():
        if who.curates_in(Scope(province, kind, park)):
            apart = None if who.curates_in(Scope(province, kind)) else park
            own[province, apart][str(KINDS[kind]._meta.verbose_name_plural)] += count
    parks = IndustrialPark.objects.in_bulk([park for _, park in own if park])
    provinces = Province.objects.in_bulk([key for key, park in own if key and not park])
    return [
        Charge(
            parks[park] if park else provinces.get(province or ""),
            sorted(facts.items(), key=lambda pair: (-pair[1], pair[0])),
        )
        for (province, park), facts in own.items()
    ]


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
