"""What a person is in which organisations: the ground of every rule about people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from portal.accounts.models import ApiClient, Membership, Organisation, User

Role = Membership.Role
Actor = User | ApiClient  # who drafts and proposes
_RANK = {role: rank for rank, role in enumerate(Role)}


class NotAllowed(PermissionDenied):
    """The person may not do this."""


@dataclass(frozen=True)
class Roles:
    """A person's roles. Made once a request; reads what it needs once."""

    user: User | None

    @cached_property
    def memberships(self) -> list[Membership]:
        """The person's memberships with their organisations; inactive organisations give none.

        Each with `has_app`, whether the person signs in with an authenticator app, too.
        """
        if self.user is None or not self.user.is_active:
            return []
        found = Membership.objects.filter(user=self.user, organisation__is_active=True)
        app = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
        found = found.annotate(has_app=Exists(app))
        return list(found.select_related("organisation").order_by("organisation"))

    @cached_property
    def roles(self) -> dict[str, Role]:
        """The person's role by the key of the organisation."""
        return {one.organisation_id: Role(one.role) for one in self.memberships}

    @cached_property
    def operator(self) -> str | None:
        """The key of the portal's operator."""
        found = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR, is_active=True)
        return found.values_list("key", flat=True).first()

    @property
    def has_second_factor(self) -> bool:
        """Whether an officer signs in with an authenticator app, too: read with the roles."""
        return any(one.has_app for one in self.memberships)  # type: ignore[attr-defined]

    def at_least(self, role: Role) -> frozenset[str]:
        """The organisations in which the person has `role` or more."""
        return frozenset(key for key, own in self.roles.items() if _RANK[own] >= _RANK[role])


def is_officer(who: Roles) -> bool:
    """Whether the person works for an organisation of the portal."""
    return bool(who.roles)


def is_operator(who: Roles) -> bool:
    """Whether the person works for the portal's operator."""
    return who.operator is not None and who.operator in who.roles


def may_manage(who: Roles, organisation: str) -> bool:
    """An administrator of the organisation, or of the operator."""
    administered = who.at_least(Role.ADMINISTRATOR)
    return organisation in administered or who.operator in administered


def may_found(who: Roles) -> bool:
    """Only the operator's administrators let a new organisation in."""
    return who.operator in who.at_least(Role.ADMINISTRATOR)


def require(allowed: bool) -> None:
    """Raises NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed
