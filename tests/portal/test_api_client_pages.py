"""The page on which an organisation's administrator makes, renews and revokes API clients."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.accounts import clients, use
from portal.accounts.models import ApiClient, ClientSecret, ClientUse, User
from tests.localities.people import member, operator, organisation
from tests.portal.signing import with_app
from tests.portal.test_api_clients import ask, read, token

pytestmark = pytest.mark.django_db

PAGE = "/en/organisations/osaka/api-clients/"
FORM = {"name": "CRM", "scopes": ["match", "webhook"]}


def signed_in(name: str = "head", role: str = "administrator", key: str = "osaka") -> Client:
    """A client of somebody with a role and a second factor."""
    user = with_app(member(name, role, organisation(key)))
    return _browser(user)


def _browser(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def shown(answer: Any) -> tuple[str, str]:
    """Name and secret of the client, as the page shows them once."""
    text = answer.content.decode()
    found = re.findall(r"<dt>client_(?:id|secret)</dt><dd><code>([^<]+)</code>", text)
    assert len(found) == 2, text
    return found[0], found[1]


def test_a_client_is_made_and_its_secret_shown_once() -> None:
    browser = signed_in()
    answer = browser.post(PAGE, FORM, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    name, secret = shown(answer)
    assert ask(name, secret).json()["scope"] == "match webhook"
    later = browser.get(PAGE).content.decode()
    assert (name in later, secret in later) == (True, False)
    assert secret not in str(list(ClientSecret.objects.values()) + list(ApiClient.objects.values()))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["admin"]}, "Select a valid choice"),
        ({"name": "x" * 121}, "at most 120"),
    ],
)
def test_a_wrong_form_makes_none(wrong: dict[str, Any], says: str) -> None:
    answer = signed_in().post(PAGE, {**FORM, **wrong})
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not ApiClient.objects.exists()


def test_a_secret_is_for_its_page_and_one_minute_alone() -> None:
    browser = signed_in()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        cookie = browser.post(PAGE, FORM).cookies["made"]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (PAGE, "Strict", True)
        assert "whsec_" not in browser.get("/en/organisations/osaka/webhooks/").content.decode()
        clock.shift(61)
        assert "<dt>client_secret</dt>" not in browser.get(PAGE).content.decode()
    assert ApiClient.objects.count() == 1


def test_two_clients_have_two_names() -> None:
    browser = signed_in()
    browser.post(PAGE, FORM)
    answer = browser.post(PAGE, FORM)
    assert answer.status_code == 400
    assert "There is a client of this name already." in answer.content.decode()
    assert ApiClient.objects.count() == 1


@pytest.mark.parametrize(("at_once", "before"), [("", 200), ("1", 401)])
def test_a_new_secret_beside_or_instead_of_the_old(at_once: str, before: int) -> None:
    browser = signed_in()
    name, old = shown(browser.post(PAGE, FORM, follow=True))
    client = ApiClient.objects.get()
    data = {"at_once": at_once} if at_once else {}
    answer = browser.post(f"{PAGE}{client.pk}/rotate/", data, follow=True)
    assert shown(answer)[0] == name
    new = shown(answer)[1]
    assert [ask(name, each).status_code for each in (old, new)] == [before, 200]


def test_a_client_is_revoked() -> None:
    browser = signed_in()
    _name, secret = shown(browser.post(PAGE, FORM, follow=True))
    client = ApiClient.objects.get()
    access = token(client, secret)
    answer = browser.post(f"{PAGE}{client.pk}/revoke/", follow=True)
    assert "The client is revoked" in answer.content.decode()
    assert read(access) == 401
    assert browser.post(f"{PAGE}{client.pk}/rotate/").status_code == 404


def test_an_administrator_of_another_organisation_gets_nothing() -> None:
    osaka = organisation("osaka")
    head = member("boss", "administrator", osaka)
    client, secret = clients.make(head, osaka, "Secret system", ["match"])
    other = signed_in("other", "administrator", "hyogo")
    for answer in (
        other.get(PAGE),
        other.post(PAGE, FORM),
        other.post(f"{PAGE}{client.pk}/rotate/"),
        other.post(f"{PAGE}{client.pk}/revoke/"),
    ):
        assert answer.status_code == 403
        assert "Secret system" not in answer.content.decode()
    for step in ("rotate", "revoke"):
        own = f"/en/organisations/hyogo/api-clients/{client.pk}/{step}/"
        assert other.post(own).status_code == 404
    assert ask(client.client_id, secret).status_code == 200
    assert [each.name for each in ApiClient.objects.all()] == ["Secret system"]


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer"])
def test_members_below_an_administrator_make_none(role: str) -> None:
    assert signed_in("member", role).post(PAGE, FORM).status_code == 403
    assert not ApiClient.objects.exists()


def test_the_operator_administers_the_clients_of_all() -> None:
    organisation("osaka")
    browser = _browser(with_app(member("boss", "administrator", operator())))
    assert ask(*shown(browser.post(PAGE, FORM, follow=True))).status_code == 200


def test_an_administrator_sets_up_a_second_factor_first() -> None:
    browser = _browser(member("head", "administrator", organisation("osaka")))
    answer = browser.post(PAGE, FORM)
    assert (answer.status_code, ApiClient.objects.exists()) == (302, False)


def test_use_is_counted_without_a_row_a_request(django_assert_num_queries: Any) -> None:
    browser = signed_in()
    _name, secret = shown(browser.post(PAGE, FORM, follow=True))
    client = ApiClient.objects.get()
    with time_machine.travel("2026-11-21T03:00:00Z", tick=False) as clock:
        access = token(client, secret)
        assert [read(access) for _each in range(3)] == [200, 200, 200]
        clock.shift(61)
        assert read(access) == 200
    with time_machine.travel("2026-11-22T03:00:00Z", tick=False):
        access = token(client, secret)
        read(access)
        found = use.per_day([client])[client]
        page = browser.get(PAGE).content.decode()
    assert [(str(day), count) for day, count in found] == [("2026-11-22", 1), ("2026-11-21", 4)]
    assert ClientUse.objects.count() == 2
    assert "last used 2026-11-22 12:00" in page
    assert '<td>2026-11-21</td><td class="number">4</td>' in page
    assert timezone.get_current_timezone_name() == "Asia/Tokyo"


def test_the_page_has_as_many_queries_for_three_clients_as_for_one(
    django_assert_num_queries: Any,
) -> None:
    browser = signed_in()
    head, osaka = User.objects.get(), organisation("osaka")
    clients.make(head, osaka, "0", ["match"])
    with django_assert_num_queries(8):
        browser.get(PAGE)
    for name in "12":
        clients.make(head, osaka, name, ["match"])
    with django_assert_num_queries(8):
        browser.get(PAGE)
