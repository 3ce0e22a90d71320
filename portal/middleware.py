"""What happens to every request before anything looks at it."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.api.problems import is_api, problem_response

Answer = Callable[[HttpRequest], HttpResponseBase]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


class RequestIdMiddleware:
    """Gives the request an id, or keeps a well-formed one that it came with, and echoes it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with X-Request-ID."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response


class HoldsNul(BadRequest):
    """A NUL stands in the request; `parameters` names those of the query that hold it."""

    def __init__(self, parameters: tuple[str, ...]) -> None:
        super().__init__("NUL in the address or in a cookie")
        self.parameters = parameters


class ReadableRequestMiddleware:
    """Refuses what no view could read: NUL in an address or a cookie.

    A NUL would reach the database, which refuses it with an error of the server.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; raises HoldsNul."""
        if _holds_nul(request):
            raise HoldsNul(_parameters_with_nul(request))
        return self.get_response(request)


class KnownLengthMiddleware:
    """Refuses a body of unknown length under /api/; stands behind what chooses the language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or 411."""
        if is_api(request) and "chunked" in request.headers.get("Transfer-Encoding", ""):
            return problem_response(411)
        return self.get_response(request)


def _holds_nul(request: HttpRequest) -> bool:
    return (
        "\0" in request.path_info
        or "%00" in request.META.get("QUERY_STRING", "")
        or "\0" in request.META.get("QUERY_STRING", "")
        or any("\0" in value for value in request.COOKIES.values())
    )


def _parameters_with_nul(request: HttpRequest) -> tuple[str, ...]:
    query = request.META.get("QUERY_STRING", "")
    most: int = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=most)
    except ValueError:  # too many to name any
        return ()
    return tuple(dict.fromkeys(name for name, value in pairs if "\0" in name + value))
