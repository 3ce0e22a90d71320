"""The catalogue over REST: reading only. What changes it is a changeset."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.utils.translation import gettext
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework.exceptions import APIException, ErrorDetail, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from localities import filters
from localities.api import serializers
from localities.models import (
    CatalogueRecord,
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    Expressway,
    FormerProvince,
    Indicator,
    IndustrialPark,
    InvestmentPriority,
    Observation,
    Province,
    Sector,
    Source,
    SupportOrganisation,
    SupportProgramme,
    TalentInstitution,
    TransportNode,
)
from localities.naming import localized
from localities.queries import provinces
from localities.queries.citations import citations_of
from localities.queries.figures import observations_of, province_of
from portal.api.problems import Gone, QueryError, shortened
from portal.api.views import CatalogueView

INCLUDABLE = serializers.IncludedSerializer.includable
_FIELDS = OpenApiParameter(
    "fields",
    str,
    description="Only these fields of each record, separated by commas; without it, all of them.",
    examples=[OpenApiExample("two fields", value="slug,name_en")],
)
_INCLUDE = OpenApiParameter(
    "include",
    str,
    description=f"Any of {', '.join(INCLUDABLE)}, separated by commas.",
    examples=[OpenApiExample("parks", value="parks")],
)


@extend_schema_view(
    list=extend_schema(parameters=[_FIELDS]), retrieve=extend_schema(parameters=[_FIELDS])
)
class RecordViewSet(CatalogueView, ReadOnlyModelViewSet[Any]):
    """A kind of record: a list by cursor and a detail, each with its sources."""

    filter_backends = (DjangoFilterBackend,)
    default_ordering: ClassVar[str] = "slug"
    ordering_fields: ClassVar[dict[str, str]] = {"slug": "key"}
    query_parameters = frozenset({"fields"})
    queryset: QuerySet[Any]

    def get_queryset(self) -> QuerySet[Any]:
        """The records that are active."""
        return super().get_queryset().filter(is_active=True)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of records."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._represent(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record."""
        return Response(self._represent([self._found()])[0])

    def get_serializer_context(self) -> dict[str, Any]:
        """The fields that the request chooses, for the serializer; raises QueryError."""
        context = super().get_serializer_context()
        if getattr(self, "swagger_fake_view", False):
            return context
        every = cast(ModelSerializer[Any], self.get_serializer_class()(context=context)).fields
        return {**context, "fields": self._words("fields", tuple(every))}

    def _found(self) -> CatalogueRecord:
        """The record of the address; raises NotFound, and Gone for one that was deactivated."""
        slug = self.kwargs["slug"]
        record = super().get_queryset().filter(key=slug).first()
        if record is None:
            raise self._missing(slug)
        if not record.is_active:
            raise Gone(gettext("This record was taken out of the catalogue."))
        return cast(CatalogueRecord, record)

    def _missing(self, slug: str) -> APIException:
        return NotFound(gettext("There is nothing at this address."))

    def _words(self, parameter: str, allowed: Sequence[str]) -> tuple[str, ...] | None:
        """The words of a parameter that takes several, None without it; raises QueryError."""
        given = self.request.query_params.get(parameter)
        if given is None:
            return None
        words = given.split(",")
        if wrong := [word for word in words if word not in allowed]:
            told = {"word": shortened(wrong[0]), "allowed": ", ".join(allowed)}
            text = gettext("“%(word)s” is not known here; allowed are %(allowed)s.") % told
            raise QueryError({parameter: ErrorDetail(text, code="invalid_choice")})
        return tuple(words)

    def _represent(self, records: Sequence[CatalogueRecord]) -> Any:
        return self._shown(records, records)

    def _shown(self, records: Sequence[Any], cited: Sequence[CatalogueRecord]) -> Any:
        context = {**self.get_serializer_context(), "citations": citations_of(cited)}
        return self.get_serializer_class()(records, many=True, context=context).data


@extend_schema_view(
    list=extend_schema(parameters=[_INCLUDE]), retrieve=extend_schema(parameters=[_INCLUDE])
)
class ProvinceViewSet(RecordViewSet):
    """The 34 provinces and cities, with their former units."""

    queryset = Province.objects.select_related("region").prefetch_related(
        "predecessors", "neighbours"
    )
    serializer_class = serializers.IncludedSerializer
    filterset_class = filters.ProvinceFilter
    default_ordering = "code"
    ordering_fields = {
        "code": "code",
        "slug": "key",
        "name_en": "name_en",
        "area_km2": "area_km2",
        "population": "population",
    }
    query_parameters = frozenset({"fields", "include"})

    @property
    def include(self) -> tuple[str, ...]:
        """What the request asks for beside the province; raises QueryError for anything else."""
        if getattr(self, "swagger_fake_view", False):
            return INCLUDABLE
        return self._words("include", INCLUDABLE) or ()

    def get_serializer_context(self) -> dict[str, Any]:
        """What is included, for the serializer."""
        return {**super().get_serializer_context(), "include": self.include}

    def _missing(self, slug: str) -> APIException:
        if (former := provinces.former(slug)) is None:
            return super()._missing(slug)
        today = former.province
        names = {"former": _name(former), "today": _name(today)}
        text = gettext("%(former)s is a part of %(today)s since July 2025.") % names
        address = reverse("api-province-detail", [today.key], request=self.request)
        return Gone(text, successor=address)

    def _represent(self, records: Sequence[CatalogueRecord]) -> Any:
        included = self._included(records)
        every = [*records, *(r for lists in included.values() for rs in lists.values() for r in rs)]
        for record in records:
            for name, of_province in included.items():
                setattr(record, f"included_{name}", of_province.get(record.key, []))
        return self._shown(records, every)

    def _included(self, records: Sequence[CatalogueRecord]) -> dict[str, dict[str, Any]]:
        """By what was asked for and by province, the records to show: one query each."""
        keys = [record.key for record in records]
        found: dict[str, dict[str, Any]] = {name: {} for name in self.include}
        if "observations" in found:
            for observation in observations_of(keys):
                found["observations"].setdefault(province_of(observation), []).append(observation)
        if "priorities" in found:
            for priority in InvestmentPriority.objects.filter(is_active=True, province__in=keys):
                found["priorities"].setdefault(priority.province_id, []).append(priority)
        if "parks" in found:
            parks = IndustrialPark.objects.filter(is_active=True, province__in=keys)
            for park in parks.prefetch_related("target_sectors"):
                found["parks"].setdefault(park.province_id, []).append(park)
        return found


def _name(record: Province | FormerProvince) -> str:
    wording = localized(record, "name")
    return wording.text if wording else record.key


class IndustrialParkViewSet(RecordViewSet):
    """The industrial parks and their offers."""

    queryset = IndustrialPark.objects.prefetch_related("target_sectors")
    serializer_class = serializers.IndustrialParkSerializer
    filterset_class = filters.IndustrialParkFilter
    ordering_fields = {
        "slug": "key",
        "name_en": "name_en",
        "total_area_ha": "total_area_ha",
        "established_year": "established_year",
        "factory_rent_usd_m2_month_min": "factory_rent_usd_m2_month_min",
    }


class SectorViewSet(RecordViewSet):
    """The sectors, whose codes profiles and priorities use."""

    queryset = Sector.objects.all()
    serializer_class = serializers.SectorSerializer
    filterset_class = filters.SectorFilter


class IndicatorViewSet(RecordViewSet):
    """What is measured."""

    queryset = Indicator.objects.all()
    serializer_class = serializers.IndicatorSerializer


class ObservationViewSet(RecordViewSet):
    """What was measured, for which place and period."""

    queryset = Observation.objects.select_related("indicator", "former_province")
    serializer_class = serializers.ObservationSerializer
    filterset_class = filters.ObservationFilter
    ordering_fields = {"slug": "key", "period": "period"}


class PriorityViewSet(RecordViewSet):
    """What provinces ask for."""

    queryset = InvestmentPriority.objects.all()
    serializer_class = serializers.PrioritySerializer
    filterset_class = filters.PriorityFilter


class TalentInstitutionViewSet(RecordViewSet):
    """Where people learn."""

    queryset = TalentInstitution.objects.all()
    serializer_class = serializers.TalentInstitutionSerializer
    filterset_class = filters.OfProvinceFilter


class TransportNodeViewSet(RecordViewSet):
    """Ports, airports, gates and terminals."""

    queryset = TransportNode.objects.all()
    serializer_class = serializers.TransportNodeSerializer
    filterset_class = filters.TransportNodeFilter


class ExpresswayViewSet(RecordViewSet):
    """Sections of expressways."""

    queryset = Expressway.objects.prefetch_related("provinces")
    serializer_class = serializers.ExpresswaySerializer


class AgreementViewSet(RecordViewSet):
    """Ties between Japanese localities and provinces."""

    queryset = CooperationAgreement.objects.prefetch_related("sectors")
    serializer_class = serializers.AgreementSerializer
    filterset_class = filters.AgreementFilter


class CommitmentViewSet(RecordViewSet):
    """Pledges to investors."""

    queryset = Commitment.objects.all()
    serializer_class = serializers.CommitmentSerializer
    filterset_class = filters.OfProvinceFilter


class CostBenchmarkViewSet(RecordViewSet):
    """What labour, land, power and water cost."""

    queryset = CostBenchmark.objects.all()
    serializer_class = serializers.CostBenchmarkSerializer
    filterset_class = filters.OfProvinceFilter


class SupportOrganisationViewSet(RecordViewSet):
    """Who helps."""

    queryset = SupportOrganisation.objects.all()
    serializer_class = serializers.SupportOrganisationSerializer
    filterset_class = filters.OfProvinceFilter


class SupportProgrammeViewSet(RecordViewSet):
    """With what they help."""

    queryset = SupportProgramme.objects.prefetch_related("eligible_sectors")
    serializer_class = serializers.SupportProgrammeSerializer
    filterset_class = filters.SupportProgrammeFilter


class SourceViewSet(RecordViewSet):
    """Where the facts were read."""

    queryset = Source.objects.all()
    serializer_class = serializers.SourceSerializer
    filterset_class = filters.SourceFilter
    ordering_fields = {"slug": "key", "published": "published"}
