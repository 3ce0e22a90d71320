"""Query parameters: those that an address knows, and a refusal of every other one."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from django.forms import ModelMultipleChoiceField, MultipleChoiceField
from django.http import QueryDict
from django.utils.translation import gettext
from django_filters import FilterSet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.api.language import PARAMETER as LANGUAGE
from portal.api.language import languages
from portal.api.problems import QueryError

LISTS = frozenset({"fields", "include"})  # words by commas, which may also be repeated


class KnownParameters(APIView):
    """A view that answers 400 to a query parameter which it does not know.

    It knows `lang`, those in `query_parameters`, and for a list those of its paginator and of its
    `filterset_class`.
    """

    query_parameters: ClassVar[frozenset[str]] = frozenset()

    def described_parameters(self) -> list[OpenApiParameter]:
        """What the schema says of those that only the view itself knows well enough."""
        return []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises QueryError for an unknown parameter, before anything is read."""
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:  # any other gets its 405
            known = self.known_parameters()
            check_parameters(request.query_params, known, once=known - self.repeatable_parameters())

    def known_parameters(self) -> frozenset[str]:
        """The names of the parameters that this address takes with this method."""
        return frozenset({LANGUAGE}) | self.query_parameters | self._list_parameters()

    def repeatable_parameters(self) -> frozenset[str]:
        """Those that may stand several times: lists of words, and filters that take several."""
        filterset = getattr(self, "filterset_class", None)
        return self.query_parameters & LISTS | several_parameters(filterset)

    def _list_parameters(self) -> frozenset[str]:
        if getattr(self, "action", None) != "list":
            return frozenset()
        paginator = getattr(self, "pagination_class", None)
        filterset = getattr(self, "filterset_class", None)
        pages = frozenset(getattr(paginator, "parameters", ()))
        if not getattr(self, "ordering_fields", None):
            pages -= {"ordering"}
        return pages | filter_parameters(filterset)


@cache
def filter_parameters(filterset: type[FilterSet] | None) -> frozenset[str]:
    """The query parameters that a filter set reads; a range reads one for each end."""
    if filterset is None:
        return frozenset()
    names: set[str] = set()
    for name, each in filterset.base_filters.items():
        suffixes: Iterable[str] = getattr(each.field.widget, "suffixes", [])
        names.update([f"{name}_{suffix}" for suffix in suffixes if suffix] or [name])
    return frozenset(names)


@cache
def several_parameters(filterset: type[FilterSet] | None) -> frozenset[str]:
    """The query parameters of a filter set that take several values, each in its own."""
    if filterset is None:
        return frozenset()
    kinds = (MultipleChoiceField, ModelMultipleChoiceField)
    filters = filterset.base_filters.items()
    return frozenset(name for name, each in filters if isinstance(each.field, kinds))


def check_parameters(given: QueryDict, known: frozenset[str], *, once: frozenset[str]) -> None:
    """Raises QueryError that names each wrong parameter and what is allowed."""
    wrong = {name: _unknown(known) for name in given if name not in known}
    for name in once:
        if len(given.getlist(name)) > 1:
            wrong[name] = ErrorDetail(gettext("This parameter stands once."), code="repeated")
    if LANGUAGE not in wrong and given.get(LANGUAGE, "ja") not in languages():
        allowed = {"allowed": ", ".join(languages())}
        text = gettext("Unknown language; allowed are %(allowed)s.") % allowed
        wrong[LANGUAGE] = ErrorDetail(text, code="invalid_choice")
    if wrong:
        raise QueryError(wrong)


def _unknown(known: frozenset[str]) -> ErrorDetail:
    allowed = {"allowed": ", ".join(sorted(known))}
    text = gettext("Unknown query parameter; allowed are %(allowed)s.") % allowed
    return ErrorDetail(text, code="unknown")
