"""Every page and mail of signing in speaks the reader's language, in the portal's own words."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from babel.messages.pofile import read_po
from django.core import mail
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import Membership, User
from tests.localities.people import operator
from tests.portal.signing import (
    PASSWORD,
    account,
    code,
    confirm_again,
    link_in_mail,
    said,
    sign_in,
    signed_in,
    with_app,
)

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>")
KANA = re.compile(r"[\u3041-\u30ff]+")


def _catalog(path: Path, language: str) -> list[tuple[str, str]]:
    """Each text and its translation; of plurals the first form."""
    found = []
    for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
        if message.id:
            text, translated = message.id, message.string
            found.append(
                (
                    text if isinstance(text, str) else text[0],
                    translated if isinstance(translated, str) else translated[0],
                )
            )
    return found


def _longest_part(text: str) -> str:
    parts = [re.sub(r"\s+", " ", part).strip() for part in PLACEHOLDER.split(text)]
    return max(parts, key=len)


THEIRS = _catalog(Path(allauth.__path__[0], "locale/ja/LC_MESSAGES/django.po"), "ja")
OURS = _catalog(ROOT / "locale/vi/LC_MESSAGES/django.po", "vi")
THEIR_ENGLISH = sorted(
    {part for text, _ja in THEIRS if " " in (part := _longest_part(text)) and len(part) > 14}
)
THEIR_JAPANESE = {
    sentence
    for _text, ja in THEIRS
    for part in ja.split("。")[:-1]
    if len(sentence := part.strip()) > 9
}
OUR_ENGLISH = sorted(
    {
        part
        for text, vi in OURS
        if text != vi and " " in (part := _longest_part(text)) and len(part) > 9
    }
)


def _everything(language: str) -> Iterator[tuple[str, str]]:
    """What a person may get to read, each with where it stood: pages first, mails last."""
    at = f"/{language}/account"
    new, known = Client(), account("known")

    def page(client: Client, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        cache.clear()
        where = at + address if not address.startswith(f"/{language}") else address
        answer = (
            client.get(where, follow=True)
            if form is None
            else client.post(where, form, follow=True)
        )
        return f"{where} {form or ''}", said(answer)

    for address in ("/login/", "/signup/", "/password/reset/", "/inactive/"):
        yield page(new, address)
    yield page(new, "/confirm-email/nothing/")
    yield page(new, "/password/reset/key/1-nothing/")
    yield page(new, "/password/reset/key/done/")
    for form in ({}, {"email": "no address", "password1": "short"}):
        yield page(new, "/signup/", form)
    yield page(new, "/signup/", {"email": "mai@example.org", "password1": "qwerty123456"})
    yield page(new, "/login/", {"login": known.email, "password": "not this one"})
    yield page(new, "/login/", {"login": "", "password": ""})
    yield page(new, "/password/reset/", {"email": "nobody@example.org"})
    yield page(new, "/password/reset/", {"email": known.email})
    changed = f"{link_in_mail()}"
    new.get(changed)
    address = re.sub(r"-.*/$", "-set-password/", changed)
    yield page(new, address)
    yield page(new, address, {"password1": "another long secret", "password2": "other"})
    yield page(new, address, {"password1": PASSWORD, "password2": PASSWORD})
    yield page(new, "/signup/", {"email": known.email, "password1": PASSWORD})
    yield page(new, "/signup/", {"email": "mai@example.org", "password1": PASSWORD})
    yield page(new, link_in_mail())
    yield page(new, link_in_mail(), {})

    user = User.objects.get(email="known@example.org")
    Membership.objects.create(user=user, organisation=operator(), role="administrator")
    client = Client()
    yield "signed in", said(sign_in(client, user, language))
    for address in ("/email/", "/password/change/", "/sessions/", "/second-factor/", "/logout/"):
        yield page(client, address)
    yield page(client, "/reauthenticate/", {"password": "not this one"})
    yield page(client, "/reauthenticate/", {"password": PASSWORD})
    yield page(client, "/email/", {"action_add": "", "email": "no address"})
    yield page(client, "/email/", {"action_add": "", "email": user.email})
    yield page(client, "/email/", {"action_add": "", "email": "second@example.org"})
    yield page(client, "/email/", {"action_primary": "", "email": "second@example.org"})
    yield page(client, "/email/", {"action_send": "", "email": "second@example.org"})
    yield page(client, "/second-factor/totp/activate/")
    EmailAddress.objects.filter(email="second@example.org").update(verified=True)
    yield page(client, "/email/", {"action_remove": "", "email": user.email})
    yield page(client, "/email/", {"action_primary": "", "email": "second@example.org"})
    yield page(client, "/email/", {"action_primary": "", "email": user.email})
    yield page(client, "/email/", {"action_remove": "", "email": "second@example.org"})
    passwords = {"oldpassword": "x", "password1": "short", "password2": "other"}
    yield page(client, "/password/change/", passwords)
    right = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    yield page(client, "/password/change/", right)
    yield page(client, "/second-factor/totp/activate/")
    yield page(client, "/second-factor/totp/activate/", {"code": "wrong"})
    with_app(user)
    for address in ("/second-factor/", "/second-factor/recovery-codes/"):
        yield page(client, address)
    yield page(client, "/second-factor/recovery-codes/generate/")
    yield page(client, "/second-factor/recovery-codes/generate/", {})
    yield page(client, "/email/", {"action_add": "", "email": "third@example.org"})
    yield page(client, "/second-factor/reauthenticate/")
    yield page(client, "/second-factor/reauthenticate/", {"code": "wrong"})
    elsewhere = Client()
    yield "second factor", said(sign_in(elsewhere, user, language))
    yield page(elsewhere, "/second-factor/authenticate/", {"code": "wrong"})
    yield page(elsewhere, "/second-factor/authenticate/", {"code": code()})
    yield page(client, "/sessions/")
    yield page(client, "/sessions/", {})
    yield page(client, f"/{language}/organisations/operator/people/")
    yield page(client, "/second-factor/totp/deactivate/")
    yield page(client, "/second-factor/totp/deactivate/", {})
    yield page(client, "/logout/", {})
    for sent in mail.outbox:
        yield f"mail {sent.subject}", " ".join([sent.subject, *str(sent.body).split()])


def _found(texts: list[str], where: str, text: str) -> list[tuple[str, str]]:
    return [(where, part) for part in texts if part in text]


def test_every_page_and_mail_is_vietnamese_for_a_vietnamese() -> None:
    wrong, seen = [], 0
    for where, text in _everything("vi"):
        seen += 1
        wrong += _found(THEIR_ENGLISH, where, text) + _found(OUR_ENGLISH, where, text)
        wrong += [(where, kana) for kana in KANA.findall(text.replace("つながり", ""))]
    assert wrong == []
    assert seen > 60


def test_every_page_and_mail_is_japanese_for_a_japanese() -> None:
    wrong = []
    for where, text in _everything("ja"):
        wrong += _found(THEIR_ENGLISH, where, text) + _found(OUR_ENGLISH, where, text)
        wrong += [(where, part) for part in re.split(r"[\s。]", text) if part in THEIR_JAPANESE]
        if not KANA.search(text):
            wrong.append((where, text))
    assert wrong == []


def test_every_page_and_mail_is_in_our_own_words_in_english() -> None:
    wrong = []
    for where, text in _everything("en"):
        wrong += _found(THEIR_ENGLISH, where, text)
        wrong += [(where, kana) for kana in KANA.findall(text.replace("つながり", ""))]
    assert wrong == []


def test_a_person_who_came_without_a_password_chooses_one() -> None:
    user = account("mai")
    client = signed_in(user, "vi")
    confirm_again(client, "vi")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    answer = client.get("/vi/account/password/set/")
    assert "Đặt mật khẩu" in said(answer)
