"""A person leaves, and takes along or deletes what they gave."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from portal.accounts.models import Invitation, Membership, User
from portal.accounts.roles import Role


def given_by(user: User) -> dict[str, object]:
    """What the portal knows of a person, without secrets."""
    memberships = user.memberships.order_by("organisation_id")
    return {
        "email": user.email,
        "name": user.name,
        "joined": user.date_joined.isoformat(),
        "addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "roles": list(memberships.values("organisation", "role")),
        "invitations": [
            {
                "email": each.email,
                "organisation": each.organisation_id,
                "role": each.role,
                "since": each.created_at.isoformat(),
            }
            for each in _invitations(user)
        ],
        "sessions": [
            {"since": each.created_at.isoformat(), "ip": each.ip, "browser": each.user_agent}
            for each in UserSession.objects.filter(user=user)
        ],
    }


@transaction.atomic
def leave(user: User) -> None:
    """Deletes a person. Raises ValidationError for the only administrator of an organisation.

    Whoever changed the catalogue stays in its history, as nobody in particular: without address,
    name, roles, or a way to sign in.
    """
    for membership in user.memberships.filter(role=Role.ADMINISTRATOR):
        others = Membership.objects.select_for_update().filter(
            organisation=membership.organisation_id, role=Role.ADMINISTRATOR
        )
        if not others.exclude(user=user).exists():
            raise ValidationError(gettext("Make somebody else an administrator first."))
    _invitations(user).delete()
    Invitation.objects.filter(invited_by=user, ended_at=None).update(ended_at=timezone.now())
    try:
        with transaction.atomic():
            user.delete()
    except models.ProtectedError:
        _become_nobody(user)


def _invitations(user: User) -> models.QuerySet[Invitation]:
    """What was sent to the person, as far as they have shown that the address is theirs."""
    own = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = [address.lower() for address in own]
    return Invitation.objects.filter(models.Q(accepted_by=user) | models.Q(email__in=addresses))


def _become_nobody(user: User) -> None:
    for model in (EmailAddress, Authenticator, UserSession, Membership):
        model.objects.filter(user=user).delete()
    user.email, user.name, user.is_active = f"left-{user.pk}@invalid", "", False
    user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
