"""How the first organisation comes to be: there is nobody yet who could invite."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from portal.accounts import invitations
from portal.accounts.models import Invitation, Membership, Organisation
from portal.accounts.roles import Role


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
