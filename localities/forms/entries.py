"""A record as the catalogue has it, and as a draft would have it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Q, QuerySet

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


def entry_of(kind: str, key: str, draft: Changeset | None) -> Entry:
    """The record as it is, and as `draft` would have it."""
    current = stored(KINDS[kind], [key]).get(key)
    if draft is None:
        return Entry(kind, key, current, None)
    own = Q(record_kind=kind, record=key)
    edits = list(draft.edits.filter(own | Q(action=Edit.Action.CREATE)))
    return Entry(
        kind,
        key,
        current,
        draft,
        {edit.field: edit for edit in edits if (edit.record_kind, edit.record) == (kind, key)},
        tuple(edit for edit in edits if edit.action == Edit.Action.CREATE),
    )


def open_drafts(user: User, who: Standing) -> list[Changeset]:
    """What the person may still edit, the newest first, with `size`, the number of edits."""
    own: QuerySet[Changeset] = Changeset.objects.filter(
        author=user, state__in=_OPEN, organisation__in=who.at_least(Role.EDITOR)
    )
    return list(own.annotate(size=Count("edits")).order_by("-pk")[:MOST_DRAFTS])


def chosen_draft(
    wish: str, drafts: Collection[Changeset], kind: str, key: str, province: str | None = None
) -> Changeset | None:
    """The draft that `wish` names: its number, 'new', or '' for the one about the same place.

    None: one is begun when something is saved. Raises NotOpen for a number that is not among
    `drafts`.
    """
    if wish == NEW_DRAFT or (not wish and not drafts):
        return None
    if wish:
        found = next((draft for draft in drafts if str(draft.pk) == wish), None)
        if found is None:
            raise NotOpen(wish)
        return found
    return _about(drafts, kind, key, province or place_of(kind, key))


def is_wish(text: str) -> bool:
    """Whether `text` may name a draft."""
    return text in ("", NEW_DRAFT) or bool(_NUMBER.fullmatch(text))


def place_of(kind: str, key: str) -> str | None:
    """The province of a record; None where it is about no single one."""
    edit = Edit(action=Edit.Action.UPDATE, record_kind=kind, record=key)
    locate([edit])
    return edit.province_id


def _about(
    drafts: Collection[Changeset], kind: str, key: str, province: str | None
) -> Changeset | None:
    """The newest of `drafts` that holds the record, or speaks of the province."""
    edits = Edit.objects.filter(changeset__in=drafts).exclude(record_kind=Source.kind)
    rows = list(edits.values_list("changeset", "province", "record_kind", "record").distinct())
    holding = {pk for pk, _place, own_kind, record in rows if (own_kind, record) == (kind, key)}
    there = {pk for pk, place, _kind, _record in rows if province and place == province}
    there -= {draft.pk for draft in drafts if draft.reverts_id is not None}
    for wanted in (holding, there):
        if found := next((draft for draft in drafts if draft.pk in wanted), None):
            return found
    return None


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
