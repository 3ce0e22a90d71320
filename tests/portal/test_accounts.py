"""Signing up, signing in with one factor and with two, new passwords, sessions."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import Membership, User
from tests.localities.people import operator
from tests.portal.signing import (
    PASSWORD,
    SECRET,
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


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    cache.clear()


def _officer(name: str = "officer") -> User:
    user = account(name)
    Membership.objects.create(user=user, organisation=operator(), role="administrator")
    return user


# --- signing up ---------------------------------------------------------------------------------
def test_a_person_signs_up_confirms_by_mail_and_signs_in(client: Client) -> None:
    form = {"email": "Mai@Example.org", "password1": PASSWORD}
    answer = client.post("/en/account/signup/", form, follow=True)
    assert said(answer).startswith("Look into your mail")
    assert [sent.to for sent in mail.outbox] == [["mai@example.org"]]
    confirmation = client.get(link_in_mail())
    assert "Is mai@example.org your address" in said(confirmation)
    client.post(link_in_mail())
    elsewhere = Client()
    user = User.objects.get(email="mai@example.org")
    assert "Your account" in said(sign_in(elsewhere, user))
    assert elsewhere.session["_auth_user_id"] == str(user.pk)


def test_an_address_that_is_not_confirmed_opens_nothing_and_gets_a_new_link() -> None:
    form = {"email": "mai@example.org", "password1": PASSWORD}
    Client().post("/en/account/signup/", form)
    cache.clear()  # the next mail may go three minutes later
    client = Client()
    answer = sign_in(client, User.objects.get())
    assert said(answer).startswith("Look into your mail")
    assert "_auth_user_id" not in client.session
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "At least 12 characters."),
        ("q1w2e3r4t5y6", "Too many people use this password; it would be guessed."),
    ],
)
def test_a_weak_password_is_refused(client: Client, password: str, reason: str) -> None:
    form = {"email": "mai@example.org", "password1": password}
    assert reason in said(client.post("/en/account/signup/", form))
    assert not User.objects.exists()


def _without_token(page: bytes) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())


@pytest.mark.parametrize("address", ["signup", "password/reset"])
def test_nobody_learns_which_addresses_have_accounts(address: str) -> None:
    account("known")
    seen = []
    for name in ("known", "unkno"):
        form = {"email": f"{name}@example.org", "password1": PASSWORD}
        answer = Client().post(f"/en/account/{address}/", form, follow=True)
        page = _without_token(answer.content).replace(f"{name}@", "somebody@")
        seen.append((answer.redirect_chain, answer.status_code, page))
    assert seen[0] == seen[1]
    assert [sent.to for sent in mail.outbox] == [["known@example.org"], ["unkno@example.org"]]
    assert mail.outbox[0].subject != mail.outbox[1].subject


def test_a_wrong_password_and_an_unknown_address_answer_alike() -> None:
    account("known")
    seen = set()
    for name in ("known", "unkno"):
        form = {"login": f"{name}@example.org", "password": "not this one"}
        answer = Client().post("/en/account/login/", form)
        page = _without_token(answer.content).replace(f"{name}@", "somebody@")
        seen.add((answer.status_code, page))
    assert len(seen) == 1
    assert "Address and password do not belong together." in seen.pop()[1]


def test_a_closed_account_is_told_so_and_stays_out(client: Client) -> None:
    user = account("gone", is_active=False)
    answer = sign_in(client, user)
    assert "_auth_user_id" not in client.session
    assert answer.redirect_chain == [("/en/account/inactive/", 302)]


# --- a new password -----------------------------------------------------------------------------
def test_a_new_password_is_set_through_a_link_that_works_once(client: Client) -> None:
    user = account("mai")
    client.post("/en/account/password/reset/", {"email": user.email})
    link = link_in_mail()
    form_page = client.get(link, follow=True)
    address = form_page.redirect_chain[-1][0]
    assert link.split("-")[-1] not in address  # the key is out of the address, and of referrers
    new = {"password1": "another long secret", "password2": "another long secret"}
    answer = client.post(address, {**new, "password2": "something else"})
    assert "This is not the password above." in said(answer)
    answer = client.post(address, new, follow=True)
    assert "The new password holds from now on." in said(answer)
    assert mail.outbox[-1].subject == "Your password is new"
    used = Client().get(link, follow=True)
    assert "This link does not work any more" in said(used)
    assert "Your account" in said(sign_in(Client(), user, password="another long secret"))
    assert "do not belong together" in said(sign_in(Client(), user))


def test_changing_the_password_takes_the_old_one_and_tells_by_mail() -> None:
    user = account("mai")
    client = signed_in(user)
    form = {"oldpassword": "not this one", "password1": "another long secret"}
    form["password2"] = form["password1"]
    answer = client.post("/en/account/password/change/", form)
    assert "This is not your password so far." in said(answer)
    assert not mail.outbox
    client.post("/en/account/password/change/", {**form, "oldpassword": PASSWORD})
    assert [sent.subject for sent in mail.outbox] == ["Your password has changed"]
    user.refresh_from_db()
    assert user.check_password("another long secret")


# --- the second factor --------------------------------------------------------------------------
def test_an_officer_without_a_second_factor_is_led_to_set_one_up() -> None:
    client = signed_in(_officer())
    answer = client.get("/en/organisations/operator/people/", follow=True)
    assert answer.redirect_chain[0] == ("/en/account/second-factor/totp/activate/", 302)
    assert "officer@example.org" not in said(answer)


@pytest.mark.django_db(transaction=True)  # the mail goes when the app is stored for good
def test_an_officer_sets_up_an_app_and_needs_it_from_then_on() -> None:
    officer = _officer()
    client, other = signed_in(officer), signed_in(officer)
    confirm_again(client)
    page = client.get("/en/account/second-factor/totp/activate/").content.decode()
    found = re.search(r'id="secret" type="text" value="(\w+)"', page)
    assert found
    set_up = "/en/account/second-factor/totp/activate/"
    wrong = client.post(set_up, {"code": "000000" if code(found[1]) != "000000" else "000001"})
    assert "This code is not right." in said(wrong)
    assert not Authenticator.objects.exists()
    answer = client.post(set_up, {"code": code(found[1])}, follow=True)
    assert "10 codes are left." in said(answer)
    assert [sent.subject for sent in mail.outbox] == ["Authenticator app set up"]
    assert client.get("/en/organisations/operator/people/").status_code == 200
    assert other.get("/en/organisations/operator/people/").status_code == 302
    assert "_auth_user_id" not in other.session

    elsewhere = Client()
    asked = sign_in(elsewhere, officer)
    assert asked.redirect_chain[-1][0] == "/en/account/second-factor/authenticate/"
    assert "_auth_user_id" not in elsewhere.session
    assert elsewhere.get("/en/organisations/operator/people/").status_code == 302


def test_signing_in_takes_the_right_code() -> None:
    officer = with_app(_officer())
    client = Client()
    sign_in(client, officer)
    second = "/en/account/second-factor/authenticate/"
    wrong = client.post(second, {"code": "000000" if code() != "000000" else "000001"})
    assert "This code is not right." in said(wrong)
    assert "_auth_user_id" not in client.session
    assert "Your account" in said(client.post(second, {"code": code()}, follow=True))


def test_a_code_opens_once() -> None:
    officer = with_app(_officer())
    shown = code()
    for client, opened in ((Client(), True), (Client(), False)):
        sign_in(client, officer)
        client.post("/en/account/second-factor/authenticate/", {"code": shown})
        assert ("_auth_user_id" in client.session) is opened


def test_a_recovery_code_opens_once() -> None:
    officer = with_app(_officer())
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    for client, opened in ((Client(), True), (Client(), False)):
        sign_in(client, officer)
        client.post("/en/account/second-factor/authenticate/", {"code": codes[0]})
        assert ("_auth_user_id" in client.session) is opened


def test_a_form_without_a_code_is_no_error_of_the_server() -> None:
    officer = with_app(_officer())
    client = Client()
    sign_in(client, officer)
    answer = client.post("/en/account/second-factor/authenticate/", {})
    assert answer.status_code in (200, 400)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "address",
    [
        "second-factor/totp/activate/",
        "second-factor/recovery-codes/generate/",
        "password/change/",
        "sessions/",
        "email/",
        "",
    ],
)
def test_pages_of_an_account_lead_strangers_to_sign_in(client: Client, address: str) -> None:
    answer = client.get(f"/vi/account/{address}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/vi/account/login/?next=")


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("ja", "ログイン中：mai@example.org"),
        ("en", "Signed in: mai@example.org"),
        ("vi", "Đang đăng nhập: mai@example.org"),
    ],
)
def test_pages_of_an_account_say_who_is_signed_in(lang: str, says: str) -> None:
    client = signed_in(account("mai"))
    who = re.compile(r'<a class="top-who" href="([^"]+)">([^<]+)</a>')
    for address in ("account/", "account/email/", "profiles/", "invitations/unknown/"):
        page = client.get(f"/{lang}/{address}").content.decode()
        assert who.findall(page) == [(f"/{lang}/account/", says)], address
    for browser, address in ((client, ""), (Client(), "account/login/")):
        assert who.findall(browser.get(f"/{lang}/{address}").content.decode()) == []


def test_taking_the_app_out_asks_who_it_is() -> None:
    officer = with_app(_officer())
    client = signed_in(officer)
    address = "/en/account/second-factor/totp/deactivate/"
    assert client.post(address).status_code == 302
    assert Authenticator.objects.filter(type="totp").exists()
    confirm_again(client)
    client.post(address)
    assert not Authenticator.objects.exists()
    assert [sent.subject for sent in mail.outbox] == ["Authenticator app taken out"]
    assert client.get("/en/organisations/operator/people/").status_code == 302


# --- limits, sessions, safety -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ja", "試行回数が多すぎます"),
        ("en", "Too many attempts"),
        ("vi", "Quá nhiều lần thử"),
    ],
)
def test_guessing_is_slowed_down_in_the_readers_language(language: str, title: str) -> None:
    client = Client()
    for attempt in range(21):
        form = {"email": f"a{attempt}@example.org", "password1": "short"}
        answer = client.post(f"/{language}/account/signup/", form)
    assert answer.status_code == 429
    assert said(answer).startswith(title)
    assert "no-store" in answer["Cache-Control"]


def test_passwords_of_one_account_cannot_be_guessed_on_and_on() -> None:
    user = account("mai")
    for _attempt in range(5):
        sign_in(Client(), user, password="not this one")
    answer = sign_in(Client(), user)  # the right one, too late
    assert "Too many attempts. Please wait a few minutes." in said(answer)


def test_codes_of_one_account_cannot_be_guessed_on_and_on() -> None:
    officer = with_app(_officer())
    client = Client()
    sign_in(client, officer)
    second = "/en/account/second-factor/authenticate/"
    for _attempt in range(5):
        client.post(second, {"code": "wrong"})
    assert "Too many attempts." in said(client.post(second, {"code": code()}))
    assert "_auth_user_id" not in client.session


def test_a_person_ends_their_other_sessions() -> None:
    user = account("mai")
    here, there = signed_in(user), signed_in(user)
    assert there.get("/en/account/").status_code == 200
    page = said(here.get("/en/account/sessions/"))
    assert page.count("127.0.0.1") == 2
    assert page.count("this device") == 1
    here.post("/en/account/sessions/")
    assert here.get("/en/account/").status_code == 200
    assert there.get("/en/account/").status_code == 302


_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"Mozilla/5.0 (X11; Linux) {_WEBKIT} Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/156.0 Safari/537.36"
            " Edg/156.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/156.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0",
            "Firefox on macOS",
        ),
        ("curl/8.14.1", "curl/8.14.1"),
        ("Mozilla/5.0 (X11; FreeBSD) Chrome/156.0", "Mozilla/5.0 (X11; FreeBSD) Chrome/156.0"),
    ],
)
def test_a_session_is_told_by_its_browser_and_system(user_agent: str, device: str) -> None:
    client = Client(headers={"User-Agent": user_agent})
    sign_in(client, account("mai"))
    page = said(client.get("/en/account/sessions/"))
    assert page.startswith(f"Your account Where you are signed in {device} this device 20"), page


def test_a_new_password_ends_the_other_sessions() -> None:
    user = account("mai")
    here, there = signed_in(user), signed_in(user)
    new = {"oldpassword": PASSWORD, "password1": "another long secret"}
    here.post("/en/account/password/change/", {**new, "password2": "another long secret"})
    assert here.get("/en/account/").status_code == 200
    assert there.get("/en/account/").status_code == 302


def test_signing_in_leads_to_no_other_site() -> None:
    user = account("mai")
    form = {"login": user.email, "password": PASSWORD, "next": "https://example.com/"}
    assert Client().post("/en/account/login/", form)["Location"] == "/en/account/"


ADDRESSES = [
    "login/",
    "signup/",
    "logout/",
    "email/",
    "password/change/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/done/",
    "confirm-email/",
    "confirm-email/nothing/",
    "reauthenticate/",
    "inactive/",
    "sessions/",
    "second-factor/",
    "second-factor/totp/deactivate/",
    "second-factor/recovery-codes/",
    "second-factor/recovery-codes/generate/",
    "",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_about_people_are_kept_by_nobody_and_framed_by_nobody(address: str) -> None:
    client = signed_in(with_app(_officer()))
    for reader in (client, Client()):
        answer = reader.get(f"/en/account/{address}")
        assert answer.status_code in (200, 302)
        if answer.status_code == 200:  # what leads elsewhere is kept by nobody anyway
            assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "form-action 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("address", [each for each in ADDRESSES if "done" not in each])
def test_a_form_without_its_token_is_refused(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(with_app(_officer()))
    answer = client.post(f"/vi/account/{address}", {"email": "x@example.org"})
    assert answer.status_code == 403
    assert said(answer).startswith("Biểu mẫu không được tiếp nhận")


def test_secrets_stay_out_of_the_pages_after_they_were_shown() -> None:
    client = signed_in(with_app(_officer()))
    confirm_again(client)
    for address in ADDRESSES:
        assert SECRET not in client.get(f"/en/account/{address}", follow=True).content.decode()
