"""The filters of the catalogue: one set for a list page and its endpoint."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from localities.filtering import (
    UNKNOWN,
    CatalogueFilterSet,
    CodesFilter,
    JSONRange,
    ListedFilter,
    Number,
    Range,
    RecordsFilter,
    Search,
    YesNoUnknown,
)
from localities.models import (
    KINDS,
    Discrepancy,
    Indicator,
    IndustrialPark,
    InvestmentPriority,
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
from localities.models.support import ProgrammeStage, SupportFunction
from localities.queries import catalogue, discrepancies, freshness
from localities.queries.freshness import Age, Freshness

PREFECTURE_CODES = tuple(f"{number:02}" for number in range(1, 48))
PREFECTURES = [(code, code) for code in PREFECTURE_CODES]
RECORD_KINDS = [(kind, kind) for kind in KINDS]
AREA, PEOPLE, KM, HA = "km²", _("people"), "km", "ha"


class FreshnessFilter(CodesFilter):
    """How old what is known of a place is, against its shelf life."""

    def __init__(self) -> None:
        super().__init__(
            choices=Freshness.choices, label=_("age of the facts"), method="filter_freshness"
        )


def _of_age(queryset: QuerySet[Any], ages: dict[str, Age], states: Sequence[str]) -> QuerySet[Any]:
    if not states:
        return queryset
    chosen = Q(pk__in=[key for key, age in ages.items() if age.state in states])
    if Freshness.UNKNOWN in states:
        chosen |= ~Q(pk__in=list(ages))
    return queryset.filter(chosen)


class PlaceFilterSet(CatalogueFilterSet):
    """Filters of places, whose ranges may keep what is not known."""

    @cached_property
    def catalogue_version(self) -> int:
        """The version that ages are read of; a page that has read it sets it."""
        return catalogue.version()

    keep_unknown = django_filters.ChoiceFilter(
        choices=[("true", _("Yes"))],
        method="filter_keep_unknown",
        label=_("also where a range is unknown"),
    )

    def filter_keep_unknown(
        self, queryset: QuerySet[Any], _name: str, _value: str
    ) -> QuerySet[Any]:
        """All of them: the ranges themselves heed it."""
        return queryset


class ProvinceFilter(PlaceFilterSet):
    """Provinces by name, part of the country, region, what they ask for, size and distances."""

    q = Search("search_text", "predecessors__search_text")
    macro = CodesFilter(
        field_name="region__macro", choices=Region.Macro.choices, label=_("part of the country")
    )
    region = django_filters.ModelMultipleChoiceFilter(
        queryset=Region.objects.filter(is_active=True), label=_("region")
    )
    kind = CodesFilter(field_name="status", choices=Province.Kind.choices, label=_("kind"))
    priority_sector = RecordsFilter(
        queryset=Sector.objects.filter(is_active=True),
        method="filter_priority_sector",
        label=_("asks for the sector"),
    )
    coastal = YesNoUnknown(label=_("on the coast"))
    has_expressway = YesNoUnknown(
        field_name="infrastructure__has_expressway", label=_("expressway in use")
    )
    metro = YesNoUnknown(field_name="infrastructure__metro", label=_("metro"))
    power_shortage_reported = YesNoUnknown(
        field_name="infrastructure__power_shortage_reported", label=_("power shortage reported")
    )
    population_min = Range(
        field_name="population", lookup_expr="gte", unit=PEOPLE, label=_("population from")
    )
    area_km2_max = Range(field_name="area_km2", lookup_expr="lte", unit=AREA, label=_("area up to"))
    seaport_km_max = Range(
        field_name="infrastructure__km_to_deep_seaport",
        lookup_expr="lte",
        unit=KM,
        label=_("deep seaport within"),
    )
    airport_km_max = Range(
        field_name="infrastructure__km_to_international_airport",
        lookup_expr="lte",
        unit=KM,
        label=_("international airport within"),
    )
    freshness = FreshnessFilter()

    class Meta:
        model = Province
        fields: tuple[str, ...] = ()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def filter_priority_sector(
        self, queryset: QuerySet[Province], _name: str, sectors: Sequence[Any]
    ) -> QuerySet[Province]:
        """Provinces that ask for one of the sectors; 'unknown' asks for none on record."""
        if not sectors:
            return queryset
        asked = InvestmentPriority.objects.filter(is_active=True)
        named = [sector for sector in sectors if sector != UNKNOWN]
        chosen = Q(pk__in=asked.filter(sector__in=named).values("province"))
        if len(named) < len(sectors):
            chosen |= ~Q(pk__in=asked.values("province"))
        return queryset.filter(chosen)

    def filter_freshness(
        self, queryset: QuerySet[Province], _name: str, states: Sequence[str]
    ) -> QuerySet[Province]:
        """Provinces whose figures are of the wanted age."""
        return _of_age(queryset, freshness.provinces(self.catalogue_version), states)


class IndustrialParkFilter(PlaceFilterSet):
    """Parks by name, place, status, offer and price."""

    q = Search("search_text", "province__search_text", "province__predecessors__search_text")
    macro = CodesFilter(
        field_name="province__region__macro",
        choices=Region.Macro.choices,
        label=_("part of the country"),
    )
    province = django_filters.ModelMultipleChoiceFilter(
        queryset=Province.objects.filter(is_active=True), label=_("province")
    )
    sector = RecordsFilter(
        field_name="target_sectors",
        queryset=Sector.objects.filter(is_active=True),
        label=_("sector"),
    )
    status = CodesFilter(choices=IndustrialPark.Status.choices, label=_("status"))
    # Sizes are stored smallest first, so the first one is the smallest unit on offer.
    unit_m2_max = JSONRange(
        field_name="rental_units_m2__0",
        lookup_expr="lte",
        unit="m²",
        label=_("a rental unit of at most"),
    )
    rent_usd_m2_month_max = Range(
        field_name="factory_rent_usd_m2_month_min",
        lookup_expr="lte",
        unit=_("USD/m²/month"),
        label=_("factory rent up to"),
    )
    land_rent_usd_m2_max = Range(
        field_name="land_rent_usd_m2_min",
        lookup_expr="lte",
        unit=_("USD/m² for the term"),
        label=_("land rent up to"),
    )
    free_ha_min = Range(
        field_name="available_area_ha", lookup_expr="gte", unit=HA, label=_("free land from")
    )
    total_ha_min = Range(
        field_name="total_area_ha", lookup_expr="gte", unit=HA, label=_("total area from")
    )
    power_mva_min = Range(
        field_name="power_mva", lookup_expr="gte", unit="MVA", label=_("power from")
    )
    seaport_km_max = Range(
        field_name="seaport_km", lookup_expr="lte", unit=KM, label=_("seaport within")
    )
    airport_km_max = Range(
        field_name="airport_km", lookup_expr="lte", unit=KM, label=_("airport within")
    )
    expressway_km_max = Range(
        field_name="expressway_km", lookup_expr="lte", unit=KM, label=_("expressway within")
    )
    freshness = FreshnessFilter()

    class Meta:
        model = IndustrialPark
        fields = (*PARK_OFFERS, *PARK_SERVICES, "japanese_developer")
        filter_overrides = {models.BooleanField: {"filter_class": YesNoUnknown}}

    def filter_freshness(
        self, queryset: QuerySet[IndustrialPark], _name: str, states: Sequence[str]
    ) -> QuerySet[IndustrialPark]:
        """Parks whose newest source is of the wanted age."""
        return _of_age(queryset, freshness.parks(self.catalogue_version), states)


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
    record_kind = django_filters.ChoiceFilter(
        field_name="citations__record_kind",
        choices=RECORD_KINDS,
        distinct=True,
        label=_("backs"),
    )

    class Meta:
        model = Source
        fields: tuple[str, ...] = ()


class DiscrepancyFilter(CatalogueFilterSet):
    """Where sources differ: on which record and field, and whether it is decided."""

    record_kind = django_filters.ChoiceFilter(choices=RECORD_KINDS, label=_("kind of the record"))
    record = django_filters.CharFilter(max_length=120, label=_("key of the record"))
    field = django_filters.CharFilter(max_length=60, label=_("field of the record"))
    decided = django_filters.ChoiceFilter(
        choices=[("true", _("Yes")), ("false", _("No"))],
        method="filter_decided",
        label=_("decided"),
    )

    class Meta:
        model = Discrepancy
        fields: tuple[str, ...] = ()

    def filter_decided(
        self, queryset: QuerySet[Discrepancy], _name: str, value: str
    ) -> QuerySet[Discrepancy]:
        """Those with a reason, or those without."""
        return queryset.filter(discrepancies.DECIDED if value == "true" else ~discrepancies.DECIDED)


class OfProvinceFilter(CatalogueFilterSet):
    """Records of a province."""

    province = django_filters.ModelMultipleChoiceFilter(
        queryset=Province.objects.filter(is_active=True), label=_("province")
    )


class PrefectureFilter(django_filters.ChoiceFilter):
    """The prefecture that a record is of, by its code."""

    def __init__(self, field_name: str) -> None:
        super().__init__(
            field_name=field_name, choices=PREFECTURES, label=_("prefecture (JIS X 0401)")
        )


class PriorityFilter(OfProvinceFilter):
    """What provinces ask for."""

    sector = django_filters.ModelMultipleChoiceFilter(
        queryset=Sector.objects.filter(is_active=True), label=_("sector")
    )
    priority_min = Number(
        field_name="priority", lookup_expr="gte", min_value=1, max_value=3, label=_("level from")
    )


class AgreementFilter(OfProvinceFilter):
    """Ties with Japan."""

    prefecture = PrefectureFilter("japan_prefecture_code")


class TransportNodeFilter(OfProvinceFilter):
    """Ports, airports and gates."""

    kind = CodesFilter(field_name="node_kind", choices=TransportNode.Kind.choices, label=_("kind"))


class SupportOrganisationFilter(OfProvinceFilter):
    """Who helps: where, and with what."""

    prefecture = PrefectureFilter("prefecture_code")
    function = ListedFilter(
        field_name="functions", choices=SupportFunction.choices, label=_("what it does")
    )


class SupportProgrammeFilter(CatalogueFilterSet):
    """Schemes by their state, and by whom and what they are open to."""

    status = CodesFilter(choices=SupportProgramme.Status.choices, label=_("status"))
    organisation = django_filters.ModelMultipleChoiceFilter(
        queryset=SupportOrganisation.objects.filter(is_active=True), label=_("organisation")
    )
    stage = ListedFilter(field_name="stages", choices=ProgrammeStage.choices, label=_("stage"))
    sector = django_filters.ModelMultipleChoiceFilter(
        queryset=Sector.objects.filter(is_active=True),
        method="filter_sector",
        label=_("open to the sector"),
    )
    prefecture = ListedFilter(
        field_name="eligible_prefectures",
        choices=PREFECTURES,
        none_means_all=True,
        label=_("open to the prefecture (JIS X 0401)"),
    )

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def filter_sector(
        self, queryset: QuerySet[SupportProgramme], _name: str, sectors: Sequence[Sector]
    ) -> QuerySet[SupportProgramme]:
        """Schemes that are open to one of the sectors, or to every one."""
        if not sectors:
            return queryset
        named = SupportProgramme.objects.filter(eligible_sectors__in=sectors)
        return queryset.filter(Q(any_sector=True) | Q(pk__in=named.values("pk")))
