"""A draft's edits: what a form, an import or a program wants of a record, as edits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from localities.curation.confirming import following, moved_dates
from localities.curation.errors import Clash, Refusal, Refused, WrongState
from localities.curation.places import locate
from localities.curation.propose import check_edits
from localities.curation.rehearsal import rehearse
from localities.curation.twins import refusals_of
from localities.curation.values import Stored, Values, canonical, stored
from localities.models import KINDS, Changeset, Edit, Source
from localities.models.records import KEY_LENGTH
from localities.rules import EDITED, is_open, standing, writes
from portal.accounts.roles import Actor, require

Action = Edit.Action
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Backing:
    """Where values were read: the key of a source, of the catalogue or of the same draft."""

    source: str
    note: str = ""
    as_of: str | None = None


def edits_for(
    kind: str, key: str, wanted: Values, current: Stored | None, backing: Backing | None
) -> list[Edit]:
    """The edits that make the record say what is `wanted`; none where it says so already.

    `wanted` may hold some of the fields only. Without a `current` record it is a new one; one that
    was taken out is put back.
    """
    model = KINDS[kind]
    if current is None:
        return [_edit(Action.CREATE, kind, key, "", None, canonical(model, wanted), backing)]
    full = canonical(model, current.values | dict(wanted))
    edits = [] if current.active else [_edit(Action.REACTIVATE, kind, key, "", None, None, backing)]
    edits += [
        _edit(Action.UPDATE, kind, key, name, current.values.get(name), full[name], backing)
        for name in wanted
        if full[name] != current.values.get(name)
    ]
    return edits


def confirming_edits(
    kind: str, key: str, confirmed: Values, current: Stored, says: Values, backing: Backing | None
) -> list[Edit]:
    """The edits that say the `confirmed` values still hold; the dates of these follow.

    A value that is no longer the `current` one is in conflict, as of any edit. `says`: what the
    record would say otherwise.
    """
    values = canonical(KINDS[kind], current.values | confirmed)
    dates = moved_dates(kind, confirmed, says, backing.as_of if backing else None)
    held = [
        _edit(Action.UPDATE, kind, key, name, values[name], values[name], backing)
        for name in confirmed
    ]
    return held + edits_for(kind, key, dates, current, backing)


def _edit(
    action: str, kind: str, key: str, field: str, old: Any, new: Any, backing: Backing | None
) -> Edit:
    return Edit(  # type: ignore[misc]  # stubs take a PeriodField for one without NULL
        action=action,
        record_kind=kind,
        record=key,
        field=field,
        old=old,
        new=new,
        source_id=backing.source if backing else None,
        source_note=backing.note if backing else "",
        as_of=backing.as_of if backing else None,
    )


@transaction.atomic
def save_record(
    changeset: Changeset,
    *,
    actor: Actor,
    kind: str,
    key: str,
    wanted: Values,
    backing: Backing | None = None,
    confirmed: Values | None = None,
    withdrawn: Collection[str] = (),
) -> Changeset:
    """Has the draft make the record say what is `wanted`, in place of what it said of these fields.

    A field that is wanted as it stands in the catalogue leaves the draft, unless it is `confirmed`;
    so do confirmations that are `withdrawn`. Raises NotAllowed, WrongState, and Refused with what
    is wrong with this record; then nothing is stored.
    """
    changeset = open_draft(changeset, actor)
    own = {edit.field: edit for edit in changeset.edits.filter(record_kind=kind, record=key)}
    current = stored(KINDS[kind], [key]).get(key)
    _refuse_twin(kind, key, own.get(""), current)
    if current is None and "" in own:
        before = own[""].new if isinstance(own[""].new, dict) else {}
        wanted = {**before, **wanted}
        backing = backing or _backing_of(own[""])
    edits = edits_for(kind, key, wanted, current, backing)
    left = following(own.values(), [*withdrawn, *(confirmed or ())])
    if confirmed and current is not None:
        stay = [edit for edit in own.values() if edit.field and edit not in left]
        says = current.values | {edit.field: edit.new for edit in stay}
        dated = _dated(changeset, backing)
        held = confirming_edits(kind, key, confirmed, current, says, dated)
        edits += [edit for edit in held if edit.confirms or edit.field not in wanted]
    named = {edit.field for edit in edits}
    replaced = [
        edit for name, edit in own.items() if name in ("", *wanted) or name in named or edit in left
    ]
    _replace(changeset, replaced, edits)
    _refuse(changeset, kind, key)
    return changeset


@transaction.atomic
def add_edits(changeset: Changeset, *, actor: Actor, edits: Iterable[Edit]) -> Changeset:
    """Adds `edits` to the draft, in place of its own of the same fields. Raises as `save_record`.

    Whether the catalogue can hold them, `rehearse` and `propose` say.
    """
    changeset = open_draft(changeset, actor)
    new = list(edits)
    names = {_place(edit) for edit in new}
    replaced = [edit for edit in changeset.edits.all() if _place(edit) in names]
    _replace(changeset, replaced, new)
    return changeset


@transaction.atomic
def set_active(
    changeset: Changeset,
    *,
    actor: Actor,
    kind: str,
    key: str,
    active: bool,
    reason: str = "",
    backing: Backing | None = None,
) -> Changeset:
    """Has the draft take the record out of the catalogue, with the reason, or put it back.

    It is taken out as what it says now: a later change of it is a conflict. Raises as
    `save_record`.
    """
    changeset = open_draft(changeset, actor)
    current = stored(KINDS[kind], [key]).get(key)
    whole = changeset.edits.filter(record_kind=kind, record=key, field="")
    if current is None:
        whole.delete()
        return _changed(changeset)
    _refuse_twin(kind, key, whole.first(), current)
    action = Action.REACTIVATE if active else Action.DEACTIVATE
    edit = _edit(action, kind, key, "", None if active else current.values, None, backing)
    edit.source_note = edit.source_note if active else reason
    new = [] if current.active == active else [edit]
    _replace(changeset, list(whole), new)
    _refuse(changeset, kind, key)
    return changeset


@transaction.atomic
def drop_edits(changeset: Changeset, *, actor: Actor, ids: Collection[int]) -> Changeset:
    """Takes edits out of the draft."""
    changeset = open_draft(changeset, actor)
    changeset.edits.filter(pk__in=ids).delete()
    return _changed(changeset)


@transaction.atomic
def save_source(changeset: Changeset, *, actor: Actor, values: Mapping[str, Any]) -> str:
    """The key of the source that `values` describe; one that is new comes with the draft.

    Raises as `save_record`.
    """
    wanted = canonical(Source, values)
    same = {name: wanted[name] for name in ("title", "url", "published")}
    known = Source.objects.filter(**same, is_active=True).values_list("key", flat=True).first()
    if known is not None:
        return known
    key = source_key(wanted)
    save_record(changeset, actor=actor, kind=Source.kind, key=key, wanted=wanted)
    return key


@transaction.atomic
def describe(
    changeset: Changeset, *, actor: Actor, title: str | None = None, comment: str | None = None
) -> Changeset:
    """Gives the draft another title or comment; None leaves it. Raises as `open_draft`."""
    changeset = open_draft(changeset, actor)
    changeset.title = changeset.title if title is None else title
    changeset.comment = changeset.comment if comment is None else comment
    changeset.full_clean()
    changeset.save(update_fields=["title", "comment"])
    return _changed(changeset)


def open_draft(changeset: Changeset, actor: Actor) -> Changeset:
    """The changeset, locked, for its author to edit. Raises NotAllowed and WrongState."""
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    require(writes(standing(actor), changeset))
    if not is_open(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    return changeset


def _refuse(changeset: Changeset, kind: str, key: str) -> None:
    """Raises Refused with what is wrong with the record as `changeset` has it."""
    if refusals := [one for one in refused(changeset) if (one.kind, one.record) == (kind, key)]:
        raise Refused(refusals)


def refused(changeset: Changeset) -> list[Refusal]:
    """What the catalogue can't hold of `changeset`, records that it has already among it."""
    rehearsal = rehearse(changeset)
    return [*rehearsal.refusals, *refusals_of(rehearsal.clashes)]


def _refuse_twin(kind: str, key: str, whole: Edit | None, current: Stored | None) -> None:
    """Raises Refused where the draft adds a record under a key that another one has got since."""
    if whole is None or whole.action != Action.CREATE or current is None:
        return
    new = canonical(KINDS[kind], whole.new if isinstance(whole.new, dict) else {})
    if new != current.values:
        raise Refused(refusals_of([Clash(kind, key, "", None, current.values, new, key)]))


def _replace(changeset: Changeset, old: Sequence[Edit], new: Sequence[Edit]) -> None:
    if not old and not new:
        return
    Edit.objects.filter(pk__in=[edit.pk for edit in old]).delete()
    free = [edit.position for edit in old]
    last = changeset.edits.order_by("-position").values_list("position", flat=True).first() or 0
    highest = max([last, *free])
    positions = [*sorted(free), *range(highest + 1, highest + 1 + len(new))]
    for edit, position in zip(new, positions, strict=False):
        edit.changeset, edit.position = changeset, position
    _check_kinds(new)
    check_edits(new)
    locate([*changeset.edits.filter(action=Action.CREATE), *new])
    Edit.objects.bulk_create(new, batch_size=500)
    _changed(changeset)


def _check_kinds(edits: Sequence[Edit]) -> None:
    message = gettext("Citations follow from the sources of edits; nobody edits them by hand.")
    if wrong := [edit for edit in edits if edit.record_kind not in EDITED]:
        raise Refused(Refusal(edit.record_kind, edit.record, edit.field, message) for edit in wrong)


def _changed(changeset: Changeset) -> Changeset:
    changeset.revision += 1
    changeset.save(update_fields=["revision"])
    return changeset


def _backing_of(edit: Edit) -> Backing | None:
    if edit.source_id is None:
        return None
    return Backing(edit.source_id, edit.source_note, edit.as_of)


def _dated(changeset: Changeset, backing: Backing | None) -> Backing | None:
    """`backing` with a date: where it has none of its own, that of its source."""
    if backing is None or backing.as_of:
        return backing
    new = changeset.edits.filter(record_kind=Source.kind, record=backing.source, field="").first()
    if new is not None and isinstance(new.new, dict):
        return replace(backing, as_of=new.new.get("published"))
    known = Source.objects.filter(pk=backing.source).values_list("published", flat=True)
    return replace(backing, as_of=known.first())


def _place(edit: Edit) -> tuple[str, str, str]:
    return edit.record_kind, edit.record, edit.field


def source_key(values: Values) -> str:
    """The key of a source that is new: of its title, and of all that tells it from another."""
    text = "\n".join(str(values[name]) for name in ("title", "url", "published"))
    name = slugify(str(values["title"]))[: KEY_LENGTH - 20].strip("-") or "source"
    return f"{name}-{sha256(text.encode()).hexdigest()[:8]}"
