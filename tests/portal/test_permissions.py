"""Who gets at what: every address x method x role, against a table. A new address needs a line.

A letter a role, in the order of ROLES: `+` let in, `-` asked to sign in, `x` not allowed, `0` not
there for this reader, `.` there is no such method. A method that a line does not name is `.` for
all.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from time import time
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation

from localities.curation.propose import draft, propose
from localities.imports import files
from localities.models import Changeset, Edit, IndustrialPark, Source
from matching import profiles
from portal.accounts import clients as api_clients
from portal.accounts.models import Invitation, Scope, User
from portal.webhooks import endpoints
from tests.localities.people import member, operator, organisation
from tests.portal.permissions import ADMIN, API_CLIENTS, OPEN_TO_ALL, TABLE

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "company", "viewer", "editor", "reviewer", "other", "operator")
METHODS = ("get", "post", "put", "patch", "delete")
OUTSIDERS = ("anonymous", "company", "other")  # whoever may see nothing of the proposal
SECRET = "Secret 4711"  # stands in what others may not see
WISH = "Wish 4712"  # stands in what the company keeps
QUERY = "sector=fabricated-metal&stage=consider"
NOBODYS = "00000000-0000-4000-8000-000000000000"
KEYS = {  # what stands for a part of an address; `slug` by what comes before it
    "provinces": "dong-nai",
    "industrial-parks": "long-duc",
    "key": "osaka",
    "kind": "industrial-park",
    "which": "stale",
    "token": "nobody-knows-this-token",
    "uidb36": "1",
    "version": "1",
    "form": "ndjson",
}
NUMBERED = ("number", "member", "invitation", "match", "client", "webhook", "delivery")
OFFICERS_SAW = {"revision": 1, "author": 1, "version": 1}  # what the desk's forms send along
BODIES: dict[str, dict[str, Any]] = {
    "api/v1/changesets/": {"title": "x"},
    "api/v1/changesets/<number>/": {"title": "x"},
    "api/v1/changesets/<number>/return/": {"comment": "x"},
    "api/v1/changesets/<number>/reject/": {"comment": "x"},
}


class World:
    """One proposal of Osaka, which curates Dong Nai, and a client of every role."""

    def __init__(self) -> None:
        osaka = organisation("osaka", curates="dong-nai")
        hyogo = organisation("hyogo", curates="hai-phong")
        people = {
            "company": User.objects.create_user("company@example.org"),
            **{role: member(role, role, osaka) for role in ("viewer", "editor", "reviewer")},
            "other": member("other", "administrator", hyogo),
            "operator": member("head", "administrator", operator()),
        }
        member(SECRET.lower().replace(" ", "-"), "viewer", osaka)
        self.number = self._proposal(people["editor"]).pk
        self.member = osaka.memberships.get(user=people["viewer"]).pk
        self.invitation = Invitation.objects.create(
            email="guest@example.org",
            organisation=osaka,
            role="viewer",
            digest="0" * 64,
            expires_at=timezone.now() + timedelta(days=1),
        ).pk
        self.clients = {"anonymous": Client(raise_request_exception=True)}
        for role, user in people.items():
            Authenticator.objects.create(user=user, type="totp", data={})
            self.clients[role] = Client()
            self.clients[role].force_login(user)
            session = self.clients[role].session  # who leaves has just given the password
            session["account_authentication_methods"] = [{"method": "password", "at": time()}]
            session.save()
        made, _secret = api_clients.make(people["operator"], osaka, SECRET, ["match"])
        self.client = made.pk
        url = f"https://{SECRET.lower().replace(' ', '-')}.example.jp/"
        hook, _secret = endpoints.make(osaka, url, ["catalogue.changed"])
        self.webhook, self.delivery = hook.pk, endpoints.send_test(hook).pk
        own = profiles.save(people["company"], title=WISH, query=QUERY)
        self.profile, self.match = own.pk, profiles.store_match(own).pk
        self.file = files.receive(
            f"name,tenants_count\n{SECRET},71\n".encode(),
            name=f"{SECRET}.csv",
            kind="industrial-park",
            author=people["editor"],
            organisation=osaka,
        ).pk

    def _proposal(self, author: User) -> Changeset:
        source = Source.objects.filter(is_active=True).order_by("key").first()
        park = IndustrialPark.objects.get(key="long-duc")
        edits = [
            Edit(
                action="update",
                record_kind=park.kind,
                record=park.key,
                field=field,
                old=getattr(park, field),
                new=new,
                source=source,
            )
            for field, new in (("tenants_count", 71), ("notes_en", SECRET))
        ]
        made = draft(SECRET, edits, author=author, organisation=organisation("osaka"))
        return propose(made, actor=author)

    def address(self, route: str) -> str:
        """An address of the route, with what there is."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in NUMBERED:
                return str(getattr(self, name))
            if name == "pk" and "match-jobs/" in route:
                return NOBODYS
            if name == "pk":
                return str(self.file)
            if name == "key" and "discrepancies/" in route:
                return "phu-my-3-total_area_ha-1046-ha"
            if name == "key" and "profiles/" in route:
                return str(self.profile)
            if name == "key" and ("confirm-email" in route or "<uidb36>" in route):
                return "none"
            if name == "key" and "<kind>" in route:
                return "long-duc"
            if name == "slug":
                parent = route[: found.start()].rstrip("/").split("/")[-1]
                return KEYS.get(parent, "none")
            return KEYS[name]

        return "/" + re.sub(r"<(\w+)>", value, route)

    def letter(self, role: str, method: str, route: str) -> str:
        """How far the role gets; what it does is undone."""
        body = BODIES.get(route, {} if route.startswith("api/") else OFFICERS_SAW)
        seen = ", ".join(f'"1-{state}"' for state in Changeset.State)
        kwargs: dict[str, Any] = {"headers": {"If-Match": seen}}
        if method != "get":
            api = route.startswith("api/")
            kwargs |= {"content_type": "application/json"} if api else {}
            kwargs["data"] = body if api or method == "post" else ""
        client = self.clients[role]
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        before = transaction.savepoint()
        answer = getattr(client, method)(self.address(route), **kwargs)
        transaction.savepoint_rollback(before)
        client.cookies.load(cookies)
        found = _letter(answer)
        text = (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")
        if found != "+" or role in OUTSIDERS:
            assert SECRET not in text, (role, method, route)
            assert "secret-4711" not in text, (role, method, route)
        assert role == "company" or WISH not in text, (role, method, route)
        return found


def _letter(answer: Any) -> str:
    status = answer.status_code
    assert status < 500, answer
    if status == 401 or (status == 302 and "/login/" in answer.headers["Location"]):
        return "-"
    return {403: "x", 404: "0", 405: "."}.get(status, "+")


def routes() -> list[str]:
    """Every address of the portal, with its parts in angle brackets."""
    with translation.override("en"):
        return sorted(set(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: Any, before: str) -> Iterator[str]:
    for each in patterns:
        route = before + re.sub(r"^\^|\$$", "", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            route = re.sub(r"\(\?P(<\w+>)[^()]*\)", r"\1", route)
            yield re.sub(r"<\w+:(\w+)>", r"<\1>", route)


def told(world: World, route: str, roles: Iterable[str] = ROLES) -> dict[str, str]:
    """By method, a letter a role; without the methods that there are not."""
    found = {}
    for method in METHODS:
        letters = "".join(world.letter(role, method, route) for role in roles)
        if set(letters) != {"."}:
            found[method] = letters
    return found


def test_every_address_has_a_line() -> None:
    named = set(TABLE) | OPEN_TO_ALL
    found = {route for route in routes() if not route.startswith("admin/")}
    assert found == named


def test_every_role_gets_as_far_as_the_table_says() -> None:
    world = World()
    found = {route: told(world, route) for route in sorted(TABLE)}
    assert found == TABLE


def test_what_is_open_to_all_is_changed_by_nobody() -> None:
    world = World()
    for route in sorted(OPEN_TO_ALL):
        assert world.letter("anonymous", "get", route) in "+0", route
        for method in METHODS[1:]:
            assert world.letter("company", method, route) in ".0", (method, route)


def test_every_scope_of_an_api_client_gets_as_far_as_the_table_says() -> None:
    world = World()
    world.clients = {str(scope): _bearer(scope) for scope in Scope}
    walked = {route for route in routes() if route.startswith("api/v1/")} - OPEN_TO_ALL
    found = {route: told(world, route, world.clients) for route in sorted(walked)}
    assert found == API_CLIENTS


def test_every_scope_of_an_api_client_reads_what_is_open_to_all() -> None:
    world = World()
    world.clients = {str(scope): _bearer(scope) for scope in Scope}
    for route in sorted(OPEN_TO_ALL):
        for scope in world.clients if route.startswith("api/v1/") else ():
            assert world.letter(scope, "get", route) in "+0", (scope, route)


def _bearer(scope: str) -> Client:
    """A client of Osaka with that scope and a token."""
    head = User.objects.get(email="head@example.org")
    made, secret = api_clients.make(head, organisation("osaka"), scope, [scope])
    form = {
        "grant_type": "client_credentials",
        "client_id": made.client_id,
        "client_secret": secret,
    }
    answer = Client().post(
        "/api/v1/oauth/token/", urlencode(form), "application/x-www-form-urlencoded"
    )
    return Client(headers={"Authorization": f"Bearer {answer.json()['access_token']}"})


def test_the_admin_is_for_staff_with_a_second_factor() -> None:
    world = World()
    own = [route for route in routes() if route.startswith("admin/")]
    assert len(own) > 100
    for route in ("admin/", *ADMIN):
        letters = "".join(world.letter(role, "get", route) for role in ROLES)
        assert letters == "-" * len(ROLES), route
