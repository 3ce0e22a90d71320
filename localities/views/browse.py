"""What the lists of places share: facets with counts, ranges, chips, order, views and pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from localities.filtering import KEEP_UNKNOWN, UNKNOWN, Range, YesNoUnknown
from localities.filters import PlaceFilterSet
from localities.naming import plain_name
from localities.queries import names
from localities.queries.facets import Pairs, Span, Tally, tally
from localities.typed import Unreadable, respelled
from localities.views.addresses import PROFILE, WrongParameter, page_number
from localities.views.lists import PAGE_SIZE, Order, filled

VIEWS = {
    "table": gettext_lazy("Table"),
    "list": gettext_lazy("Cards"),
    "map": gettext_lazy("Map"),
}
FACETED = (django_filters.ChoiceFilter, django_filters.MultipleChoiceFilter)
SHORT = 8  # a facet of more choices hides those that would leave nothing


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a facet, and how many places it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its choices."""

    name: str
    label: str
    choices: Sequence[Choice]
    several: bool  # whether more than one can be chosen
    errors: Sequence[str] = ()

    @property
    def chosen(self) -> int:
        """How many choices are chosen."""
        return sum(choice.chosen for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A filter of a range, with what is known of the quantity among the other filters' places."""

    name: str
    label: str
    unit: str
    value: str
    span: Span
    errors: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the query of the page without it."""

    label: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place to browse: its filters, its order, and where its choices come from.

    `orders` maps the words for an order to the columns; the first is the default. `sets` gives, by
    filter, the pairs of place and choice where a place may have several; `labels` the names of
    choices that are records or ages, by filter, and the choice of each place that no column holds.
    """

    filterset: type[PlaceFilterSet]
    orders: Mapping[str, tuple[Any, Order]]  # label and columns
    sets: Mapping[str, Callable[[int], Pairs]]
    labels: Mapping[str, Callable[[int], Iterable[tuple[str, str]]]]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that the list page takes."""
        return (*self.filterset.base_filters, "sort", "view", "page", PROFILE)


class Browsing:
    """The list that an address asks for."""

    def __init__(self, request: HttpRequest, kind: Kind, rows: QuerySet[Any], version: int) -> None:
        """Raises WrongParameter for an order, a view or a page that there is not."""
        self._kind, self._rows, self._version = kind, rows, version
        self.query = filled(request.GET)
        self.sort = _one_of("sort", self.query.get("sort"), kind.orders)
        self.view = _one_of("view", self.query.get("view"), VIEWS)
        self._filterset = kind.filterset(self.query, queryset=rows)
        self._filterset.catalogue_version = version
        self.form: forms.Form = self._filterset.form
        for field in self.form.fields.values():
            if hasattr(field, "typed"):
                field.typed = True
        self.valid = self.form.is_valid()
        self.total = self.tally.total if self.valid else 0
        self.page = self._page(page_number(request))

    @cached_property
    def tally(self) -> Tally:
        """The counts of the facets, by the filters that could be read."""
        base = self._rows.model._default_manager.filter(is_active=True)
        verdicts = {
            name: self._filterset.filters[name].filter(base, self.form.cleaned_data[name])
            for name in self._in_use()
            if name != KEEP_UNKNOWN
        }
        columns, ranges = {}, {}
        for name, one in self._filterset.filters.items():
            if isinstance(one, Range):
                ranges[name] = str(one.field_name)
            elif isinstance(one, FACETED) and name != KEEP_UNKNOWN:
                columns[name] = str(one.field_name)
        for name in self._kind.sets:
            columns.pop(name, None)
        sets = {name: pairs(self._version) for name, pairs in self._kind.sets.items()}
        return tally(base, verdicts, columns, ranges, sets)

    @property
    def ordered(self) -> QuerySet[Any]:
        """All places that pass the filters, in the order asked for."""
        found = self._filterset.qs if self.valid else self._rows.none()
        return found.order_by(*self._kind.orders[self.sort][1])

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """The filters with choices, by name."""
        return {
            name: self._facet(name, one)
            for name, one in self._filterset.filters.items()
            if name in self.tally.counts
        }

    @property
    def quantities(self) -> list[Quantity]:
        """The filters of ranges."""
        return [
            Quantity(
                name=name,
                label=str(one.label),
                unit=str(one.unit),
                value=self.query.get(name, ""),
                span=self.tally.spans[name],
                errors=self._errors(name),
            )
            for name, one in self._filterset.filters.items()
            if isinstance(one, Range)
        ]

    @property
    def ranges_in_use(self) -> bool:
        """Whether any range is typed, readable or not."""
        filters = self._filterset.filters
        return any(isinstance(filters[name], Range) for name in self.query if name in filters)

    def in_use(self, facets: Iterable[Facet]) -> bool:
        """Whether a choice of any of `facets` is chosen or wrong."""
        return any(facet.chosen or facet.errors for facet in facets)

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in use, each with the way to do without it."""
        facets = self.facets
        chips = []
        for name in self._in_use():
            one = self._filterset.filters[name]
            label = str(one.label)
            if name in facets:
                for choice in facets[name].choices:
                    if choice.chosen:
                        chips.append(Chip(label, choice.label, self._without(name, choice.value)))
            else:
                unit = str(one.unit) if isinstance(one, Range) else ""
                text = "" if name == KEEP_UNKNOWN else f"{self.query[name]} {unit}".strip()
                chips.append(Chip(label, text, self._without(name)))
        return chips

    @property
    def views(self) -> list[tuple[str, str, bool]]:
        """The ways to show the list: code, label, and whether it is the present one."""
        return [(code, str(label), code == self.view) for code, label in VIEWS.items()]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """The orders to choose from: code, label, and whether it is the present one."""
        return [
            (code, str(label), code == self.sort)
            for code, (label, _by) in self._kind.orders.items()
        ]

    @property
    def shown(self) -> str:
        """The query string of what is shown, on whatever page and in whatever view."""
        query = self.query.copy()
        for name in ("page", "view", PROFILE):
            query.pop(name, None)
        return query.urlencode()

    def _page(self, number: int) -> Page[Any]:
        paginator = Paginator(self.ordered, PAGE_SIZE)
        paginator.count = self.total  # the facets have counted them already
        if number > paginator.num_pages:
            raise WrongParameter("page", f"1–{paginator.num_pages}")
        return paginator.page(number)

    def _in_use(self) -> list[str]:
        """The filters that the address names with a value that could be read."""
        return [
            name
            for name in self._filterset.filters
            if self.query.getlist(name) and name in self.form.cleaned_data
        ]

    def _facet(self, name: str, one: Any) -> Facet:
        chosen = set(self.query.getlist(name))
        counts = self.tally.counts[name]
        several = not isinstance(one, YesNoUnknown)
        labels = list(self._labels(name, one))
        choices = [
            Choice(value, label, counts.get(value, 0), value in chosen)
            for value, label in labels
            if counts.get(value) or value in chosen or len(labels) <= SHORT
        ]
        return Facet(name, str(one.label), choices, several, self._errors(name))

    def _errors(self, name: str) -> list[str]:
        return [str(error) for error in self.form.errors.get(name, [])]

    def _labels(self, name: str, one: Any) -> Iterable[tuple[str, str]]:
        if name in self._kind.labels:
            yield from self._kind.labels[name](self._version)
            if getattr(one, "null_value", None) == UNKNOWN:
                yield UNKNOWN, _("Unknown")
        elif isinstance(one, YesNoUnknown):
            yield from (("true", _("has it")), ("false", _("has it not")), (UNKNOWN, _("unknown")))
        else:
            yield from ((value, str(label)) for value, label in one.extra["choices"])

    def _without(self, name: str, value: str | None = None) -> str:
        query = self.query.copy()
        query.pop("page", None)
        left = [other for other in query.getlist(name) if value is not None and other != value]
        query.setlist(name, left)
        return f"?{query.urlencode()}"


def named_choices(model: names.Chosen) -> Callable[[int], Iterable[tuple[str, str]]]:
    """By the catalogue's version, the records of a kind as choices, in the reader's language."""
    return lambda version: (
        (record.key, plain_name(record)) for record in names.named(model, version)
    )


def plain_address(request: HttpRequest, filterset: type[PlaceFilterSet]) -> str | None:
    """The page's address with its numbers as every language reads them; None where it is so.

    The page in another language, or somebody it is sent to, then reads the same.
    """
    plain = request.GET.copy()
    for name, one in filterset.base_filters.items():
        if isinstance(one, Range) and name in plain:
            plain.setlist(name, [_respelled(text) for text in plain.getlist(name)])
    if plain == request.GET:
        return None
    return f"{request.path}?{plain.urlencode()}"


def _respelled(text: str) -> str:
    try:
        return respelled(text) if text.strip() else text
    except Unreadable:
        return text


def _one_of(name: str, value: str | None, allowed: Mapping[str, Any]) -> str:
    if value is None:
        return next(iter(allowed))
    if value not in allowed:
        raise WrongParameter(name, ", ".join(allowed))
    return value
