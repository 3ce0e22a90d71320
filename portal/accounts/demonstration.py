"""Accounts to try the desk with, on the embedded portal alone.

Passwords and secrets are new at every start and stand on the console only.
"""

from dataclasses import dataclass
from secrets import token_urlsafe

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import Role

# E-mail address, name, organisation, role. The first organisation is the portal's operator.
_PEOPLE = (
    ("admin@demo.localhost", "佐藤（運営）", "demo-operator", Role.ADMINISTRATOR),
    ("reviewer@demo.localhost", "鈴木（審査）", "demo-operator", Role.REVIEWER),
    ("editor@demo.localhost", "田中（編集）", "demo-prefecture", Role.EDITOR),
    ("prefecture@demo.localhost", "高橋（審査）", "demo-prefecture", Role.REVIEWER),
    ("province@demo.localhost", "Nguyễn Thị Mai", "demo-province", Role.REVIEWER),
    ("park@demo.localhost", "Trần Văn Hùng", "demo-park", Role.REVIEWER),
    ("company@demo.localhost", "", None, None),
)
_ORGANISATIONS = (
    (
        "demo-operator",
        Organisation.Kind.OPERATOR,
        ("つながり運営（デモ）", "Tsunagari operator (demo)", "Ban điều hành Tsunagari (thử)"),
    ),
    (
        "demo-prefecture",
        Organisation.Kind.PREFECTURE,
        ("デモ県", "Demo Prefecture", "Tỉnh Demo (Nhật Bản)"),
    ),
    (
        "demo-province",
        Organisation.Kind.PROVINCE,
        ("ドンナイ省（デモ）", "Dong Nai Province (demo)", "Tỉnh Đồng Nai (thử)"),
    ),
    (
        "demo-park",
        Organisation.Kind.PARK_OPERATOR,
        ("ロンドウック工業団地（デモ）", "Long Duc Park (demo)", "Khu công nghiệp Long Đức (thử)"),
    ),
)


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in as somebody; a company has no second factor."""

    email: str
    password: str
    secret: str | None
    role: str


@transaction.atomic
def renew() -> list[Account]:
    """The demonstration accounts, with new passwords; who was signed in as one no longer is.

    None where a real operator has taken over.
    """
    operators = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR)
    if operators.exclude(key=_ORGANISATIONS[0][0]).exists():
        return []
    for key, kind, names in _ORGANISATIONS:
        named = dict(zip(("name_ja", "name_en", "name_vi"), names, strict=True))
        Organisation.objects.get_or_create(key=key, defaults={"kind": kind, **named})
    return [_account(*person) for person in _PEOPLE]


def _account(email: str, name: str, organisation: str | None, role: Role | None) -> Account:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    password = token_urlsafe(12)
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    if organisation is None or role is None:
        return Account(email, password, None, "company")
    Membership.objects.update_or_create(
        user=user, organisation_id=organisation, defaults={"role": role}
    )
    Authenticator.objects.filter(user=user).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return Account(email, password, secret, f"{role} of {organisation}")
