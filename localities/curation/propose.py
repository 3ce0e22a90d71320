"""A changeset from its first edit to the day it waits for review."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from localities.curation.errors import Refusal, Refused, WrongState
from localities.models import Changeset, Edit
from portal.accounts.models import Organisation, User

_OPEN = (Changeset.State.DRAFT, Changeset.State.RETURNED)


@transaction.atomic
def draft(
    title: str,
    edits: Iterable[Edit],
    *,
    author: User | None = None,
    organisation: Organisation | None = None,
    comment: str = "",
) -> Changeset:
    """A draft of `author` with `edits` (not yet stored) in their order.

    Without an author it is the system's own. Raises ValidationError for a title too long, Refused
    for an edit that can't even be kept; whether the catalogue can hold it, `apply` says.
    """
    changeset = Changeset(title=title, comment=comment, author=author, organisation=organisation)
    changeset.full_clean()
    changeset.save()
    numbered = list(edits)
    for position, edit in enumerate(numbered, start=1):
        edit.changeset, edit.position = changeset, position
    if refusals := [refusal for edit in numbered for refusal in _refusals(edit)]:
        raise Refused(refusals)
    Edit.objects.bulk_create(numbered, batch_size=500)
    return changeset


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
def propose(changeset: Changeset, *, actor: User | None = None) -> Changeset:
    """Hands `changeset` over for review.

    Raises WrongState unless it is a draft (or sent back) of `actor` with at least one edit.
    """
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    if changeset.state not in _OPEN:
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}")
    if changeset.author != actor:
        raise WrongState(f"changeset {changeset.pk} is somebody else's")
    if not changeset.edits.exists():
        raise WrongState(f"changeset {changeset.pk} has no edit")
    changeset.state = Changeset.State.PROPOSED
    changeset.proposed_at = timezone.now()
    changeset.save(update_fields=["state", "proposed_at"])
    return changeset
