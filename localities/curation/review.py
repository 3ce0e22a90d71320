"""What a reviewer or an author can do with a changeset besides applying it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext

from localities.curation.apply import check_decision, decide, lock_catalogue
from localities.curation.errors import Clash, Unseen, WrongState
from localities.curation.places import locate, relocate
from localities.curation.propose import checked, draft, drop_idle_sources, note
from localities.curation.rehearsal import rehearse
from localities.curation.twins import said
from localities.curation.values import Values, stored
from localities.models import KINDS, Changeset, Citation, Edit, Source, Step
from localities.rules import (
    can_be_reverted,
    ends,
    is_undecided,
    may_comment,
    may_draft,
    may_take_over,
    standing,
    stands_in,
    writes,
)
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Actor, require

Record = tuple[str, str]  # its kind and key
_INVERSE = {
    Edit.Action.CREATE: Edit.Action.DEACTIVATE,
    Edit.Action.UPDATE: Edit.Action.UPDATE,
    Edit.Action.DEACTIVATE: Edit.Action.REACTIVATE,
    Edit.Action.REACTIVATE: Edit.Action.DEACTIVATE,
}


def send_back(
    changeset: Changeset, *, reviewer: User, comment: str, revision: int | None = None
) -> Changeset:
    """Returns `changeset` to its author, with the reason, to be mended.

    Raises WrongState, NotAllowed, and ValidationError without a reason.
    """
    return _turn_down(changeset, Changeset.State.RETURNED, reviewer, comment, revision)


def reject(
    changeset: Changeset, *, reviewer: User, comment: str, revision: int | None = None
) -> Changeset:
    """Ends `changeset` without effect, with the reason. Raises as `send_back`."""
    return _turn_down(changeset, Changeset.State.REJECTED, reviewer, comment, revision)


@transaction.atomic
def _turn_down(
    changeset: Changeset,
    state: Changeset.State,
    reviewer: User,
    comment: str,
    revision: int | None,
) -> Changeset:
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    organisation = check_decision(changeset, reviewer, revision)
    decide(changeset, state, reviewer, organisation, _text(comment))
    return changeset


@transaction.atomic
def withdraw(changeset: Changeset, *, actor: Actor, comment: str = "") -> Changeset:
    """Ends an undecided `changeset` at its author's wish. Raises WrongState and NotAllowed."""
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    require(ends(standing(actor), changeset))
    if not is_undecided(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    return _end(changeset, actor, comment)


def _end(changeset: Changeset, actor: Actor, comment: str = "") -> Changeset:
    changeset.state = Changeset.State.WITHDRAWN
    changeset.save(update_fields=["state"])
    note(changeset, Step.Kind.WITHDRAWN, actor, changeset.organisation, comment)
    return changeset


@transaction.atomic
def take_over(
    changeset: Changeset, *, actor: User, comment: str = "", author: int | None = None
) -> Changeset:
    """Makes `actor` the author of a `changeset` that was sent back. Raises WrongState, NotAllowed.

    Neither they nor who wrote it before decide on it. `author`: the id of the one whom they saw.
    """
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    who = standing(actor)
    require(stands_in(who, changeset))
    if changeset.author is None or not may_take_over(who, changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    if author not in (None, changeset.author_id):
        raise WrongState(f"changeset {changeset.pk} has another author since it was looked at")
    changeset.former_authors.add(changeset.author)
    changeset.author = actor
    if changeset.reviewer == actor:  # who sent it back stands in the steps
        changeset.reviewer = None
    changeset.save(update_fields=["author", "reviewer"])
    note(changeset, Step.Kind.TAKEN_OVER, actor, changeset.organisation, comment)
    return changeset


@transaction.atomic
def comment_on(changeset: Changeset, *, actor: User, text: str) -> Step:
    """Adds a comment. Raises NotAllowed, and ValidationError without a text."""
    who = standing(actor)
    require(may_comment(who, changeset))
    keys = sorted(who.roles)
    own = changeset.organisation_id if changeset.organisation_id in keys else keys[0]
    organisation = Organisation.objects.get(key=own)
    return note(changeset, Step.Kind.COMMENTED, actor, organisation, _text(text))


def conflicts(changeset: Changeset) -> list[Clash]:
    """Where the catalogue has moved on under `changeset`, field by field."""
    return list(rehearse(changeset).clashes)


@transaction.atomic
def settle(
    changeset: Changeset, *, actor: User, keep: Mapping[int, bool], version: int | None = None
) -> Changeset:
    """Settles conflicts: by the id of the edit, whether the proposed value is kept.

    A kept one now starts from what the catalogue says; the others leave the changeset, and a
    proposal of which nothing is left is withdrawn. `version` is the catalogue's that the author
    saw. Raises NotAllowed, WrongState, Unseen where what is chosen about has changed since that
    version, and ValidationError where nothing is chosen that is in conflict.
    """
    lock_catalogue()
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    require(writes(standing(actor), changeset))
    if not is_undecided(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    if not keep:
        raise ValidationError(gettext("Choose which value should stand."), "required")
    chosen = dict(keep)
    while chosen and (own := _chosen(changeset, chosen)):  # twins are found once no value clashes
        if version is not None:
            _check_seen([clash for _edit, clash in own], version)
        for edit, clash in own:
            _settle(changeset, edit, clash, chosen.pop(edit.pk))
    if len(chosen) == len(keep):
        raise ValidationError(gettext("Nothing of this is in conflict any more."), "settled")
    changeset.revision += 1
    changeset.save(update_fields=["revision"])
    note(changeset, Step.Kind.SETTLED, actor, changeset.organisation)
    if changeset.state != Changeset.State.PROPOSED:
        return changeset
    drop_idle_sources(changeset)
    relocate(changeset)
    return changeset if changeset.edits.exists() else _end(changeset, actor)


def _chosen(changeset: Changeset, chosen: Collection[int]) -> list[tuple[Edit, Clash]]:
    """Those of the edits `chosen` that clash, and how."""
    clashes = conflicts(changeset)
    found = {(clash.kind, clash.record, clash.field): clash for clash in clashes}
    twins = {(clash.kind, clash.record): clash for clash in clashes if clash.twin}
    told = [
        (edit, found.get((edit.record_kind, edit.record, edit.field)))
        for edit in changeset.edits.filter(pk__in=chosen)
    ]
    return [
        (edit, clash)
        for edit, own in told
        if (clash := own or twins.get((edit.record_kind, edit.record)))
    ]


def _check_seen(clashes: Sequence[Clash], version: int) -> None:
    """Raises Unseen with those of `clashes` whose field, or record, has changed since `version`."""
    since = Edit.objects.filter(changeset__version__gt=version)
    unseen = []
    for clash in clashes:
        own = Q(record_kind=clash.kind, record=clash.twin or clash.record)
        if clash.field and not clash.twin:
            own &= Q(field__in=(clash.field, ""))
        if since.filter(own).exists():
            unseen.append(clash)
    if unseen:
        raise Unseen(unseen)


def _settle(changeset: Changeset, edit: Edit, clash: Clash, keep: bool) -> None:
    """Has `edit` start from what the catalogue says now, or leave `changeset`.

    A value of a record that was taken out meanwhile puts it back. A record that the catalogue has
    already can't be kept beside it.
    """
    if clash.twin and keep:
        raise ValidationError(said([clash]), "exists")
    now = stored(KINDS[edit.record_kind], [edit.record]).get(edit.record)
    if not keep or now is None or not edit.can_stand:
        edit.delete()
        return
    if edit.field and not now.active:
        _put_back(changeset, edit)
    says = now.values.get(edit.field) if edit.field else now.values
    if edit.new == says or not (edit.field or now.active):
        edit.delete()
    else:
        edit.old = says
        edit.save(update_fields=["old"])


def _put_back(changeset: Changeset, edit: Edit) -> None:
    """Has `changeset` put the record of `edit` back, unless it says something of the whole."""
    if changeset.edits.filter(record_kind=edit.record_kind, record=edit.record, field="").exists():
        return
    last = changeset.edits.aggregate(last=Max("position"))["last"]
    back = Edit(
        changeset=changeset,
        position=last + 1,
        action=Edit.Action.REACTIVATE,
        record_kind=edit.record_kind,
        record=edit.record,
    )
    locate([back])
    back.save()


@transaction.atomic
def revert(changeset: Changeset, *, actor: User, organisation: Organisation) -> Changeset:
    """A draft that takes back what `changeset` did; reviewed like any other.

    A record that it added is taken out. Its citations, and the sources that it brought, are not of
    the draft: they follow from the values when it is applied. A value that it confirmed and that a
    later one spoke of is that one's. Raises NotAllowed, WrongState, and ValidationError where
    nothing is left to take back.
    """
    require(may_draft(standing(actor), organisation.key))
    if not can_be_reverted(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}, or the initial load")
    comes = Q(record_kind=Source.kind, action__in=(Edit.Action.CREATE, Edit.Action.REACTIVATE))
    own = changeset.edits.exclude(Q(record_kind=Citation.kind) | comes).order_by("-position")
    left = _as_left_by(changeset)
    later = _spoken_of_since(changeset, [edit for edit in own if edit.confirms])
    edits = [
        _inverse(edit, left.get((edit.record_kind, edit.record)))
        for edit in own
        if not (edit.confirms and (edit.record_kind, edit.record, edit.field) in later)
    ]
    if not edits:
        raise ValidationError(gettext("Nothing of it is left to take back."), "spoken_of")
    back = draft(changeset.title, edits, author=actor, organisation=organisation)
    back.reverts = changeset
    back.save(update_fields=["reverts"])
    return back


def _spoken_of_since(
    changeset: Changeset, edits: Sequence[Edit]
) -> Collection[tuple[str, str, str]]:
    """The fields of `edits` of which later versions than that of `changeset` say something."""
    if not edits:
        return ()
    since = Edit.objects.filter(
        changeset__version__gt=changeset.version,
        record_kind__in={edit.record_kind for edit in edits},
        record__in={edit.record for edit in edits},
    )
    return set(since.values_list("record_kind", "record", "field"))


def _as_left_by(changeset: Changeset) -> dict[Record, Values]:
    """The records that `changeset` added or put back, as it left them: without later work."""
    added = changeset.edits.filter(action__in=(Edit.Action.CREATE, Edit.Action.REACTIVATE))
    added = added.exclude(record_kind__in=(Source.kind, Citation.kind))
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for kind, key in added.values_list("record_kind", "record"):
        keys[kind].add(key)
    left = {
        (kind, key): dict(record.values)
        for kind, own in keys.items()
        for key, record in stored(KINDS[kind], own).items()
    }
    later = Edit.objects.filter(
        action=Edit.Action.UPDATE,
        record_kind__in=list(keys),
        record__in=added.values("record"),
        changeset__version__gt=changeset.version,
    )
    for edit in later.order_by("-changeset__version", "-position"):
        if values := left.get((edit.record_kind, edit.record)):
            values[edit.field] = edit.old
    return left


def _inverse(edit: Edit, left: Values | None) -> Edit:
    """What takes `edit` back; `left`: its record as it was then, where it added it or put it back.

    So the record is taken out as that one alone: later work on it is a conflict.
    """
    return Edit(
        action=_INVERSE[Edit.Action(edit.action)],
        record_kind=edit.record_kind,
        record=edit.record,
        field=edit.field,
        old=edit.new if edit.field else left,
        new=edit.old if edit.field else None,
    )


def _text(text: str) -> str:
    """`text` as a comment; raises ValidationError where there is none, or too much."""
    if not text.strip():
        raise ValidationError(gettext("Say why, so that the other side can act on it."), "required")
    return checked(text)
