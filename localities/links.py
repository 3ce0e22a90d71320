"""Looks whether the addresses of sources still lead anywhere: politely, a few each night.

One request at a time, a pause between two to the same host, as its robots.txt allows, under a name
that says who asks. What is found stands beside the catalogue, never in it: a look is no fact.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from localities.models import LinkCheck, Source
from portal.outbound import Answer, ForbiddenTarget, Unreachable, send

NAME = "TsunagariLinkCheck"
MOST_REDIRECTS = 5
TIMEOUT_S = 15.0
LONGEST_PAUSE_S = 30.0  # of what a robots.txt may ask for
AGAIN_AFTER = timedelta(hours=20)
LONGEST_NIGHT_S = 45 * 60
_NOT_NOW = "User-agent: *\nDisallow: /"  # what a robots.txt that fails says (RFC 9309)
_NO_WAY_IN = (401, 403, 407, 429)  # there, but not for us


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at an address. `there` is None where it is not ours to look."""

    there: bool | None
    status: int | None = None
    reason: str = ""


def due(most: int) -> list[Source]:
    """The sources to look at next, those never looked at first; none that was looked at today."""
    lately = Q(link_check__url=F("url"), link_check__checked_at__gt=timezone.now() - AGAIN_AFTER)
    found = Source.objects.filter(is_active=True, url__isnull=False).exclude(lately)
    return list(found.order_by(F("link_check__checked_at").asc(nulls_first=True), "key")[:most])


def check_links(report: Callable[[int, int], None]) -> int:
    """Looks at those that are due tonight, and notes what it finds; returns how many they are."""
    sources = due(settings.LINK_CHECKS_A_NIGHT)
    until = time.monotonic() + LONGEST_NIGHT_S
    visitor = Visitor(settings.LINK_CHECK_PAUSE_S)
    for done, source in enumerate(by_turns(sources), start=1):
        if time.monotonic() > until:
            return done - 1
        note(source, visitor.look(source.url or ""))
        report(done, len(sources))
    return len(sources)


def by_turns(sources: Sequence[Source]) -> Iterator[Source]:
    """A source of each host in turn: while one host rests, another is asked."""
    queues: defaultdict[str, deque[Source]] = defaultdict(deque)
    for source in sources:
        queues[urlsplit(source.url or "").netloc].append(source)
    while queues:
        for host in list(queues):
            yield queues[host].popleft()
            if not queues[host]:
                del queues[host]


def note(source: Source, look: Look) -> None:
    """Writes down what was found; what was not ours to look at leaves the earlier finding."""
    now = timezone.now()
    before = LinkCheck.objects.filter(source=source, url=source.url).first()
    failures, since = (before.failures, before.failed_since) if before else (0, None)
    good = before.last_good if before else None
    if look.there:
        failures, since, good = 0, None, now
    elif look.there is False:
        failures, since = failures + 1, since or now
    LinkCheck.objects.update_or_create(
        source=source,
        defaults={
            "url": source.url,
            "checked_at": now,
            "last_good": good,
            "failed_since": since,
            "failures": min(failures, 1000),
            "status": look.status,
            "reason": look.reason[:200],
        },
    )


@dataclass
class Visitor:
    """Calls on hosts one at a time, and remembers when it was last where."""

    pause_s: float
    _robots: dict[str, RobotFileParser | None] = field(default_factory=dict)
    _left: dict[str, float] = field(default_factory=dict)

    def look(self, url: str) -> Look:
        """What is at `url`, behind at most MOST_REDIRECTS redirects."""
        try:
            for _hop in range(MOST_REDIRECTS + 1):
                if not self._may(url):
                    return Look(None, reason="robots.txt asks not to")
                answer = self._ask("HEAD", url)
                if answer.status >= 400 and answer.status not in _NO_WAY_IN:
                    answer = self._ask("GET", url)  # many servers know no HEAD
                target = answer.headers.get("location")
                if not (300 <= answer.status < 400 and target):
                    there = answer.status < 400 or answer.status in _NO_WAY_IN
                    return Look(there, answer.status, "" if there else f"status {answer.status}")
                url = urljoin(url, target)
        except ForbiddenTarget as error:
            return Look(False, reason=str(error))
        except Unreachable as error:
            return Look(False, reason=str(error))
        except ValueError:
            return Look(False, reason="leads to no address")
        return Look(False, reason="redirects without an end")

    def _may(self, url: str) -> bool:
        robots = self._robots_of(url)
        return robots is None or robots.can_fetch(NAME, url)

    def _robots_of(self, url: str) -> RobotFileParser | None:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._robots:
            answer = self._ask("GET", f"{host}/robots.txt", most_bytes=256 * 1024)
            text = answer.body.decode("utf-8", "replace") if answer.status < 500 else _NOT_NOW
            told = answer.status == 200 or text is _NOT_NOW
            self._robots[host] = _parsed(text) if told else None
        return self._robots[host]

    def _ask(self, method: str, url: str, most_bytes: int = 0) -> Answer:
        host = urlsplit(url).netloc
        self._rest(host)
        try:
            return send(
                method,
                url,
                headers={"User-Agent": user_agent()},
                timeout_s=TIMEOUT_S,
                most_bytes=most_bytes,
            )
        finally:
            self._left[host] = time.monotonic()

    def _rest(self, host: str) -> None:
        if (left := self._left.get(host)) is None:
            return
        robots = next((own for at, own in self._robots.items() if own and at.endswith(host)), None)
        asked = float(robots.crawl_delay(NAME) or 0) if robots else 0.0
        pause = max(self.pause_s, min(asked, LONGEST_PAUSE_S))
        time.sleep(max(0.0, left + pause - time.monotonic()))


def _parsed(text: str) -> RobotFileParser:
    """What a robots.txt asks for; all of its host, where nobody can tell."""
    found = RobotFileParser()
    try:
        found.parse(text.splitlines())
    except ValueError:
        found = RobotFileParser()
        found.parse(_NOT_NOW.splitlines())
    return found


def user_agent() -> str:
    """Who asks, and where to complain."""
    contact = settings.LINK_CHECK_CONTACT
    return f"{NAME}/1.0 (+{contact})" if contact else f"{NAME}/1.0"
