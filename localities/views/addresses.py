"""What the addresses of pages take: their parameters, and the page that refuses any other."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# The query string of a match, carried from page to page so that the firm need not type it again.
PROFILE = "profile"
LONGEST_PROFILE = 4000


class WrongParameter(Exception):
    """A parameter of the address is unknown or has a value that is not allowed."""

    def __init__(self, name: str, allowed: str = "") -> None:
        super().__init__(name)
        self.name = name[:80]
        self.allowed = allowed


def takes(*names: str) -> Callable[[View[P]], View[P]]:
    """The view answers with 400 to any other parameter, and to a `WrongParameter` it raises."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                check(request, names)
                return view(request, *args, **kwargs)
            except WrongParameter as wrong:
                context = {"wrong": wrong, "rest": _rest(request, names, wrong)}
                return render(request, "errors/parameter.html", context, status=400)

        return checked

    return decorate


def _rest(request: HttpRequest, names: Collection[str], wrong: WrongParameter) -> str:
    """The address with all that was right in it."""
    query = request.GET.copy()
    for name in list(query):
        if name not in names or name[:80] == wrong.name:
            del query[name]
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path


def check(request: HttpRequest, names: Collection[str]) -> None:
    """Raises WrongParameter for the first parameter that is not among `names`."""
    for name in request.GET:
        if name not in names:
            raise WrongParameter(name, ", ".join(sorted(names)))


def page_number(request: HttpRequest) -> int:
    """The page of a list that is asked for; raises WrongParameter unless it is 1 or more."""
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 6 and int(text)):
        raise WrongParameter("page", str(_("a whole number from 1")))
    return int(text)


def carried_profile(request: HttpRequest) -> str:
    """The query string of the match that the reader comes from; '' where there is none."""
    text = request.GET.get(PROFILE, "")
    if len(text) > LONGEST_PROFILE or (text and not parse_qs(text)):
        raise WrongParameter(PROFILE, str(_("the query string of a match")))
    return text
