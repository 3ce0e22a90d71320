"""People and organisations of the tests."""

from allauth.mfa.models import Authenticator
from django.test import Client

from localities.models import Stewardship
from portal.accounts.models import Membership, Organisation, User

Role = Membership.Role


def organisation(
    key: str,
    kind: str = "prefecture",
    *,
    curates: str | None = None,
    park: str | None = None,
    record_kind: str | None = None,
) -> Organisation:
    """An organisation; `curates` names the province that it is the steward of, or `park` that."""
    made, _new = Organisation.objects.get_or_create(
        key=key, defaults={"kind": kind, "name_ja": f"{key}（日）", "name_en": key.title()}
    )
    if curates or park or record_kind:
        Stewardship.objects.create(
            key=f"{key}-{park or curates}-{record_kind}".lower(),
            organisation=made,
            province_id=curates,
            park_id=park,
            record_kind=record_kind,
        )
    return made


def operator() -> Organisation:
    """The operator of the portal."""
    return organisation("operator", "operator")


def member(name: str, role: str, of: Organisation) -> User:
    """A user with a role in an organisation."""
    user = User.objects.filter(email=f"{name}@example.org").first()
    user = user or User.objects.create_user(f"{name}@example.org", name=name.title())
    Membership.objects.create(user=user, organisation=of, role=role)
    return user


def officer(name: str, role: str, of: str, **curates: str) -> User:
    """A member with a second factor, of an organisation that is made where there is none."""
    user = member(name, role, organisation(of, **curates))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client
