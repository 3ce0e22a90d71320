"""How organisations come to be: the first by the command line, the others by its people."""

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from portal.accounts import invitations
from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.accounts.roles import Role, Roles, may_found, require

_log = structlog.get_logger(__name__)


@transaction.atomic
def found_operator(*, key: str, name_ja: str, name_en: str, email: str, site: str) -> Invitation:
    """The portal's operator, and an invitation of its administrator by mail.

    Where the operator stands without an administrator, only the invitation is made. Raises
    ValidationError where there is an administrator, or a name or an address is none.
    """
    operators = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR)
    administrators = Membership.objects.filter(
        organisation__in=operators, role=Role.ADMINISTRATOR, user__is_active=True
    )
    if administrators.exists():
        raise ValidationError("The operator has an administrator, who can invite others.")
    operator = operators.first()
    if operator is None:
        kind = Organisation.Kind.OPERATOR
        operator = Organisation(key=key, kind=kind, name_ja=name_ja, name_en=name_en)
        operator.full_clean()
        operator.save()
    address = site + reverse("accept-invitation", args=["TOKEN"])
    return invitations.send(None, operator, email, Role.ADMINISTRATOR, address)


@transaction.atomic
def found(actor: User, *, key: str, kind: str, **names: str) -> Organisation:
    """A new organisation, without people. `names` are `name_ja`, `name_en` and `name_vi`.

    Raises NotAllowed, and ValidationError by field.
    """
    require(may_found(Roles(actor)))
    made = Organisation(key=key, kind=kind, **names)
    made.full_clean()
    made.save()
    _log.info("organisation_founded", organisation=key, by=actor.pk)
    return made


@transaction.atomic
def rename(actor: User, organisation: Organisation, **names: str) -> None:
    """Gives `organisation` other names. Raises as `found`."""
    require(may_found(Roles(actor)))
    for name, text in names.items():
        setattr(organisation, name, text)
    organisation.full_clean()
    organisation.save(update_fields=list(names))
    _log.info("organisation_renamed", organisation=organisation.key, by=actor.pk)
