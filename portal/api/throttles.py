"""Rate limits, counted in the shared cache and told in every answer's headers.

A limit counts the requests of one reader in one window of fixed length. The headers follow the
IETF draft "RateLimit header fields for HTTP": q the quota, w its window, r what is left, t the
seconds until it is full again.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from oauth2_provider.models import AccessToken
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module

WINDOWS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Where one reader stands under one limit."""

    scope: str
    quota: int
    window_s: int
    used: int
    resets_in_s: int

    @property
    def exceeded(self) -> bool:
        """Whether this request was one too many."""
        return self.used > self.quota

    def headers(self) -> dict[str, str]:
        """The headers that tell it."""
        left = max(0, self.quota - self.used)
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.quota};w={self.window_s}',
            "RateLimit": f'"{self.scope}";r={left};t={self.resets_in_s}',
        }


class WindowThrottle(BaseThrottle):
    """Counts against the limit that the view's `throttle_scope` names.

    API_CLIENT_RATES hold those of an API client, API_RATES those of anybody else. A scope without
    a rate is not limited.
    """

    allowance: Allowance | None = None

    def allow_request(self, request: Request, view: "APIView", cost: int = 1) -> bool:
        """Whether the reader has quota left; counts the request, or what more it costs."""
        scope: str = getattr(view, "throttle_scope", None) or "read"
        known = isinstance(request.auth, AccessToken)
        rates: dict[str, str] = settings.API_CLIENT_RATES if known else settings.API_RATES
        if (rate := rates.get(scope)) is None:
            return True
        self.allowance = count(scope, rate, self.reader(request), cost)
        request._request.allowance = self.allowance  # type: ignore[attr-defined]
        return not self.allowance.exceeded

    def wait(self) -> float | None:
        """Seconds until there is quota again."""
        return None if self.allowance is None else self.allowance.resets_in_s

    def reader(self, request: Request) -> str:
        """Whom the request counts against: the API client, the user, or the network address."""
        if isinstance(request.auth, AccessToken):
            return f"client:{request.auth.application_id}"
        if request.user is not None and request.user.is_authenticated:
            return _person(request.user)
        return f"address:{network(self.get_ident(request))}"


def count(scope: str, rate: str, reader: str, cost: int = 1) -> Allowance:
    """Counts a request of `reader` against `rate`, written as in "600/minute"."""
    quota, period = rate.split("/")
    window_s = WINDOWS_S[period]
    window, elapsed_s = divmod(time.time(), window_s)
    key = f"rate:{scope}:{reader}:{int(window)}"
    used = _increased(key, cost, 2 * window_s)
    return Allowance(scope, int(quota), window_s, used, max(1, round(window_s - elapsed_s)))


def count_person(scope: str, user: Any) -> None:
    """Counts what somebody does on a page as the API would. Raises ValidationError at the limit."""
    rate: str | None = settings.API_RATES.get(scope)
    if rate and (allowance := count(scope, rate, _person(user))).exceeded:
        text = gettext("Too many requests; please try again in %(seconds)d seconds.")
        raise ValidationError(text % {"seconds": allowance.resets_in_s}, "throttled")


def _person(user: Any) -> str:
    return f"user:{user.pk}"


def _increased(key: str, cost: int, timeout_s: int) -> int:
    """The counter with `cost` added; what is out of reach counts nothing, and all are served."""
    with suppress(ValueError):
        return cache.incr(key, cost)
    if not cache.add(key, cost, timeout=timeout_s):  # another request was the first, after all
        with suppress(ValueError):
            return cache.incr(key, cost)
    return cost


def network(address: str) -> str:
    """The address, or of IPv6 the /64 that one customer holds."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return f"{IPv6Address(int(parsed) >> 64 << 64)}"
    return address
