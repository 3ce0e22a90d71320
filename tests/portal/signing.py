"""People who sign in, and what their authenticator apps and mailboxes show them."""

import base64
import hmac
import re
import struct
import time
from hashlib import sha1

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from portal.accounts.models import User

PASSWORD = "a long enough secret"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TYPED_IN_S = 4
Answer = HttpResponse


def account(name: str, **fields: object) -> User:
    """A person with a confirmed address and PASSWORD."""
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, **fields)
    return confirmed(user)


def confirmed(user: User) -> User:
    """`user`, able to sign in with PASSWORD."""
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def with_app(user: User) -> User:
    """`user`, with an authenticator app that holds SECRET, and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code(secret: str = SECRET) -> str:
    """What the app shows now, and goes on to show while a test types it."""
    if (left_s := 30 - time.time() % 30) < TYPED_IN_S:
        time.sleep(left_s)
    counter = struct.pack(">Q", int(time.time() // 30))
    digest = hmac.new(base64.b32decode(secret), counter, sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def sign_in(client: Client, user: User, lang: str = "en", password: str = PASSWORD) -> Answer:
    """The answer to address and password."""
    return client.post(
        f"/{lang}/account/login/", {"login": user.email, "password": password}, follow=True
    )


def signed_in(user: User, lang: str = "en") -> Client:
    """A browser in which `user` has signed in, through the pages."""
    client = Client()
    sign_in(client, user, lang)
    if client.session.get("account_login"):
        client.post(f"/{lang}/account/second-factor/authenticate/", {"code": code()})
    assert client.session["_auth_user_id"] == str(user.pk)
    return client


def confirm_again(client: Client, lang: str = "en") -> None:
    """The person says once more who they are."""
    client.post(f"/{lang}/account/reauthenticate/", {"password": PASSWORD})


def link_in_mail(of: int = -1) -> str:
    """The address, without the host, of the first link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[of].body))
    assert found
    return found[1]


def said(answer: Answer) -> str:
    """The text of the page's own part."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    assert main, answer.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])).strip()
