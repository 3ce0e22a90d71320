"""Rate limits, counted in the shared cache and told in every answer's headers.

A limit counts the requests of one reader in one window of fixed length. The headers follow the
IETF draft "RateLimit header fields for HTTP": q the quota, w its window, r what is left, t the
seconds until it is full again.
"""

import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
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

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether the reader has quota left; counts the request."""
        scope: str = getattr(view, "throttle_scope", None) or "read"
        known = isinstance(request.auth, AccessToken)
        rates: dict[str, str] = settings.API_CLIENT_RATES if known else settings.API_RATES
        if (rate := rates.get(scope)) is None:
            return True
        self.allowance = count(scope, rate, self.reader(request))
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
            return f"user:{request.user.pk}"
        return f"address:{network(self.get_ident(request))}"


def count(scope: str, rate: str, reader: str) -> Allowance:
    """Counts one request of `reader` against `rate`, written as in "600/minute"."""
    quota, period = rate.split("/")
    window_s = WINDOWS_S[period]
    window, elapsed_s = divmod(time.time(), window_s)
    key = f"rate:{scope}:{reader}:{int(window)}"
    cache.add(key, 0, timeout=2 * window_s)
    try:
        used = cache.incr(key)
    except ValueError:  # dropped between the two, or the cache is out of reach: serve
        used = 1
    return Allowance(scope, int(quota), window_s, used, max(1, round(window_s - elapsed_s)))


def network(address: str) -> str:
    """The address, or of IPv6 the /64 that one customer holds."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return f"{IPv6Address(int(parsed) >> 64 << 64)}"
    return address
