"""What happens to every request before anything looks at it."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django_structlog.middlewares import RequestMiddleware

from portal.api.problems import is_api, problem_response

Answer = Callable[[HttpRequest], HttpResponseBase]
LOGGED_NAMES = 20  # of the parameters of one request
_TOKEN = re.compile(r"(/(?:invitations|confirm-email|reset/key)/)[^/]+")  # it opens something
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


class LoggingMiddleware(RequestMiddleware):
    """Logs each request, without what its address asks for, and without the tokens in it."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """The method, the path, and the names of the parameters."""
        pairs = request.META.get("QUERY_STRING", "").split("&")
        names = "&".join(pair.partition("=")[0] for pair in pairs[:LOGGED_NAMES])
        path = _TOKEN.sub(r"\1…", request.get_full_path().partition("?")[0])
        return f"{request.method} {path}" + (f"?{names}" if names else "")


class KnownLengthMiddleware:
    """Refuses a body of unknown length under /api/; stands behind what chooses the language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or 411."""
        if is_api(request) and "chunked" in request.headers.get("Transfer-Encoding", ""):
            text = gettext("A body needs its length in Content-Length; chunked ones are not taken.")
            return problem_response(411, text)
        return self.get_response(request)


class PlainBodyMiddleware:
    """Refuses a compressed body under /api/: it would be read as if it were not."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or 415 with the one encoding there is."""
        encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
        if is_api(request) and encoding not in ("", "identity"):
            text = gettext("A body is taken as it is, without Content-Encoding.")
            refusal = problem_response(415, text)
            refusal.headers["Accept-Encoding"] = "identity"
            return refusal
        return self.get_response(request)


class BoundedFormMiddleware:
    """Refuses a page's form that is too long, before a byte of its files is kept on the disk."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; raises RequestDataTooBig."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not is_api(request) and length.isdigit() and int(length) > settings.LONGEST_FORM:
            raise RequestDataTooBig(f"a form of more than {settings.LONGEST_FORM} bytes")
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
