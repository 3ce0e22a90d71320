"""A changeset into the catalogue: one transaction, one new version."""

from django.db import transaction
from django.utils import timezone

from localities.curation import hooks
from localities.curation.errors import WrongState
from localities.curation.plan import targets
from localities.curation.writing import write
from localities.models import Catalogue, Changeset
from portal.accounts.models import Organisation, User


def lock_catalogue() -> Catalogue:
    """The catalogue's row, locked until the transaction ends. Call it inside one."""
    row, _made = Catalogue.objects.select_for_update().get_or_create(id=Catalogue.THE_ROW)
    return row


@transaction.atomic
def apply(
    changeset: Changeset,
    *,
    reviewer: User | None = None,
    organisation: Organisation | None = None,
    comment: str = "",
) -> Changeset:
    """Writes what `changeset` proposes and makes it the catalogue's next version.

    `reviewer` decides for `organisation`; without one it is the system's own changeset. Raises
    WrongState unless it waits for a decision and somebody else wrote it, Conflict where the
    catalogue has moved on under it, Refused where it holds what the catalogue can't; then nothing
    is written. The hooks of `localities.curation.hooks` run after the commit.
    """
    catalogue = lock_catalogue()
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    _check_may_apply(changeset, reviewer)
    write(targets(changeset.edits.order_by("position").iterator(chunk_size=2000)))
    catalogue.version += 1
    catalogue.save(update_fields=["version"])
    _close(changeset, catalogue.version, reviewer, organisation, comment)
    hooks.announce(catalogue.version)
    return changeset


def _check_may_apply(changeset: Changeset, reviewer: User | None) -> None:
    if changeset.state != Changeset.State.PROPOSED:
        raise WrongState(f"changeset {changeset.pk} is {changeset.state}, not proposed")
    if changeset.author is None and reviewer is None:
        return  # the system's own
    if reviewer is None or reviewer == changeset.author:
        raise WrongState(f"changeset {changeset.pk} needs a reviewer other than its author")


def _close(
    changeset: Changeset,
    version: int,
    reviewer: User | None,
    organisation: Organisation | None,
    comment: str,
) -> None:
    changeset.state = Changeset.State.APPLIED
    changeset.version = version
    changeset.reviewer = reviewer
    changeset.reviewing_organisation = organisation
    changeset.review_comment = comment
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
