"""Turns what an API view raises into a problem document."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from portal.api.problems import (
    CONTENT_TYPE,
    BodyError,
    Fault,
    FaultyState,
    Gone,
    NotAvailable,
    QueryError,
    TooLarge,
    pointer_to,
    problem,
)

_log = structlog.get_logger(__name__)
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler; None leaves a programming error to Django's 500."""
    response = exception_handler(_as_api_error(error), dict(context))
    if response is None:
        return None
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        response.data = None
        return response
    if isinstance(error, Gone) and error.successor:
        response.headers["Link"] = f'<{error.successor}>; rel="successor-version"'
    faults = tuple(_faults_of(error, context["request"].method))
    detail = _detail_of(response.data, faults)
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
