"""Lets pages of other sites ask the API from a browser, as anybody: without cookies or tokens."""

from collections.abc import Callable
from http import HTTPMethod

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from portal.api.problems import is_api
from portal.api.response_headers import HEADERS

METHODS = "GET, HEAD, POST"
TAKEN = "Accept-Language, Content-Type, If-None-Match, X-Request-ID"
SHOWN = ", ".join(["Content-Language", "Link", *HEADERS])
KEPT_S = 86_400  # how long a browser may remember what it was told


class AnyOriginMiddleware:
    """Opens answers to every origin, and answers the question that a browser asks before a POST.

    `*` is never for requests with cookies, and Authorization is none of the headers that a page
    may send: a secret in a page would be everybody's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the headers that a browser looks for."""
        if not is_api(request):
            return self.get_response(request)
        if _asks_leave(request):
            response: HttpResponseBase = HttpResponse(status=204)
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = TAKEN
            response.headers["Access-Control-Max-Age"] = str(KEPT_S)
        else:
            response = self.get_response(request)
            response.headers["Access-Control-Expose-Headers"] = SHOWN
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def _asks_leave(request: HttpRequest) -> bool:
    asked = "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
    return request.method == HTTPMethod.OPTIONS and asked
