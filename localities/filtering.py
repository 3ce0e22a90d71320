"""The kinds of filters that the catalogue's lists and endpoints are made of."""

import re
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.forms import Form
from django.utils.functional import Promise, cached_property, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from localities.text import fold_name
from localities.typed import Unreadable, read_number

UNKNOWN = "unknown"
KEEP_UNKNOWN = "keep_unknown"


class CatalogueFilterSet(django_filters.FilterSet):
    """A filter set whose refusals name what is allowed."""

    @cached_property
    def form(self) -> Form:
        """The form that reads the parameters."""
        form: Form = super().form
        for field in form.fields.values():
            if message := field.error_messages.get("invalid_choice"):
                field.error_messages["invalid_choice"] = _lazy_allowed(message, field)
        return form

    @property
    def keeps_unknown(self) -> bool:
        """Whether a range keeps the records of which its quantity is not known."""
        return bool(self.form.cleaned_data.get(KEEP_UNKNOWN))


def _allowed(message: object, field: Any) -> str:
    choices = (str(value) for value, _label in field.choices if value)
    return gettext("%(message)s Allowed: %(allowed)s.") % {
        "message": message,
        "allowed": ", ".join(choices),
    }


_lazy_allowed = lazy(_allowed, str)  # the choices may be records: read them for a refusal only


class CodesFilter(django_filters.MultipleChoiceFilter):
    """Any of the codes given, each in a parameter of its own."""


class ListedFilter(CodesFilter):
    """Any of the codes given, in a column that holds a list of codes.

    `none_means_all`: an empty list stands for every code.
    """

    def __init__(self, *, none_means_all: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.none_means_all = none_means_all

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows whose list holds one of the codes; read as text, which every database can."""
        if not value:
            return qs
        listed: QuerySet[Any] = qs.alias(_listed=Cast(str(self.field_name), TextField()))
        holds = Q(_listed="[]") if self.none_means_all else Q()
        for code in value:
            holds |= Q(_listed__contains=f'"{code}"')
        return listed.filter(holds)


class RecordsFilter(django_filters.ModelMultipleChoiceFilter):
    """Any of the records named, or 'unknown': none is on record."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(null_label=_("Unknown"), null_value=UNKNOWN, **kwargs)


class Search(django_filters.CharFilter):
    """Names in any script, width or kana, with or without their unit, of today or of before."""

    def __init__(self, *paths: str, **kwargs: Any) -> None:
        super().__init__(label=_("name"), max_length=100, **kwargs)
        self.paths = paths or ("search_text",)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The records one of whose names holds `value`, folded."""
        folded = fold_name(value) if value else ""
        if not folded:
            return qs.none() if value else qs
        anywhere = Q()
        for path in self.paths:
            anywhere |= Q(**{f"{path}__contains": folded})
        return qs.filter(pk__in=qs.model._default_manager.filter(anywhere).values("pk"))


_WRITTEN = re.compile(r"-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class NumberField(forms.DecimalField):
    """A number as programs and links write it; on a page, as its readers type it."""

    typed = False

    def to_python(self, value: Any) -> Any:
        """The number; raises ValidationError for what is none, or could be two to the reader."""
        if value in self.empty_values:
            return super().to_python(value)
        if not self.typed:
            if not _WRITTEN.fullmatch(str(value)):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            return super().to_python(value)
        try:
            return super().to_python(read_number(str(value)))
        except Unreadable as unreadable:
            raise ValidationError(str(unreadable), code="invalid") from unreadable


class Number(django_filters.NumberFilter):
    """A number to compare a column with."""

    field_class = NumberField


@extend_schema_field({"type": "number", "maximum": 1e50})  # as django-filter has it
class Range(Number):
    """One end of a range: a number to compare a column with, in a unit.

    A record whose column is unknown is left out, unless the filter set keeps what is unknown.
    """

    parent: CatalogueFilterSet

    def __init__(self, *, unit: str | Promise = "", **kwargs: Any) -> None:
        super().__init__(min_value=0, **kwargs)
        self.unit = unit

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows whose number compares with `value`."""
        if value is None:
            return qs
        compares = Q(**{f"{self.field_name}__{self.lookup_expr}": self.comparable(value)})
        if self.parent.keeps_unknown:
            compares |= Q(**{f"{self.field_name}__isnull": True})
        return qs.filter(compares)

    def comparable(self, value: Any) -> Any:
        """`value` as the column's kind of number."""
        return value


class JSONRange(Range):
    """A range of a number inside a JSON column, which knows no decimals."""

    def comparable(self, value: Any) -> float:
        """`value` as JSON holds it."""
        return float(value)


@extend_schema_field({"type": "string", "enum": ["true", "false", UNKNOWN]})
class YesNoUnknown(django_filters.ChoiceFilter):
    """A column that is true, false or not known."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", _("Yes")), ("false", _("No")), (UNKNOWN, _("Unknown"))]
        super().__init__(choices=choices, empty_label=_("Any"), **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows whose column is as `value` says."""
        wanted = {"true": True, "false": False, UNKNOWN: None}
        if value not in wanted:
            return qs
        state = wanted[value]
        field = str(self.field_name)
        return qs.filter(**{f"{field}__isnull": True} if state is None else {field: state})
