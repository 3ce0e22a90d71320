"""A secret that was just made, on its way to the one page that shows it, once.

It travels in a signed cookie of the browser that sees it anyway: a page that is loaded again makes
no second secret, and no database ever holds one in plain.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

_COOKIE = "made"
_SECONDS = 60


def lead(address: str, secret: str) -> HttpResponseRedirect:
    """Leads to the page at `address`, which shows `secret`."""
    response = HttpResponseRedirect(address)
    response.set_signed_cookie(
        _COOKIE,
        secret,
        salt=address,
        max_age=_SECONDS,
        path=address,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def secret_for(request: HttpRequest) -> str:
    """The secret that this page is to show; '' where there is none."""
    found = request.get_signed_cookie(_COOKIE, default="", salt=request.path, max_age=_SECONDS)
    return found or ""


def forget(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """`response`, which showed the secret, and has the browser forget it."""
    if _COOKIE in request.COOKIES:
        response.delete_cookie(_COOKIE, path=request.path, samesite="Strict")
    return response
