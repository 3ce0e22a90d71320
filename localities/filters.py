"""The filters of the catalogue: one set for a list page and its endpoint."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db import models
from django.db.models import Q, QuerySet
from django.forms import Form
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from localities.models import (
    Indicator,
    IndustrialPark,
    Observation,
    Province,
    Region,
    Sector,
    Source,
    SupportOrganisation,
    SupportProgramme,
    TransportNode,
)
from localities.models.places import PARK_OFFERS, PARK_SERVICES
from localities.text import fold_name

PREFECTURE_CODES = tuple(f"{number:02}" for number in range(1, 48))


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


def _allowed(message: object, field: Any) -> str:
    choices = (str(value) for value, _label in field.choices if value)
    return gettext("%(message)s Allowed: %(allowed)s.") % {
        "message": message,
        "allowed": ", ".join(choices),
    }


_lazy_allowed = lazy(_allowed, str)  # the choices may be records: read them for a refusal only


class CodesFilter(django_filters.MultipleChoiceFilter):
    """Any of the codes given, each in a parameter of its own."""


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


class JSONNumberFilter(django_filters.NumberFilter):
    """A number inside a JSON column, which knows no decimals."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows whose number compares with `value`."""
        return super().filter(qs, value if value is None else float(value))


class YesNoUnknown(django_filters.ChoiceFilter):
    """A column that is true, false or not known."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", _("Yes")), ("false", _("No")), ("unknown", _("Unknown"))]
        super().__init__(choices=choices, empty_label=_("Any"), **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows whose column is as `value` says."""
        wanted = {"true": True, "false": False, "unknown": None}
        if value not in wanted:
            return qs
        state = wanted[value]
        field = str(self.field_name)
        return qs.filter(**{f"{field}__isnull": True} if state is None else {field: state})


class ProvinceFilter(CatalogueFilterSet):
    """Provinces by name, part of the country, region, and what they ask for."""

    q = Search("search_text", "predecessors__search_text")
    macro = CodesFilter(
        field_name="region__macro", choices=Region.Macro.choices, label=_("part of the country")
    )
    region = django_filters.ModelMultipleChoiceFilter(
        queryset=Region.objects.filter(is_active=True), label=_("region")
    )
    kind = CodesFilter(field_name="status", choices=Province.Kind.choices, label=_("kind"))
    coastal = YesNoUnknown(label=_("on the coast"))
    priority_sector = django_filters.ModelMultipleChoiceFilter(
        field_name="priorities__sector",
        queryset=Sector.objects.filter(is_active=True),
        label=_("asks for the sector"),
        distinct=True,
    )

    class Meta:
        model = Province
        fields: tuple[str, ...] = ()


class IndustrialParkFilter(CatalogueFilterSet):
    """Parks by name, place, status, offer and price."""

    q = Search("search_text", "province__search_text", "province__predecessors__search_text")
    province = django_filters.ModelMultipleChoiceFilter(
        queryset=Province.objects.filter(is_active=True), label=_("province")
    )
    macro = CodesFilter(
        field_name="province__region__macro",
        choices=Region.Macro.choices,
        label=_("part of the country"),
    )
    status = CodesFilter(choices=IndustrialPark.Status.choices, label=_("status"))
    sector = django_filters.ModelMultipleChoiceFilter(
        field_name="target_sectors",
        queryset=Sector.objects.filter(is_active=True),
        label=_("sector"),
        distinct=True,
    )
    # Sizes are stored smallest first, so the first one is the smallest unit on offer.
    unit_m2_max = JSONNumberFilter(
        field_name="rental_units_m2__0",
        lookup_expr="lte",
        min_value=0,
        label=_("a rental unit of at most (m²)"),
    )
    rent_usd_m2_month_max = django_filters.NumberFilter(
        field_name="factory_rent_usd_m2_month_min",
        lookup_expr="lte",
        min_value=0,
        label=_("factory rent up to (USD/m²/month)"),
    )
    land_rent_usd_m2_max = django_filters.NumberFilter(
        field_name="land_rent_usd_m2_min",
        lookup_expr="lte",
        min_value=0,
        label=_("land rent up to (USD/m² for the term)"),
    )
    seaport_km_max = django_filters.NumberFilter(
        field_name="seaport_km", lookup_expr="lte", min_value=0, label=_("seaport within (km)")
    )
    airport_km_max = django_filters.NumberFilter(
        field_name="airport_km", lookup_expr="lte", min_value=0, label=_("airport within (km)")
    )

    class Meta:
        model = IndustrialPark
        fields = (*PARK_OFFERS, *PARK_SERVICES, "japanese_developer")
        filter_overrides = {models.BooleanField: {"filter_class": YesNoUnknown}}


class SectorFilter(CatalogueFilterSet):
    """Sectors by name and parent."""

    q = Search()
    parent = django_filters.ModelMultipleChoiceFilter(
        queryset=Sector.objects.filter(parent=None), label=_("parent")
    )

    class Meta:
        model = Sector
        fields: tuple[str, ...] = ()


class ObservationFilter(CatalogueFilterSet):
    """Observations by indicator, place and period; a province's hold those of its former parts."""

    indicator = django_filters.ModelMultipleChoiceFilter(
        queryset=Indicator.objects.filter(is_active=True), label=_("indicator")
    )
    province = django_filters.ModelMultipleChoiceFilter(
        queryset=Province.objects.filter(is_active=True),
        method="filter_province",
        label=_("province"),
    )
    period = django_filters.CharFilter(max_length=24, label=_("period"))

    class Meta:
        model = Observation
        fields: tuple[str, ...] = ()

    def filter_province(
        self, queryset: QuerySet[Observation], _name: str, provinces: Sequence[Province]
    ) -> QuerySet[Observation]:
        """Observations of the provinces and of what was merged into them."""
        if not provinces:
            return queryset
        return queryset.filter(
            Q(province__in=provinces) | Q(former_province__province__in=provinces)
        )


class SourceFilter(CatalogueFilterSet):
    """Sources by their titles, and by the kind of record that they back."""

    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", max_length=100, label=_("title")
    )
    record_kind = django_filters.CharFilter(
        field_name="citations__record_kind", distinct=True, max_length=40, label=_("backs")
    )

    class Meta:
        model = Source
        fields: tuple[str, ...] = ()


class OfProvinceFilter(CatalogueFilterSet):
    """Records of a province."""

    province = django_filters.ModelMultipleChoiceFilter(
        queryset=Province.objects.filter(is_active=True), label=_("province")
    )


class PriorityFilter(OfProvinceFilter):
    """What provinces ask for."""

    sector = django_filters.ModelMultipleChoiceFilter(
        queryset=Sector.objects.filter(is_active=True), label=_("sector")
    )
    priority_min = django_filters.NumberFilter(
        field_name="priority", lookup_expr="gte", min_value=1, max_value=3, label=_("level from")
    )


class AgreementFilter(OfProvinceFilter):
    """Ties with Japan."""

    prefecture = django_filters.ChoiceFilter(
        field_name="japan_prefecture_code",
        choices=[(code, code) for code in PREFECTURE_CODES],
        label=_("prefecture (JIS X 0401)"),
    )


class TransportNodeFilter(OfProvinceFilter):
    """Ports, airports and gates."""

    kind = CodesFilter(field_name="node_kind", choices=TransportNode.Kind.choices, label=_("kind"))


class SupportProgrammeFilter(CatalogueFilterSet):
    """Schemes by their state."""

    status = CodesFilter(choices=SupportProgramme.Status.choices, label=_("status"))
    organisation = django_filters.ModelMultipleChoiceFilter(
        queryset=SupportOrganisation.objects.filter(is_active=True), label=_("organisation")
    )
