"""A changeset into the catalogue: one transaction, one new version."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from localities.curation import hooks
from localities.curation.announcing import announce_decision, announce_version
from localities.curation.enacting import enact
from localities.curation.errors import WrongState
from localities.curation.places import locate, relocate_waiting
from localities.curation.propose import checked, note
from localities.models import Catalogue, Changeset, Edit, Step
from localities.rules import judges_for, standing
from portal.accounts.models import Organisation, User
from portal.accounts.roles import require


def lock_catalogue() -> Catalogue:
    """The catalogue's row, locked until the transaction ends. Call it inside one."""
    row, _made = Catalogue.objects.select_for_update().get_or_create(id=Catalogue.THE_ROW)
    return row


@transaction.atomic
def apply(
    changeset: Changeset,
    *,
    reviewer: User | None = None,
    comment: str = "",
    revision: int | None = None,
) -> Changeset:
    """Writes what `changeset` proposes and makes it the catalogue's next version.

    `reviewer` decides for the steward of what it is about; without one it is the system's own
    changeset. `revision` is the one that the reviewer saw. Raises WrongState unless it waits for a
    decision in that revision, NotAllowed unless the reviewer may decide, Conflict where the
    catalogue has moved on under it, Refused where it holds what the catalogue can't; then nothing
    is written. The hooks of `localities.curation.hooks` run after the commit.
    """
    catalogue = lock_catalogue()
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    organisation = check_decision(changeset, reviewer, revision)
    if followers := enact(changeset):
        _keep(changeset, followers)
    catalogue.version += 1
    catalogue.save(update_fields=["version"])
    decide(changeset, Changeset.State.APPLIED, reviewer, organisation, comment, catalogue.version)
    relocate_waiting(changeset)
    announce_version(changeset)
    hooks.announce(catalogue.version)
    return changeset


def check_decision(
    changeset: Changeset, reviewer: User | None, revision: int | None
) -> Organisation | None:
    """For whom `reviewer` decides on `changeset`. Raises NotAllowed, then WrongState."""
    key = None
    if changeset.writer is not None or reviewer is not None:
        key = judges_for(standing(reviewer), changeset)
        require(key is not None)
    if changeset.state != Changeset.State.PROPOSED:
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}, not proposed")
    if revision is not None and revision != changeset.revision:
        raise WrongState(f"changeset {changeset.pk} has changed since it was looked at")
    return Organisation.objects.get(key=key) if key else None  # None: the system's own


def decide(
    changeset: Changeset,
    state: Changeset.State,
    reviewer: User | None,
    organisation: Organisation | None,
    comment: str,
    version: int | None = None,
) -> None:
    """Writes the decision down, and who took it."""
    changeset.state = state
    changeset.version = version
    changeset.reviewer = reviewer
    changeset.reviewing_organisation = organisation
    changeset.review_comment = checked(comment)
    changeset.decided_at = timezone.now()
    changeset.save(
        update_fields=[
            "state",
            "version",
            "reviewer",
            "reviewing_organisation",
            "review_comment",
            "decided_at",
        ]
    )
    if reviewer is not None:
        note(changeset, Step.Kind(state), reviewer, organisation, comment)
    announce_decision(changeset)


def _keep(changeset: Changeset, edits: list[Edit]) -> None:
    """Stores edits that follow from those of `changeset`, behind them."""
    last = changeset.edits.aggregate(last=Max("position"))["last"]
    for position, edit in enumerate(edits, start=last + 1):
        edit.changeset, edit.position = changeset, position
    locate(edits)
    Edit.objects.bulk_create(edits, batch_size=500)
