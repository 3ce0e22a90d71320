"""A changeset from its first edit to the day it waits for review."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from localities.curation.errors import Conflict, Refusal, Refused, WrongState
from localities.curation.places import locate, relocate
from localities.curation.rehearsal import rehearse
from localities.models import (
    Changeset,
    Citation,
    Discrepancy,
    Edit,
    Observation,
    Source,
    Step,
    Stewardship,
)
from localities.rules import is_open, may_draft, standing, writes
from portal.accounts.models import ApiClient, Organisation, User
from portal.accounts.roles import Actor, require

LONGEST_COMMENT = 2000
# Observations have a period of their own; who curates what, and why sources differ, is no fact.
_DATED = (Observation.kind, Discrepancy.kind, Stewardship.kind)


@transaction.atomic
def draft(
    title: str,
    edits: Iterable[Edit],
    *,
    author: Actor | None = None,
    organisation: Organisation | None = None,
    comment: str = "",
) -> Changeset:
    """A draft of `author` with `edits` (not yet stored) in their order.

    The author is a person or an API client; without one it is the system's own. Raises NotAllowed
    unless the author is an editor of the organisation, ValidationError for a title too long,
    Refused for an edit that can't even be kept; whether the catalogue can hold it, `propose` says.
    """
    if author is not None:
        require(organisation is not None and may_draft(standing(author), organisation.key))
    changeset = Changeset(
        title=title,
        comment=comment,
        author=author if isinstance(author, User) else None,
        client=author if isinstance(author, ApiClient) else None,
        organisation=organisation,
    )
    changeset.full_clean()
    changeset.save()
    numbered = list(edits)
    for position, edit in enumerate(numbered, start=1):
        edit.changeset, edit.position = changeset, position
    check_edits(numbered)
    locate(numbered)
    Edit.objects.bulk_create(numbered, batch_size=500)
    return changeset


def check_edits(edits: Iterable[Edit]) -> None:
    """Raises Refused for edits that the database could not keep."""
    if refusals := [refusal for edit in edits for refusal in _refusals(edit)]:
        raise Refused(refusals)


def _refusals(edit: Edit) -> list[Refusal]:
    """Why the database could not keep `edit`: a malformed key, or a NUL in a text."""
    try:
        edit.clean_fields(exclude=["changeset", "source"])
    except ValidationError as error:
        names = {"record": "key"}
        return [
            Refusal(edit.record_kind, edit.record, names.get(name, name), message)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    values = edit.new if isinstance(edit.new, dict) else {edit.field: edit.new}
    values = {**values, "note": edit.source_note}
    return [
        Refusal(edit.record_kind, edit.record, name, gettext("A text without NUL is needed."))
        for name, value in values.items()
        if _has_nul(name) or _has_nul(value) or _has_nul(edit.old)
    ]


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(map(_has_nul, (*value, *value.values())))
    return isinstance(value, list) and any(map(_has_nul, value))


@transaction.atomic
def propose(changeset: Changeset, *, actor: Actor | None = None, comment: str = "") -> Changeset:
    """Hands `changeset` over for review.

    Raises NotAllowed unless `actor` writes it, WrongState unless it is open, ValidationError for a
    comment that `checked` refuses and without an edit,
    Conflict where the catalogue has moved on under it, and Refused for a value without a source or
    a date, or one that the catalogue can't hold, and for a record that is taken out without a
    reason. The system's own is judged when it is applied.
    """
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    require(changeset.writer is None if actor is None else writes(standing(actor), changeset))
    if not is_open(changeset):
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    if actor is not None:
        drop_idle_sources(changeset)
    if not changeset.edits.exists():
        raise ValidationError(gettext("A changeset needs at least one edit."), "required")
    if actor is not None:
        _check(changeset)
        relocate(changeset)
    changeset.state = Changeset.State.PROPOSED
    changeset.proposed_at = timezone.now()
    # What was decided before stands in the steps; now it is undecided.
    changeset.reviewer = changeset.reviewing_organisation = changeset.decided_at = None
    changeset.review_comment = ""
    changeset.save()
    if actor is not None:
        note(changeset, Step.Kind.PROPOSED, actor, changeset.organisation, comment)
    return changeset


def checked(comment: str) -> str:
    """`comment` as it is stored; raises ValidationError where it is too long, or has a NUL."""
    text = comment.strip()
    if len(text) > LONGEST_COMMENT:
        message = gettext("A comment has at most %(count)d characters.")
        raise ValidationError(message % {"count": LONGEST_COMMENT}, "too_long")
    if "\x00" in text:
        raise ValidationError(gettext("A text without NUL is needed."), "invalid")
    return text


def note(
    changeset: Changeset,
    kind: Step.Kind,
    actor: Actor,
    organisation: Organisation | None,
    text: str = "",
) -> Step:
    """Writes down that `actor` took a step with `changeset`. Raises as `checked`."""
    step = Step(
        changeset=changeset,
        kind=kind,
        actor=actor if isinstance(actor, User) else None,
        client=actor if isinstance(actor, ApiClient) else None,
        organisation=organisation,
        text=checked(text),
        revision=changeset.revision,
    )
    step.save()
    return step


def without_source(changeset: Changeset, **record: str) -> list[Edit]:
    """The edits of values that name no source. A value that is only taken back needs none.

    `record`: its `record_kind` and key (`record`), where only one is asked about.
    """
    edits = changeset.edits.filter(
        action__in=(Edit.Action.CREATE, Edit.Action.UPDATE), source=None, **record
    )
    bare = edits.exclude(record_kind__in=(Source.kind, Citation.kind)).order_by("position")
    if changeset.reverts is None:
        return list(bare)
    changed = changeset.reverts.edits.filter(action=Edit.Action.UPDATE, **record)
    before = {(one.record_kind, one.record, one.field): one.old for one in changed}
    return [
        edit
        for edit in bare
        if before.get((edit.record_kind, edit.record, edit.field), edit) != edit.new
    ]


def _without_reason(changeset: Changeset) -> list[Edit]:
    """The edits that take a record out and say no reason; what takes an adding back needs none."""
    bare = changeset.edits.filter(action=Edit.Action.DEACTIVATE, source_note="")
    if changeset.reverts is None:
        return list(bare.order_by("position"))
    came = changeset.reverts.edits.filter(
        action__in=(Edit.Action.CREATE, Edit.Action.REACTIVATE),
        record_kind=OuterRef("record_kind"),
        record=OuterRef("record"),
    )
    return list(bare.exclude(Exists(came)).order_by("position"))


def reason_needed() -> str:
    """What is said of a record that is taken out, and nobody says why."""
    return gettext("A reason is needed: why is the record taken out?")


def lacks_date(
    kind: str, as_of: str | None, published: str | None, *, confirms: bool = False
) -> bool:
    """Whether nobody can say of when a value is: it has no date, nor have its source and record.

    That it still holds (`confirms`), the date of its record can't say.
    """
    return not (as_of or published or (kind in _DATED and not confirms))


def date_needed() -> str:
    """What is said of a value that `lacks_date`."""
    return gettext("A date is needed, since the source has none: of when is the value?")


def _without_date(changeset: Changeset) -> list[Edit]:
    """The edits of values with a source that `lacks_date`."""
    dated = {
        edit.record: edit.new.get("published") if isinstance(edit.new, dict) else edit.new
        for edit in changeset.edits.filter(record_kind=Source.kind, field__in=("", "published"))
    }
    values = changeset.edits.filter(action__in=(Edit.Action.CREATE, Edit.Action.UPDATE))
    known = Source.objects.exclude(published=None)
    return [
        edit
        for edit in values.filter(source__isnull=False, as_of=None).exclude(source__in=known)
        if lacks_date(
            edit.record_kind, None, dated.get(edit.source_id or ""), confirms=edit.confirms
        )
    ]


def _check(changeset: Changeset) -> None:
    bare = [(edit, gettext("A source is needed.")) for edit in without_source(changeset)]
    bare += [(edit, date_needed()) for edit in _without_date(changeset)]
    bare += [(edit, reason_needed()) for edit in _without_reason(changeset)]
    if refusals := [
        Refusal(edit.record_kind, edit.record, edit.field, message) for edit, message in bare
    ]:
        raise Refused(refusals)
    rehearsal = rehearse(changeset)
    if rehearsal.clashes:
        raise Conflict(rehearsal.clashes)
    if rehearsal.refusals:
        raise Refused(rehearsal.refusals)


def drop_idle_sources(changeset: Changeset) -> None:
    """Takes out the new sources that no other edit of `changeset` names any more."""
    edits = list(changeset.edits.exclude(record_kind=Source.kind))
    named = {edit.source_id for edit in edits} | {
        edit.new.get("source") for edit in edits if isinstance(edit.new, dict)
    }
    new = changeset.edits.filter(record_kind=Source.kind, action=Edit.Action.CREATE)
    new.exclude(record__in=[key for key in named if key]).delete()
