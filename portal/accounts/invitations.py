"""Invitations, and who belongs to an organisation. Every step is in the log, without secrets."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

import structlog
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from portal.accounts.models import Invitation, Membership, Organisation, User
from portal.accounts.roles import Role, Roles, may_manage, require

VALID_FOR = timedelta(days=14)
MOST_OPEN = 50  # invitations of one organisation that wait for an answer
IN_SESSION = "invitation"
_log = structlog.get_logger(__name__)


class Unusable(Exception):
    """The invitation cannot be accepted; the message says why, in the reader's language."""


@transaction.atomic
def invite(
    actor: User, organisation: Organisation, email: str, role: Role, address: str
) -> Invitation:
    """Invites `email` and sends the link, which is `address` with TOKEN in its place.

    An earlier open invitation of the same address is taken back. Raises NotAllowed and
    ValidationError.
    """
    require(may_manage(Roles(actor), organisation.key))
    return send(actor, organisation, email, role, address)


@transaction.atomic
def send(
    actor: User | None, organisation: Organisation, email: str, role: Role, address: str
) -> Invitation:
    """As `invite`, for whoever has checked that `actor` may; None is the command line."""
    email = email.strip().lower()
    validate_email(email)
    if Membership.objects.filter(organisation=organisation, user__email__iexact=email).exists():
        raise ValidationError(gettext("This person belongs to the organisation already."))
    open_ = waiting(organisation)
    open_.filter(email=email).update(ended_at=timezone.now())
    if open_.count() >= MOST_OPEN:
        message = gettext("At most %(count)d invitations may be open at a time.")
        raise ValidationError(message % {"count": MOST_OPEN})
    token = token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        organisation=organisation,
        role=role,
        digest=_digest(token),
        invited_by=actor,
        expires_at=timezone.now() + VALID_FOR,
    )
    context = {
        "organisation": organisation,
        "role": Role(role).label,
        "address": address.replace("TOKEN", token),
        "until": invitation.expires_at,
    }
    subject = gettext("Invitation to Tsunagari")
    text = render_to_string("accounts/invitation.txt", context)
    transaction.on_commit(lambda: send_mail(subject, text, None, [email]))
    _log.info(
        "invited", organisation=organisation.key, role=str(role), by=actor.pk if actor else None
    )
    return invitation


def waiting(organisation: Organisation) -> models.QuerySet[Invitation]:
    """The invitations of `organisation` that nobody has answered and that are still valid."""
    return Invitation.objects.filter(
        organisation=organisation, ended_at=None, expires_at__gt=timezone.now()
    )


def find(token: str) -> Invitation:
    """The invitation behind a link; raises Unusable where there is none, or no longer.

    It is good as long as who sent it could still send it.
    """
    sent = Invitation.objects.select_related("organisation", "invited_by")
    found = sent.filter(digest=_digest(token)).first()
    ended = found is None or found.ended_at is not None or found.expires_at <= timezone.now()
    if found is None or ended or not found.organisation.is_active:
        raise Unusable(gettext("This invitation is no longer valid. Ask for a new one."))
    if not _may_send(found.invited_by, found.organisation_id):
        raise Unusable(gettext("This invitation is no longer valid. Ask for a new one."))
    return found


def listed(organisation: Organisation) -> list[tuple[Invitation, bool]]:
    """Those of `waiting`, each with whether it is good: whether its sender could still send it."""
    sent = list(waiting(organisation).select_related("invited_by"))
    senders = {one.invited_by for one in sent}
    good = {sender: _may_send(sender, organisation.key) for sender in senders}
    return [(one, good[one.invited_by]) for one in sent]


def _may_send(sender: User | None, organisation: str) -> bool:
    """Whether `sender` may invite; None is the command line."""
    return sender is None or may_manage(Roles(sender), organisation)


@transaction.atomic
def accept(token: str, user: User) -> Membership:
    """Makes `user` a member. Raises Unusable, also where the invitation is for another address."""
    invitation = Invitation.objects.select_for_update().get(pk=find(token).pk)
    if invitation.ended_at is not None:
        raise Unusable(gettext("This invitation is no longer valid. Ask for a new one."))
    own = EmailAddress.objects.filter(user=user, verified=True, email__iexact=invitation.email)
    if not own.exists():
        raise Unusable(
            gettext("This invitation is for another e-mail address. Sign in with that one.")
        )
    membership, _made = Membership.objects.update_or_create(
        user=user, organisation=invitation.organisation, defaults={"role": invitation.role}
    )
    invitation.ended_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["ended_at", "accepted_by"])
    _log.info("joined", organisation=invitation.organisation_id, user=user.pk)
    return membership


@transaction.atomic
def take_back(actor: User, invitation: Invitation) -> None:
    """Ends an open invitation. Raises NotAllowed."""
    require(may_manage(Roles(actor), invitation.organisation_id))
    Invitation.objects.filter(pk=invitation.pk, ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def set_role(actor: User, membership: Membership, role: Role | None) -> None:
    """Gives a member another role, or none: then they leave.

    Raises NotAllowed, and ValidationError where nobody would be left to administer.
    """
    require(may_manage(Roles(actor), membership.organisation_id))
    members = Membership.objects.select_for_update().filter(organisation=membership.organisation)
    others = [
        other for other in members if other.pk != membership.pk and other.role == Role.ADMINISTRATOR
    ]
    if membership.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR and not others:
        raise ValidationError(gettext("An organisation keeps at least one administrator."))
    if role is None:
        membership.delete()
    else:
        membership.role = role
        membership.save(update_fields=["role"])
    _log.info(
        "role",
        organisation=membership.organisation_id,
        user=membership.user_id,
        role=str(role) if role else None,
        by=actor.pk,
    )


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
