"""Turns what an API view raises into a problem document."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404
from django.utils.translation import gettext
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    MethodNotAllowed,
    NotAcceptable,
    NotAuthenticated,
    NotFound,
    ParseError,
    PermissionDenied,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView, exception_handler

from portal.api.problems import (
    CONTENT_TYPE,
    BodyError,
    Fault,
    FaultyState,
    Gone,
    NotAvailable,
    NotModified,
    QueryError,
    TooLarge,
    pointer_to,
    problem,
)

_log = structlog.get_logger(__name__)
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler; None leaves a programming error to Django's 500."""
    if isinstance(error, NotModified):
        return Response(status=HTTPStatus.NOT_MODIFIED)
    raised = _as_api_error(error)
    response = exception_handler(raised, dict(context))
    if response is None:
        return None
    if isinstance(error, Gone) and error.successor:
        response.headers["Link"] = f'<{error.successor}>; rel="successor-version"'
    faults = tuple(_faults_of(error, context["request"].method))
    detail = _own_words(raised, context["view"]) or _detail_of(response.data, faults)
    response.data = problem(response.status_code, detail, faults)
    response.content_type = CONTENT_TYPE
    return response


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, OperationalError | InterfaceError | InternalError):
        _log.warning("database_not_available", exc_info=error)
        return NotAvailable()
    if isinstance(error, SuspiciousOperation):
        return ParseError(gettext("The request cannot be read."))
    return error


def _own_words(error: Exception, view: APIView) -> str:
    """What we say where the framework speaks English, whatever the reader's language; else ''."""
    if isinstance(error, MethodNotAllowed):
        text = gettext("This method is not available here; allowed: %(allowed)s.")
        return text % {"allowed": ", ".join(view.allowed_methods)}
    if isinstance(error, NotAcceptable):
        text = gettext("Accept names no format of this address; it has %(allowed)s.")
        return text % {"allowed": _media_types(view.get_renderers())}
    if isinstance(error, UnsupportedMediaType):
        text = gettext("A body of this content type is not taken here; allowed: %(allowed)s.")
        return text % {"allowed": _media_types(view.get_parsers())}
    if isinstance(error, ParseError) and str(error.detail).startswith("Multipart form"):
        return gettext(
            "The form can't be read: multipart/form-data has a boundary, named in "
            "Content-Type, around each of its parts."
        )
    if isinstance(error, Throttled):
        text = gettext("Too many requests; please try again in %(seconds)d seconds.")
        return text % {"seconds": getattr(error, "wait", None) or 1}
    if isinstance(error, Http404) or _says_nothing(error, NotFound):
        return gettext("There is nothing at this address.")
    if _says_nothing(error, NotAuthenticated):
        return gettext("Sign in first, or send an access token.")
    if isinstance(error, PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        return gettext(
            "The page's token is missing or no longer good; load the page again. "
            "A program sends it in the header X-CSRFToken."
        )
    if isinstance(error, DjangoPermissionDenied) or _says_nothing(error, PermissionDenied):
        return gettext("You may not do this.")
    return ""


def _says_nothing(error: Exception, kind: type[APIException]) -> bool:
    """Whether an error of this kind was raised without a text of its own."""
    return isinstance(error, kind) and str(error.detail) == str(kind.default_detail)


def _media_types(kinds: Iterable[Any]) -> str:
    return ", ".join(dict.fromkeys(kind.media_type for kind in kinds))


def _faults_of(error: Exception, method: str) -> Iterator[Fault]:
    if isinstance(error, BodyError | FaultyState):
        yield from error.faults
    elif isinstance(error, QueryError) or (
        isinstance(error, ValidationError) and method in WITHOUT_BODY
    ):
        yield from _query_faults(error.detail)
    elif isinstance(error, ValidationError):
        yield from body_faults(error.detail, "#")


def _query_faults(detail: Any) -> Iterator[Fault]:
    messages = detail.items() if isinstance(detail, Mapping) else [("", detail)]
    for name, value in messages:
        for fault in body_faults(value, f"?{name}"):
            yield Fault(f"?{name}", fault.detail, fault.code)


def body_faults(detail: Any, pointer: str) -> Iterator[Fault]:
    """The faults in the detail of a ValidationError about what `pointer` points to."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            whole = key == api_settings.NON_FIELD_ERRORS_KEY
            yield from body_faults(value, pointer if whole else pointer_to(pointer, key))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        per_item = any(isinstance(item, Mapping) for item in detail)
        for index, item in enumerate(detail):
            yield from body_faults(item, pointer_to(pointer, index) if per_item else pointer)
    else:
        yield Fault(pointer, str(detail), getattr(detail, "code", None) or "invalid")


def _detail_of(data: Any, faults: tuple[Fault, ...]) -> str:
    if len(faults) == 1:
        return faults[0].detail
    if faults:
        return gettext("The request is wrong in %(count)d places.") % {"count": len(faults)}
    detail = data.get("detail") if isinstance(data, Mapping) else None
    return str(detail) if isinstance(detail, ErrorDetail | str) else ""
