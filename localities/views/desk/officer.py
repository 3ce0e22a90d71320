"""What every page of the desk knows of its reader."""

from typing import Any

from django.http import HttpRequest

from localities.rules import Standing
from portal.accounts.access import person, roles_of
from portal.accounts.roles import Role


def standing_of(request: HttpRequest) -> Standing:
    """The standing of the officer who reads; their roles are read once a request."""
    who = Standing(person(request))
    who.__dict__["memberships"] = roles_of(request).memberships
    return who


def frame(who: Standing, room: str) -> dict[str, Any]:
    """What the frame of a desk page shows: the room, who is signed in, for whom, if they draft."""
    highest = max(who.memberships, key=lambda one: list(Role).index(Role(one.role)), default=None)
    may_draft = bool(who.at_least(Role.EDITOR))
    return {"room": room, "officer": who.user, "membership": highest, "may_draft": may_draft}
