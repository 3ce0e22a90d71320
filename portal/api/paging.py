"""Pages by key set: a cursor names the last row seen, so no row comes twice or gets lost.

A page costs the same however deep it lies, and nothing is ever counted.
"""

from typing import Any, ClassVar, NoReturn

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from portal.api.ordering import KEY, Ordering, Place, beyond, order_by, value_of
from portal.api.problems import QueryError

_EXAMPLE_LINK = "https://portal.example/api/v1/...?cursor=..."


class KeysetPagination(BasePagination):
    """Pages of a list view. The view says what `ordering` takes, and where it begins:

    `ordering_fields = {"name": "name_en", "area": "area_km2"}`, `default_ordering = "name"`.
    A minus before the word turns the order round. Without them rows stand in order of their key.
    """

    parameters: ClassVar[tuple[str, ...]] = ("cursor", "ordering", "page_size")
    page_size: ClassVar[int] = 50
    max_page_size: ClassVar[int] = 200

    def paginate_queryset(
        self, queryset: QuerySet[Any, Any], request: Request, view: Any | None = None
    ) -> list[Any]:
        """The rows of the page that the request asks for; raises QueryError."""
        size = _read_size(request, self.page_size, self.max_page_size)
        self._key = queryset.model._meta.pk.name
        self._signer = _signer(queryset.model._meta.label)
        self._url = request.build_absolute_uri()
        self._ordering = _read_ordering(request, view)
        place = _read_place(request, self._ordering, self._signer)
        backwards = place is not None and place.backwards
        rows = queryset.order_by(*order_by(self._ordering, backwards=backwards))
        if place is not None:
            rows = rows.filter(beyond(place, self._ordering))
        found = list(rows[: size + 1])
        page = found[size - 1 :: -1] if backwards else found[:size]
        self._link(page, place, more=len(found) > size)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """The answer: the addresses of the neighbouring pages, and the rows."""
        return Response({"next": self._next, "previous": self._previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The answer's schema around that of its rows."""
        link = {"type": ["string", "null"], "format": "uri", "example": _EXAMPLE_LINK}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The schemas of the parameters that a page takes."""
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        schemas: dict[str, dict[str, Any]] = {
            "cursor": {"type": "string"},
            "page_size": {**size, "default": self.page_size},
        }
        if words := _ordering_words(view):
            schemas["ordering"] = {"type": "string", "enum": words}
        return [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in schemas.items()
        ]

    def _link(self, page: list[Any], place: Place | None, *, more: bool) -> None:
        backwards = place is not None and place.backwards
        after = bool(page) and (more or backwards)
        before = bool(page) and (more if backwards else place is not None)
        self._next = self._address(page[-1], backwards=False) if after else None
        self._previous = self._address(page[0], backwards=True) if before else None

    def _address(self, row: Any, *, backwards: bool) -> str:
        key = value_of(row, self._key)
        value = key if self._ordering.field == KEY else value_of(row, self._ordering.field)
        place = Place(str(self._ordering), backwards, _plain(value), _plain(key))
        return replace_query_param(self._url, "cursor", self._signer.sign_object(list(place)))


def _signer(rows: str) -> Signer:
    return Signer(salt=f"portal.api.cursor.{rows}")  # no time in it: the same page, the same bytes


def _plain(value: Any) -> str | int | float | None:
    return value if isinstance(value, str | int | float | None) else str(value)


def _read_size(request: Request, default: int, largest: int) -> int:
    text = request.query_params.get("page_size", str(default))
    digits = text.isascii() and text.isdigit() and len(text) < 10
    if not digits or not 1 <= int(text) <= largest:
        allowed = {"largest": largest}
        _refuse("page_size", "invalid", gettext("Allowed are 1 to %(largest)d.") % allowed)
    return int(text)


def _read_ordering(request: Request, view: Any) -> Ordering:
    fields: dict[str, str] = getattr(view, "ordering_fields", {})
    default: str = getattr(view, "default_ordering", "")
    asked = request.query_params.get("ordering")
    if asked is not None and asked not in _ordering_words(view):
        allowed = {"allowed": ", ".join(_ordering_words(view))}
        text = gettext("Unknown ordering; allowed are %(allowed)s.") % allowed
        _refuse("ordering", "invalid_choice", text)
    word = asked or default
    return Ordering(fields.get(word.removeprefix("-"), KEY), descending=word.startswith("-"))


def _ordering_words(view: Any) -> list[str]:
    fields: dict[str, str] = getattr(view, "ordering_fields", {})
    return [f"{sign}{word}" for word in fields for sign in ("", "-")]


def _read_place(request: Request, ordering: Ordering, signer: Signer) -> Place | None:
    if (token := request.query_params.get("cursor")) is None:
        return None
    try:
        place = Place(*signer.unsign_object(token))
    except (BadSignature, ValueError, TypeError):
        _refuse("cursor", "invalid", gettext("This is no cursor of this list."))
    if place.ordering != str(ordering):
        _refuse("cursor", "invalid", gettext("This cursor belongs to another ordering."))
    return place


def _refuse(parameter: str, code: str, detail: str) -> NoReturn:
    raise QueryError({parameter: ErrorDetail(detail, code=code)})
