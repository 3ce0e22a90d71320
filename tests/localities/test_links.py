"""Looking at the addresses of sources: what counts as dead, how politely, and where it is said."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from localities.links import Look, Visitor, check_links, due, note, user_agent
from localities.models import Catalogue, LinkCheck, Source
from localities.queries import dead_links
from localities.tasks import ask_for_links
from portal.jobs.models import Job
from tests.portal.answering import Answering

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[Answering]:
    settings.OUTBOUND_PRIVATE, settings.LINK_CHECK_PAUSE_S = True, 0
    with Answering() as running:
        yield running


def source(server: Answering, path: str, key: str = "a-report") -> Source:
    """The only source with an address."""
    Source.objects.update(is_active=False)
    Source.objects.filter(key=key).delete()
    return Source.objects.create(key=key, title=key, url=server.address + path)


def look(server: Answering, path: str) -> Look:
    return Visitor(0).look(server.address + path)


def test_what_answers_is_there_and_only_its_head_is_asked_for(server: Answering) -> None:
    server.says("/report.pdf", 200, b"x")
    assert look(server, "/report.pdf") == Look(True, 200)
    assert server.asked == [("GET", "/robots.txt"), ("HEAD", "/report.pdf")]
    assert server.headers[-1]["User-Agent"] == user_agent()


def test_a_server_that_knows_no_head_is_asked_again(server: Answering) -> None:
    server.says("/report.pdf", 200, b"x")
    server.refuses_head("/report.pdf")
    assert look(server, "/report.pdf") == Look(True, 200)
    assert server.asked[1:] == [("HEAD", "/report.pdf"), ("GET", "/report.pdf")]


@pytest.mark.parametrize(
    ("status", "there"), [(200, True), (403, True), (429, True), (404, False), (503, False)]
)
def test_only_what_is_gone_or_broken_is_dead(server: Answering, status: int, there: bool) -> None:
    server.says("/x", status)
    assert look(server, "/x").there is there


def test_redirects_are_followed_each_of_them_guarded(server: Answering, settings: Any) -> None:
    server.says("/old", 301, Location="/new")
    server.says("/new", 200)
    assert look(server, "/old") == Look(True, 200)
    server.says("/round", 302, Location="/round")
    assert look(server, "/round") == Look(False, reason="redirects without an end")
    server.says("/away", 302, Location="file:///etc/passwd")
    assert look(server, "/away").reason == "an address of http or https is needed"
    settings.OUTBOUND_PRIVATE = False
    assert "may not be called" in look(server, "/new").reason


def test_an_address_that_is_none_ends_no_night(server: Answering) -> None:
    server.says("/x", 301, Location="http://[")
    assert look(server, "/x") == Look(False, reason="leads to no address")
    own = source(server, "/x")
    assert (check_links(lambda done, total: None), due(5)) == (1, [])
    assert LinkCheck.objects.get(source=own).failures == 1


@pytest.mark.parametrize("robots", ["Disallow: //[", "Crawl-delay: ²"])
def test_where_nobody_can_read_a_robots_txt_nobody_looks(server: Answering, robots: str) -> None:
    server.says("/robots.txt", 200, f"User-agent: *\n{robots}\n".encode())
    server.says("/x", 200)
    assert look(server, "/x") == Look(None, reason="robots.txt asks not to")


def test_what_robots_txt_forbids_is_not_looked_at(server: Answering) -> None:
    server.says("/robots.txt", 200, b"User-agent: *\nDisallow: /inside/\n")
    server.says("/inside/x", 200)
    own = source(server, "/inside/x")
    assert look(server, "/inside/x").there is None
    assert ("HEAD", "/inside/x") not in server.asked
    note(own, look(server, "/inside/x"))
    assert not dead_links.dead().exists()


def test_a_link_is_dead_after_two_nights_and_alive_at_the_first_answer(server: Answering) -> None:
    own = source(server, "/x")
    server.says("/x", 200)
    told = []
    for day, status in ((1, 200), (2, 404), (3, 404), (4, 200)):
        server.says("/x", status)
        with time_machine.travel(datetime(2026, 11, day, 3, tzinfo=UTC), tick=False):
            assert check_links(lambda done, total: None) == 1
            assert due(10) == []
            dead = dead_links.of_source(own)
            told.append((dead.last_good.day, dead.failed_since.day) if dead else None)  # type: ignore[union-attr]
    assert told == [None, None, (1, 2), None]
    assert Catalogue.objects.get().version == 1


def test_another_address_of_the_source_begins_anew(server: Answering) -> None:
    own = source(server, "/x")
    for _night in range(2):
        note(own, look(server, "/x"))
    assert dead_links.of_source(own)
    own.url = server.address + "/y"
    own.save(update_fields=["url"])
    assert dead_links.of_source(own) is None
    assert due(10) == [own]
    note(own, look(server, "/y"))
    assert LinkCheck.objects.get().failures == 1


def test_a_night_has_a_bound_and_takes_hosts_by_turns(server: Answering, settings: Any) -> None:
    settings.LINK_CHECKS_A_NIGHT = 3
    source(server, "/a", "a1")
    for key, path in (("a2", "/b"), ("a3", "/c"), ("a4", "/d")):
        Source.objects.create(key=key, title=key, url=server.address + path)
    seen: list[tuple[int, int]] = []
    assert check_links(lambda done, total: seen.append((done, total))) == 3
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [one.key for one in due(10)] == ["a4"]


def test_the_public_page_of_a_dead_source_says_since_when(
    server: Answering, client: Client
) -> None:
    own = source(server, "/x")
    address = f"/en/sources/{own.key}/"
    assert "could not be reached" not in client.get(address).content.decode()
    for day in (2, 3):
        with time_machine.travel(datetime(2026, 11, day, 3, tzinfo=UTC), tick=False):
            note(own, look(server, "/x"))
    text = client.get(address).content.decode()
    assert "Its address could not be reached since 2026-11-02." in text


def test_it_is_off_until_it_is_wanted_and_then_asked_for_once_a_night(settings: Any) -> None:
    def asked() -> int:
        return Job.objects.filter(kind="localities.links").count()

    Source.objects.update(is_active=False)
    with time_machine.travel(datetime(2026, 11, 2, 18, tzinfo=UTC), tick=False):
        ask_for_links()
        assert asked() == 0
        settings.LINK_CHECKS = True
        ask_for_links()
        ask_for_links()
        assert asked() == 1
    with time_machine.travel(datetime(2026, 11, 3, 18, tzinfo=UTC), tick=False):
        ask_for_links()
        assert asked() == 2
