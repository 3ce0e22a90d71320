"""Changesets as the desk shows them: in lists, and one of them opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from localities import rules
from localities.models import Catalogue, Changeset, Citation, Edit, Source, Step
from localities.naming import localized
from localities.queries import conflicts
from localities.queries.differences import Line, lines
from localities.queries.record_names import Key
from localities.rules import Scope, Standing

EDITS_SHOWN = 50
PEOPLE = ("author", "client", "organisation", "reviewer", "reviewing_organisation")
State = Changeset.State
UNDECIDED = (State.DRAFT, State.RETURNED, State.PROPOSED)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a long list, by its number; nobody counts the whole."""

    rows: Sequence[Any]
    number: int
    more: bool

    @property
    def previous(self) -> int | None:
        """The number of the part before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the part behind."""
        return self.number + 1 if self.more else None


def cut(rows: QuerySet[Any], number: int, size: int) -> Slice:
    """The part of `rows` with the number: one query, however many there are.

    What is told of a row is reckoned for this part alone, not for those before it.
    """
    start = (number - 1) * size
    part = rows.values("pk")[start : start + size + 1]
    found = list(rows.filter(pk__in=part))
    return Slice(found[:size], number, len(found) > size)


def label(record: Any) -> str:
    """What a place or an organisation is called in a list to choose from."""
    name = localized(record, "name")
    return name.text if name else str(record)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the reader may do with a changeset."""

    edit: bool
    propose: bool
    settle: bool
    withdraw: bool
    take_over: bool
    decide: bool
    revert: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A changeset with what it changes, and what the reader may do with it."""

    changeset: Changeset
    part: Slice  # of its edits
    lines: Sequence[Line]
    clashes: Sequence[Line]
    steps: Sequence[Step]
    may: Allowed
    size: int
    next_version: int
    taken_back: int | None  # by which changeset
    speaks_for_client: bool  # so that somebody else has to decide

    @property
    def version(self) -> int:
        """The catalogue's version that is shown."""
        return self.next_version - 1


def changesets() -> QuerySet[Changeset]:
    """Changesets with PEOPLE and what each takes back, and `size`: its edits, without citations."""
    own = Edit.objects.filter(changeset=OuterRef("pk")).exclude(record_kind=Citation.kind)
    count = own.order_by().values("changeset").annotate(count=Count("pk")).values("count")
    return Changeset.objects.select_related(*PEOPLE, "reverts").annotate(
        size=Coalesce(Subquery(count), Value(0))
    )


def whole() -> QuerySet[Changeset]:
    """Changesets with the version that each would make, what takes it back, and what was said of it
    when it was last proposed.
    """
    back = Changeset.objects.filter(reverts=OuterRef("pk")).exclude(
        state__in=[State.REJECTED, State.WITHDRAWN]
    )
    proposals = Step.objects.filter(changeset=OuterRef("pk"), kind=Step.Kind.PROPOSED)
    return changesets().annotate(
        next_version=Coalesce(Subquery(Catalogue.objects.values("version")[:1]), Value(0)) + 1,
        taken_back=Subquery(back.order_by("-pk").values("pk")[:1]),
        proposer_comment=Subquery(proposals.order_by("-pk").values("text")[:1]),
    )


def find(number: int) -> Changeset | None:
    """The one of `whole` with the number."""
    return whole().filter(pk=number).first()


def visible(who: Standing, number: int) -> tuple[Changeset, frozenset[Scope]] | None:
    """The changeset with its scopes; None where there is none that the reader may see."""
    changeset = find(number)
    if changeset is None:
        return None
    scopes = rules.scopes_of(changeset) if changeset.state == State.PROPOSED else None
    if not rules.may_see(who, changeset, scopes):
        return None
    return changeset, scopes or frozenset()


def opened(
    who: Standing,
    changeset: Any,
    scopes: Collection[Scope],
    number: int = 1,
) -> Opened:
    """`changeset`, of `whole`, with the part of its edits that is asked for."""
    undecided = changeset.state in UNDECIDED
    found = conflicts.moved([changeset.pk]) if undecided else {}
    moved = found.get(changeset.pk, {})
    part = edits_of(changeset, moved, number)
    steps = changeset.steps.filter(rules.told_to(who))
    steps = steps.select_related("actor", "client", "organisation")
    told = lines(part.rows, moved)
    if undecided:
        told = _beside_others(who, changeset, told)
    return compose(who, changeset, scopes, part, told, list(steps))


def _beside_others(who: Standing, changeset: Changeset, told: Sequence[Line]) -> list[Line]:
    """`told` with the other proposals that wait on each record: one query."""
    every = {(line.edit.record_kind, line.edit.record) for line in told}
    keys = {(kind, key) for kind, key in every if kind != Source.kind}
    found = others(who, keys, [State.PROPOSED])
    numbers = {
        key: [one.number for one in own if one.number != changeset.pk] for key, own in found.items()
    }
    return [
        replace(line, others=numbers.pop((line.edit.record_kind, line.edit.record), ()))
        for line in told
    ]


def edits_of(changeset: Changeset, moved: Mapping[int, Any], number: int = 1) -> Slice:
    """A part of the edits, those in conflict first, without citations."""
    edits = changeset.edits.exclude(record_kind=Citation.kind)
    first = Case(When(pk__in=list(moved), then=Value(0)), default=Value(1))
    ordered = edits.order_by(first, "position") if moved else edits.order_by("position")
    return cut(ordered, number, EDITS_SHOWN)


def compose(
    who: Standing,
    changeset: Any,
    scopes: Collection[Scope],
    part: Slice,
    told: Sequence[Line],
    steps: Sequence[Step] = (),
) -> Opened:
    """A changeset of `whole`, opened, from what was read of it."""
    clashes = [line for line in told if line.clashes]
    return Opened(
        changeset=changeset,
        part=part,
        lines=told,
        clashes=clashes,
        steps=steps,
        may=_allowed(who, changeset, scopes, bool(clashes)),
        size=changeset.size,
        next_version=changeset.next_version,
        taken_back=changeset.taken_back,
        speaks_for_client=rules.speaks_for_client(who, changeset),
    )


def _allowed(
    who: Standing, changeset: Any, scopes: Collection[Scope], in_conflict: bool
) -> Allowed:
    edit = rules.may_edit(who, changeset)
    return Allowed(
        edit=edit,
        propose=edit and changeset.size > 0,
        settle=in_conflict and rules.may_settle(who, changeset),
        withdraw=rules.may_withdraw(who, changeset),
        take_over=rules.may_take_over(who, changeset),
        decide=rules.deciding_organisation(who, changeset, scopes) is not None,
        revert=rules.may_revert(who, changeset) and changeset.taken_back is None,
    )


@dataclass(frozen=True, slots=True)
class Other:
    """A changeset that is about a record, too."""

    number: int
    state: str


def others(
    who: Standing, records: Collection[Key], states: Collection[str] = UNDECIDED
) -> dict[Key, list[Other]]:
    """By record, the changesets about it that the reader may see: one query, or none."""
    if not records:
        return {}
    seen = Changeset.objects.filter(rules.visible_to(who), state__in=states)
    edits = Edit.objects.filter(
        record_kind__in={kind for kind, _key in records},
        record__in={key for _kind, key in records},
        changeset__in=seen,
    )
    found: defaultdict[Key, list[Other]] = defaultdict(list)
    rows = edits.order_by("changeset").values_list(
        "record_kind", "record", "changeset", "changeset__state"
    )
    for kind, key, number, state in rows.distinct():
        if (kind, key) in records:
            found[kind, key].append(Other(number, state))
    return found


def waiting(who: Standing) -> QuerySet[Changeset]:
    """What waits for a decision of anybody and the reader may see, the oldest first."""
    found = changesets().filter(rules.visible_to(who), state=State.PROPOSED)
    return found.order_by(F("proposed_at").asc(), "pk")
