"""Errors as problem documents (RFC 9457), in the reader's language.

A wrong part of the body is pointed at by a JSON pointer as a URI fragment (`#/profile/sector`,
RFC 6901 section 6), a wrong query parameter by its name behind a question mark (`?page_size`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, ValidationError

CONTENT_TYPE = "application/problem+json"
API_ROOT = "/api/"
# How much of a bad request an answer repeats, so that it stays small whatever it answers.
LONGEST_ECHO = 120  # characters of a value
LONGEST_KEY = 60  # bytes of a key in a pointer
LONGEST_POINTER = 120  # characters, behind which nothing more is added
MOST_FAULTS = 50
MOST_FAULT_BYTES = 50_000
TITLES: dict[int, str | Promise] = {
    400: _("Bad request"),
    401: _("Not signed in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("Format not available"),
    409: _("Conflict"),
    410: _("Gone"),
    411: _("Length required"),
    412: _("Precondition failed"),
    413: _("Request too large"),
    415: _("Unsupported content type"),
    422: _("Cannot be processed"),
    428: _("Precondition required"),
    429: _("Too many requests"),
    500: _("Server error"),
    503: _("Not available at present"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong part of a request: where it is, what is wrong and what is allowed."""

    pointer: str
    detail: str
    code: str


@dataclass(frozen=True, slots=True)
class ClashFault(Fault):
    """A value that rests on one which no longer stands: with what it was, is and would be."""

    base: Any
    current: Any
    proposed: Any


class QueryError(ValidationError):
    """A query parameter is wrong. Its detail maps the names of parameters to messages."""


class BodyError(ParseError):
    """The body cannot be read; `faults` say where."""

    default_detail = _("The body of the request cannot be read.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class FaultyState(APIException):
    """The request can be read, but not carried out as things stand; `faults` say why."""

    status_code = HTTPStatus.CONFLICT
    default_detail = _("The request does not fit the present state.")
    default_code = "conflict"

    def __init__(
        self, faults: Iterable[Fault] = (), detail: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)
        if status is not None:
            self.status_code = HTTPStatus(status)


class Gone(APIException):
    """What stood at this address is there no longer; `successor` is where to look instead."""

    status_code = HTTPStatus.GONE
    default_code = "gone"

    def __init__(self, detail: str, successor: str | None = None) -> None:
        super().__init__(detail)
        self.successor = successor


class TooLarge(APIException):
    """The body is longer than what is taken."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The body of the request is too large.")
    default_code = "too_large"


class NotUtf8(APIException):
    """The body is said to be in a character set other than UTF-8."""

    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    default_detail = _("Bodies are taken in UTF-8 alone; send it as charset=utf-8.")
    default_code = "charset"


class NotAvailable(APIException):
    """The database cannot take or tell it at present."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("This is not available at present; please try again in a moment.")
    default_code = "not_available"
    wait = 10  # seconds, told as Retry-After


class NotModified(Exception):
    """The reader has the current state already: 304, without a body."""


def problem(status: int, detail: str = "", faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """The problem document of `status`. Its type is generic: `errors` hold the codes."""
    return {
        "type": "about:blank",
        "title": str(TITLES.get(status) or HTTPStatus(status).phrase),
        "status": status,
        "detail": detail,
        "errors": _shown(tuple(faults)),
    }


def _shown(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """The first faults, and how many more there are."""
    shown: list[dict[str, Any]] = []
    size = 0
    for fault in faults[:MOST_FAULTS]:
        entry = asdict(fault)
        size += len(json.dumps(entry))
        if size > MOST_FAULT_BYTES:
            break
        shown.append(entry)
    if left := len(faults) - len(shown):
        detail = gettext("and %(count)d more") % {"count": left}
        shown.append(asdict(Fault(faults[0].pointer[0], detail, "more")))
    return shown


def is_api(request: HttpRequest) -> bool:
    """Whether the request's reader is a program, and gets errors as problem documents."""
    return request.path_info.startswith(API_ROOT)


def problem_response(
    status: int, detail: str = "", faults: Iterable[Fault] = (), **headers: str
) -> JsonResponse:
    """The problem document as Django's response, for errors outside of an API view."""
    response = JsonResponse(
        problem(status, detail, faults), status=status, content_type=CONTENT_TYPE, headers=headers
    )
    response.headers["Content-Language"] = get_language() or settings.LANGUAGE_CODE
    patch_vary_headers(response, ("Accept-Language",))
    return response


def pointer_to(parent: str, key: object) -> str:
    """The pointer to the member `key` of what `parent` points to; a long one ends in '...'."""
    if len(parent) > LONGEST_POINTER:
        return parent if parent.endswith("/...") else f"{parent}/..."
    escaped = _cut(str(key)).replace("~", "~0").replace("/", "~1")
    return f"{parent}/{quote(escaped, safe='~')}"


def shortened(text: str) -> str:
    """`text` as an answer repeats it."""
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"


def _cut(key: str) -> str:
    """`key` in as few bytes as a pointer takes; first in characters, for it may be a megabyte."""
    start = key[: LONGEST_KEY + 1].encode(errors="replace")
    if len(start) <= LONGEST_KEY:
        return start.decode()
    return f"{start[:LONGEST_KEY].decode(errors='ignore')}..."
