"""A record as the catalogue has it, and as a draft would have it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Value

from localities.curation.places import locate
from localities.curation.values import Model, Stored, Values, canonical, stored
from localities.models import KINDS, Changeset, Edit, Source
from localities.rules import Standing, visible_to
from portal.accounts.models import User
from portal.accounts.roles import Role

NEW_DRAFT = "new"
MOST_DRAFTS = 20
_OPEN = (Changeset.State.DRAFT, Changeset.State.RETURNED)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


# A changeset with `size` (its edits), `holds` (the record itself) and `near` (its province).
Draft = Any


class NotOpen(Exception):
    """The changeset that was asked for is no draft of the person."""


@dataclass(frozen=True)
class Entry:
    """One record of one kind, beside the draft in which it is edited (None: not begun)."""

    kind: str
    key: str
    current: Stored | None
    draft: Changeset | None
    edits: dict[str, Edit] = field(default_factory=dict)  # the draft's own, by field
    added: tuple[Edit, ...] = ()  # records of every kind that the draft adds

    @property
    def model(self) -> Model:
        """The table of the record."""
        return KINDS[self.kind]

    @property
    def is_new(self) -> bool:
        """Whether the catalogue has no such record yet."""
        return self.current is None

    @property
    def known(self) -> bool:
        """Whether there is anything to edit: in the catalogue, or in the draft."""
        return self.current is not None or "" in self.edits

    @cached_property
    def values(self) -> Values:
        """What the record would say."""
        if self.current is None:
            whole = self.edits.get("")
            new = whole.new if whole is not None and isinstance(whole.new, dict) else {}
            return canonical(self.model, new)
        changed = {name: edit.new for name, edit in self.edits.items() if name}
        return {**self.current.values, **changed}

    @property
    def active(self) -> bool:
        """Whether the record would be in the catalogue."""
        whole = self.edits.get("")
        if whole is None:
            return self.current is None or self.current.active
        return whole.action != Edit.Action.DEACTIVATE

    @property
    def in_catalogue(self) -> bool:
        """Whether it stands in the catalogue, and would go on to."""
        return self.current is not None and self.current.active and self.active

    @cached_property
    def place(self) -> str | None:
        """The key of the province that the catalogue has the record in; None: no single one."""
        if self.current is None:
            return None
        values = self.current.values
        known = Edit(action=Edit.Action.CREATE, record_kind=self.kind, record=self.key, new=values)
        locate([known])
        return known.province_id

    def within(self, draft: Changeset | None) -> Entry:
        """The same record as `draft` would have it."""
        if draft is None:
            return replace(self, draft=None, edits={}, added=())
        own = Q(record_kind=self.kind, record=self.key)
        edits = list(draft.edits.filter(own | Q(action=Edit.Action.CREATE)))
        mine = [edit for edit in edits if (edit.record_kind, edit.record) == (self.kind, self.key)]
        added = tuple(edit for edit in edits if edit.action == Edit.Action.CREATE)
        return replace(self, draft=draft, edits={edit.field: edit for edit in mine}, added=added)


def entry_of(kind: str, key: str, draft: Changeset | None = None) -> Entry:
    """The record as it is, and as `draft` would have it."""
    current = stored(KINDS[kind], [key]).get(key) if key else None
    return Entry(kind, key, current, None).within(draft)


def open_drafts(
    user: User, who: Standing, entry: Entry, province: str | None = None, wish: str = ""
) -> list[Draft]:
    """What the person may still edit, the newest first, with the number of edits.

    `province`: where the record is, if not where the catalogue has it. `wish` names a draft that
    is among them, however old.
    """
    own: QuerySet[Changeset] = Changeset.objects.filter(
        author=user, state__in=_OPEN, organisation__in=who.at_least(Role.EDITOR)
    )
    edits = Edit.objects.filter(changeset=OuterRef("pk")).exclude(record_kind=Source.kind)
    place = province or entry.place
    nowhere = Value(False, output_field=BooleanField())
    found = own.annotate(
        size=Count("edits"),
        holds=Exists(edits.filter(record_kind=entry.kind, record=entry.key)),
        near=Exists(edits.filter(province=place)) if place else nowhere,
    )
    drafts = list(found.select_related("reverts").order_by("-pk")[:MOST_DRAFTS])
    if _NUMBER.fullmatch(wish) and all(str(draft.pk) != wish for draft in drafts):
        drafts += found.select_related("reverts").filter(pk=wish)
    return drafts


def chosen_draft(wish: str, drafts: Collection[Draft]) -> Changeset | None:
    """The draft that `wish` names: its number, 'new', or '' for the newest about the same.

    That is the one that holds the record, else one that speaks of its province. None: one is begun
    when something is saved. Raises NotOpen for a number that is not among `drafts`.
    """
    if wish == NEW_DRAFT:
        return None
    if wish:
        found: Changeset | None = next((one for one in drafts if str(one.pk) == wish), None)
        if found is None:
            raise NotOpen(wish)
        return found
    holding = [draft for draft in drafts if draft.holds]
    near: list[Changeset] = [draft for draft in drafts if draft.near and draft.reverts_id is None]
    return next(iter((*holding, *near)), None)


def is_wish(text: str) -> bool:
    """Whether `text` may name a draft."""
    return text in ("", NEW_DRAFT) or bool(_NUMBER.fullmatch(text))


def waiting_edits(entry: Entry, who: Standing) -> dict[str, list[Edit]]:
    """What others, waiting for review, want of the record, by field; as far as one may see it."""
    seen = Changeset.objects.filter(visible_to(who), state=Changeset.State.PROPOSED)
    edits = Edit.objects.filter(record_kind=entry.kind, record=entry.key, changeset__in=seen)
    if entry.draft is not None:
        edits = edits.exclude(changeset=entry.draft)
    found: dict[str, list[Edit]] = {}
    for edit in edits.order_by("changeset", "position"):
        found.setdefault(edit.field, []).append(edit)
    return found
