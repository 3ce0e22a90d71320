"""What a reviewer or an author can do with a changeset besides applying it."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from localities.curation.apply import check_decision, decide
from localities.curation.errors import Clash, WrongState
from localities.curation.propose import draft, note
from localities.curation.rehearsal import rehearse
from localities.models import Changeset, Citation, Edit, Source, Step
from localities.rules import (
    can_be_reverted,
    ends,
    is_undecided,
    may_comment,
    may_draft,
    standing,
    writes,
)
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Actor, require

LONGEST_COMMENT = 2000
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
    changeset.state = Changeset.State.WITHDRAWN
    changeset.save(update_fields=["state"])
    note(changeset, Step.Kind.WITHDRAWN, actor, changeset.organisation, comment)
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
def settle(changeset: Changeset, *, actor: User, keep: Mapping[int, bool]) -> Changeset:
    """Settles conflicts: by the id of the edit, whether the proposed value is kept.

    A kept one now starts from what the catalogue says; the others leave the changeset. Raises
    NotAllowed, WrongState, and ValidationError where nothing is chosen.
    """
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    require(writes(standing(actor), changeset))
    if not is_undecided(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    if not keep:
        raise ValidationError(gettext("Choose which value should stand."), "required")
    clashes = {(clash.kind, clash.record, clash.field): clash for clash in conflicts(changeset)}
    for edit in changeset.edits.filter(pk__in=list(keep)):
        clash = clashes.get((edit.record_kind, edit.record, edit.field))
        if clash is None:
            continue
        if keep[edit.pk] and edit.action == Edit.Action.UPDATE and clash.current != edit.new:
            edit.old = clash.current
            edit.save(update_fields=["old"])
        else:
            edit.delete()
    changeset.revision += 1
    changeset.save(update_fields=["revision"])
    note(changeset, Step.Kind.SETTLED, actor, changeset.organisation)
    return changeset


@transaction.atomic
def revert(changeset: Changeset, *, actor: User, organisation: Organisation) -> Changeset:
    """A draft that takes back what `changeset` did; reviewed like any other.

    A record that it added is taken out, but a source that others cite stays. Raises NotAllowed,
    WrongState.
    """
    require(may_draft(standing(actor), organisation.key))
    if not can_be_reverted(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}, or the initial load")
    own = list(changeset.edits.order_by("-position"))
    kept = {(Source.kind, key) for key in _cited_by_others(own)}
    edits = [_inverse(edit) for edit in own if (edit.record_kind, edit.record) not in kept]
    title = gettext("Take back version %(version)d: %(title)s") % {
        "version": changeset.version,
        "title": changeset.title,
    }
    back = draft(title[:200], edits, author=actor, organisation=organisation)
    back.reverts = changeset
    back.save(update_fields=["reverts"])
    return back


def _cited_by_others(edits: Collection[Edit]) -> set[str]:
    """The sources among `edits` that records besides those of `edits` cite."""
    sources = [edit.record for edit in edits if edit.record_kind == Source.kind]
    own = [edit.record for edit in edits if edit.record_kind == Citation.kind]
    cited = Citation.objects.filter(source__in=sources, is_active=True).exclude(key__in=own)
    return set(cited.values_list("source_id", flat=True))


def _inverse(edit: Edit) -> Edit:
    return Edit(
        action=_INVERSE[Edit.Action(edit.action)],
        record_kind=edit.record_kind,
        record=edit.record,
        field=edit.field,
        old=edit.new if edit.field else None,
        new=edit.old if edit.field else None,
    )


def _text(text: str) -> str:
    """`text` as a comment; raises ValidationError where there is none, or too much."""
    text = text.strip()
    if not text:
        raise ValidationError(gettext("Say why, so that the other side can act on it."), "required")
    if len(text) > LONGEST_COMMENT or "\x00" in text:
        message = gettext("A comment has at most %(count)d characters.")
        raise ValidationError(message % {"count": LONGEST_COMMENT}, "too_long")
    return text
