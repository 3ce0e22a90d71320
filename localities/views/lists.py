"""What the list pages share: filters whose labels speak the reader's language, order and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django_filters import FilterSet

from localities.naming import localized
from localities.views.addresses import PROFILE, WrongParameter, page_number

PAGE_SIZE = 50
Order = tuple[Any, ...]  # names of columns, or expressions


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a filtered, ordered list."""

    form: forms.Form
    page: Page[Any]
    sort: str
    total: int

    @property
    def valid(self) -> bool:
        """Whether every filter could be read."""
        return not self.form.errors


def parameters(filterset: type[FilterSet]) -> tuple[str, ...]:
    """The parameters that the list page of a filter set takes."""
    return (*filterset.base_filters, "sort", "page", PROFILE)


def listing(
    request: HttpRequest,
    filterset: type[FilterSet],
    rows: QuerySet[Any],
    orders: Mapping[str, Order],
) -> Listing:
    """The page that the address asks for; no rows where a filter has a wrong value.

    `orders` maps the words for an order to the columns; the first is the default. Raises
    WrongParameter.
    """
    sort = request.GET.get("sort") or next(iter(orders))
    if sort not in orders:
        raise WrongParameter("sort", ", ".join(orders))
    filtered = filterset(filled(request.GET), queryset=rows.order_by(*orders[sort]))
    _speak_readers_language(filtered.form)
    found = filtered.qs if filtered.form.is_valid() else rows.none()
    paginator = Paginator(found, PAGE_SIZE)
    number = page_number(request)
    if number > paginator.num_pages:
        raise WrongParameter("page", f"1–{paginator.num_pages}")
    return Listing(filtered.form, paginator.page(number), sort, paginator.count)


def filled(data: QueryDict) -> QueryDict:
    """The address without the blanks that a form sends for every filter left alone."""
    query = QueryDict(mutable=True)
    for name, values in data.lists():
        if kept := [value for value in values if value.strip()]:
            query.setlist(name, kept)
    return query


def _speak_readers_language(form: forms.Form) -> None:
    for field in form.fields.values():
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.label_from_instance = _label  # type: ignore[assignment,method-assign]


def _label(record: Any) -> str:
    name = localized(record, "name")
    return name.text if name else str(record)
