"""An organisation leaves the portal, and may come back.

While it is closed everything of it rests: its people have no role there, its drafts wait, its API
clients and webhooks are shut. Nothing is deleted.
"""

from dataclasses import dataclass

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from localities.models import Changeset, Stewardship
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Roles, may_found, require

_WAITING = (Changeset.State.PROPOSED, Changeset.State.RETURNED)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ties:
    """What an organisation has to do with the portal."""

    people: int
    clients: int
    drafts: int  # which rest with it
    waiting: list[int]  # its changesets under review or sent back, by number
    curated: int  # scopes that it is the steward of

    @property
    def hold(self) -> bool:
        """Whether work is open that somebody else waits for."""
        return bool(self.waiting or self.curated)


def ties_of(organisation: Organisation) -> Ties:
    """What would rest with `organisation`, and what keeps it open."""
    own = Changeset.objects.filter(organisation=organisation)
    return Ties(
        people=organisation.memberships.count(),
        clients=organisation.api_clients.filter(revoked_at=None).count(),
        drafts=own.filter(state=Changeset.State.DRAFT).count(),
        waiting=list(own.filter(state__in=_WAITING).order_by("pk").values_list("pk", flat=True)),
        curated=Stewardship.objects.filter(organisation=organisation, is_active=True).count(),
    )


@transaction.atomic
def close(actor: User, organisation: Organisation) -> None:
    """Makes `organisation` inactive.

    Raises NotAllowed, and ValidationError for the operator itself and where work is open.
    """
    require(may_found(Roles(actor)))
    own = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if own.kind == Organisation.Kind.OPERATOR:
        raise ValidationError(gettext("The operator of the portal can't be closed."))
    if ties_of(own).hold:
        raise ValidationError(gettext("Work of this organisation is open: see below."))
    _set_active(actor, own, False)


@transaction.atomic
def reopen(actor: User, organisation: Organisation) -> None:
    """Makes a closed `organisation` active, with all that rested. Raises NotAllowed."""
    require(may_found(Roles(actor)))
    _set_active(actor, Organisation.objects.select_for_update().get(pk=organisation.pk), True)


def _set_active(actor: User, organisation: Organisation, active: bool) -> None:
    organisation.is_active = active
    organisation.save(update_fields=["is_active"])
    event = "organisation_reopened" if active else "organisation_closed"
    _log.info(event, organisation=organisation.key, by=actor.pk)
