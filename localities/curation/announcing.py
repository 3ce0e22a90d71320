"""What other systems are told of a changeset, written down in its own transaction."""

from django.urls import reverse

from localities.models import Changeset
from portal.webhooks import events


def announce_version(changeset: Changeset) -> None:
    """Tells that the catalogue has a new version, how much it touched and where to read it."""
    version = changeset.version or 0
    touched = changeset.edits.order_by().values("record_kind", "record").distinct().count()
    events.catalogue_changed(
        version=version,
        records_count=touched,
        changes=f"{reverse('api-changes')}?since={version - 1}",
    )


def announce_decision(changeset: Changeset) -> None:
    """Tells the organisation that proposed it how `changeset` was decided on."""
    if changeset.organisation_id is not None:
        events.changeset_decided(
            changeset.organisation_id,
            number=changeset.pk,
            state=str(changeset.state),
            version=changeset.version,
            changeset=reverse("api-changeset-detail", kwargs={"number": changeset.pk}),
        )
