"""The pages on which an organisation's administrator manages webhooks and sees what was sent."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from portal.webhooks import endpoints, events
from portal.webhooks.models import Attempt, Delivery, Endpoint, FormerSecret
from tests.localities.people import member, operator, organisation
from tests.portal.answering import Answering
from tests.portal.signing import said, with_app
from tests.portal.test_api_client_pages import signed_in
from tests.portal.working import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_jobs")]

PAGE = "/en/organisations/osaka/webhooks/"
URL = "https://crm.example.jp/hook"
FORM = {"url": URL, "events": ["match_job.finished", "catalogue.changed"]}
STEPS = ("test", "rotate", "on", "off", "remove")


def made(browser: Client, url: str = URL) -> tuple[str, str]:
    """The address of a new webhook's page, and its secret."""
    answer = browser.post(PAGE, {**FORM, "url": url}, follow=True)
    return f"{PAGE}{Endpoint.objects.get(url=url).pk}/", secret_of(answer)


def secret_of(answer: Any) -> str:
    """The secret that a page shows."""
    found = re.findall(r"<code>(whsec_[^<]+)</code>", answer.content.decode())
    assert len(found) == 1, answer.content.decode()
    return str(found[0])


def test_a_webhook_is_made_and_its_secret_shown_once() -> None:
    browser = signed_in()
    answer = browser.post(PAGE, FORM, follow=True)
    secret, endpoint = secret_of(answer), Endpoint.objects.get()
    assert answer.redirect_chain == [(f"{PAGE}{endpoint.pk}/", 302)]

    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert (endpoint.url, endpoint.events) == (URL, ["catalogue.changed", "match_job.finished"])
    for page in (PAGE, f"{PAGE}{endpoint.pk}/"):
        later = browser.get(page).content.decode()
        assert (URL in later, "whsec_" in later) == (True, False)
    assert secret.removeprefix("whsec_") not in str(list(Endpoint.objects.values()))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": ""}, "This field is required."),
        ({"url": "http://crm.example.jp/"}, "that begins with https://"),
        ({"url": "https://10.0.0.1/"}, "An address of the open internet is needed"),
        ({"url": f"https://a.example/{'x' * 500}"}, "at most 500"),
        ({"url": "https://a.example/\0"}, "Null characters are not allowed."),
        ({"events": []}, "Choose at least one."),
        ({"events": ["test"]}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_makes_and_changes_nothing(wrong: dict[str, Any], says: str) -> None:
    browser = signed_in()
    page, _secret = made(browser)
    before = list(Endpoint.objects.values())
    for address in (PAGE, page):
        answer = browser.post(address, {**FORM, **wrong})
        assert (answer.status_code, says in said(answer)) == (400, True), said(answer)
    assert list(Endpoint.objects.values()) == before


def test_an_organisation_has_so_many_and_no_more() -> None:
    browser = signed_in()
    for number in range(20):
        endpoints.make(organisation("osaka"), f"{URL}/{number}", ["catalogue.changed"])
    answer = browser.post(PAGE, FORM)

    assert answer.status_code == 400
    assert "An organisation has at most 20 webhooks." in said(answer)
    assert Endpoint.objects.count() == 20


def test_address_and_events_are_changed() -> None:
    browser = signed_in()
    page, _secret = made(browser)
    answer = browser.post(page, {"url": f"{URL}2", "events": ["changeset.decided"]}, follow=True)

    assert "Saved." in said(answer)
    assert Endpoint.objects.values_list("url", "events").get() == (f"{URL}2", ["changeset.decided"])


def test_a_test_is_sent_and_stands_in_the_log(receiver: Answering) -> None:
    browser = signed_in()
    page, secret = made(browser, f"{receiver.address}/hook")
    assert "A test shows whether the address takes what is sent." in said(browser.get(page))
    assert "A test is on its way." in said(browser.post(f"{page}test/", follow=True))
    deliver()

    assert Webhook(secret).verify(receiver.bodies[0], receiver.headers[0])["type"] == "test"
    log = said(browser.get(page))
    assert "Delivered A test" in log
    assert "1 try: answer 200" in log
    assert "thanks" in log


def test_what_failed_is_told_and_sent_again(receiver: Answering) -> None:
    receiver.says("/hook", 503, b"<b>closed</b>")
    browser = signed_in()
    page, _secret = made(browser, f"{receiver.address}/hook")
    browser.post(f"{page}test/")
    deliver()
    (delivery,) = Delivery.objects.all()
    waiting = browser.get(page)
    assert "&lt;b&gt;closed&lt;/b&gt;" in waiting.content.decode()
    assert f"next try {timezone.localtime(delivery.due_at):%Y-%m-%d %H:%M}" in said(waiting)
    assert "Send again" not in said(waiting)

    receiver.says("/hook", 204)
    Delivery.objects.update(state="failed", due_at=None)
    again = browser.post(f"{page}{delivery.pk}/", follow=True)
    assert "It is on its way again." in said(again)
    deliver()
    assert "2 tries, the last: answer 204" in said(browser.get(page))
    assert len(receiver.bodies) == 2
    assert receiver.bodies[0] == receiver.bodies[1]


def test_tests_and_resends_have_the_limit_of_the_api(settings: Any) -> None:
    settings.API_RATES = {"call": "2/minute"}
    browser = signed_in()
    page, _secret = made(browser)
    with time_machine.travel(timezone.now(), tick=False):
        browser.post(f"{page}test/")
        (delivery,) = Delivery.objects.all()
        steps = (f"{page}{delivery.pk}/", f"{page}test/", f"{page}{delivery.pk}/")
        told = [said(browser.post(step, follow=True)) for step in steps]

    refused = ["Too many requests; please try again in" in each for each in told]
    assert (refused, Delivery.objects.count()) == ([False, True, True], 1)


def test_a_new_secret_signs_beside_the_one_before(receiver: Answering) -> None:
    browser = signed_in()
    page, old = made(browser, f"{receiver.address}/hook")
    answer = browser.post(f"{page}rotate/", follow=True)
    new = secret_of(answer)
    browser.post(f"{page}test/")
    deliver()

    assert new != old
    assert "The secret before signs until" in said(answer)
    for secret in (old, new):
        assert Webhook(secret).verify(receiver.bodies[0], receiver.headers[0])["type"] == "test"
    FormerSecret.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert "The secret before signs until" not in said(browser.get(page))


def test_a_secret_that_was_rotated_too_often_stays(receiver: Answering) -> None:
    browser = signed_in()
    page, _secret = made(browser, f"{receiver.address}/hook")
    for _ in range(10):
        browser.post(f"{page}rotate/")
    salt = Endpoint.objects.get().salt
    answer = browser.post(f"{page}rotate/", follow=True)
    assert "The secret was rotated 10 times within 24 hours; use the newest." in said(answer)
    assert Endpoint.objects.get().salt == salt


def test_a_webhook_is_switched_off_and_on_and_removed(receiver: Answering) -> None:
    browser = signed_in()
    page, _secret = made(browser, f"{receiver.address}/hook")
    browser.post(f"{page}test/")
    assert "The webhook is switched off." in said(browser.post(f"{page}off/", follow=True))
    deliver()
    refused = said(browser.post(f"{page}test/", follow=True))
    assert "The webhook is switched off; switch it on first." in refused
    (delivery,) = Delivery.objects.all()
    again = said(browser.post(f"{page}{delivery.pk}/", follow=True))
    assert "The webhook is switched off; switch it on first." in again
    assert (receiver.asked, delivery.state) == ([], "failed")

    assert "The webhook is switched on." in said(browser.post(f"{page}on/", follow=True))
    assert Endpoint.objects.get().is_active
    assert "The webhook is removed." in said(browser.post(f"{page}remove/", follow=True))
    assert (Endpoint.objects.count(), browser.get(page).status_code) == (0, 404)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (410, "The address answered that it is gone for good (410)."),
        (503, "Nothing could be delivered for three days; the last try: answer 503."),
    ],
)
def test_the_page_tells_why_a_webhook_was_disabled(
    receiver: Answering, status: int, says: str
) -> None:
    receiver.says("/hook", status)
    browser = signed_in()
    page, _secret = made(browser, f"{receiver.address}/hook")
    events.catalogue_changed(version=2, records_count=1, changes="/x/")
    Delivery.objects.update(attempts_count=10)
    deliver()
    told = said(browser.get(page))

    day = timezone.localtime(Endpoint.objects.get().disabled_at).strftime("%Y-%m-%d %H:%M")
    assert f"Disabled by the portal on {day}. {says}" in told
    assert "Disabled by the portal" in said(browser.get(PAGE))
    Attempt.objects.all().delete()
    assert "for three days, or the address was gone." in said(browser.get(page))
    assert "Disabled by the portal" not in said(browser.post(f"{page}on/", follow=True))


def test_an_address_that_turned_private_is_told_as_such(receiver: Answering, settings: Any) -> None:
    browser = signed_in()
    page, _secret = made(browser, f"{receiver.address}/hook")
    settings.OUTBOUND_PRIVATE = False
    browser.post(f"{page}test/")
    deliver()
    told = said(browser.get(page))

    assert "1 try: an address that may not be called" in told
    assert "https is needed" in told
    assert receiver.asked == []


def test_an_administrator_of_another_organisation_gets_nothing() -> None:
    endpoint, _secret = endpoints.make(organisation("osaka"), URL, ["catalogue.changed"])
    delivery = endpoints.send_test(endpoint)
    endpoints.change(endpoint, active=False)
    other = signed_in("other", "administrator", "hyogo")
    before = list(Endpoint.objects.values()), list(Delivery.objects.values())
    for page, status in ((PAGE, 403), ("/en/organisations/hyogo/webhooks/", 404)):
        own = f"{page}{endpoint.pk}/"
        answers = [other.get(own), other.post(own, FORM), other.post(f"{own}{delivery.pk}/")]
        answers += [other.post(f"{own}{step}/") for step in STEPS]
        assert {answer.status_code for answer in answers} == {status}
        assert not any("crm.example.jp" in answer.content.decode() for answer in answers)
    assert other.get(PAGE).status_code == other.post(PAGE, FORM).status_code == 403
    assert "crm.example.jp" not in other.get("/en/organisations/hyogo/webhooks/").content.decode()
    assert (list(Endpoint.objects.values()), list(Delivery.objects.values())) == before


def test_a_delivery_of_another_webhook_is_not_sent_again() -> None:
    browser = signed_in()
    page, _secret = made(browser)
    other, _secret = endpoints.make(organisation("hyogo"), f"{URL}2", ["catalogue.changed"])
    delivery = endpoints.send_test(other)
    Delivery.objects.update(state="failed", due_at=None)

    assert browser.post(f"{page}{delivery.pk}/").status_code == 404
    assert Delivery.objects.get().state == "failed"


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer"])
def test_members_below_an_administrator_make_none(role: str) -> None:
    assert signed_in("member", role).post(PAGE, FORM).status_code == 403
    assert not Endpoint.objects.exists()


def test_an_administrator_sets_up_a_second_factor_first() -> None:
    browser = Client()
    browser.force_login(member("head", "administrator", organisation("osaka")))
    answer = browser.post(PAGE, FORM)
    assert (answer.status_code, Endpoint.objects.exists()) == (302, False)


def test_the_operator_administers_the_webhooks_of_all() -> None:
    organisation("osaka")
    browser = Client()
    browser.force_login(with_app(member("boss", "administrator", operator())))
    made(browser)
    assert Endpoint.objects.get().organisation_id == "osaka"


def test_the_account_leads_to_the_webhooks() -> None:
    assert f'href="{PAGE}"' in signed_in().get("/en/account/").content.decode()


def test_the_log_has_as_many_queries_for_three_deliveries_as_for_one(
    django_assert_num_queries: Any,
) -> None:
    browser = signed_in()
    page, _secret = made(browser)
    for count in (1, 2):
        for _each in range(count):
            delivery = endpoints.send_test(Endpoint.objects.get())
            Attempt.objects.create(delivery=delivery, status=500, ms=1)
        with django_assert_num_queries(9):
            browser.get(page)


def test_a_long_log_is_cut_and_says_so() -> None:
    browser = signed_in()
    page, _secret = made(browser)
    endpoint = Endpoint.objects.get()
    Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, event="test", data={}) for _each in range(51)
    )
    answer = browser.get(page)
    assert answer.content.decode().count("<article") == 50
    assert "The newest 50; the API lists all of them." in said(answer)
