"""The catalogue over REST: reading only. What changes it is a changeset."""

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ErrorDetail, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ReadOnlyModelViewSet

from localities import filters
from localities.api import records, serializers
from localities.models import (
    CatalogueRecord,
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    Discrepancy,
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
from localities.queries.figures import observations_of, province_of
from portal.api.filtering import AskedFilters
from portal.api.problems import Gone, QueryError, shortened
from portal.api.views import CatalogueView

INCLUDABLE = ("observations", "priorities", "parks")
Json = dict[str, Any]


class RecordViewSet(CatalogueView, ReadOnlyModelViewSet[Any]):
    """A kind of record: a list by cursor and a detail, each with its sources."""

    filter_backends = (AskedFilters,)
    default_ordering: ClassVar[str] = "slug"
    ordering_fields: ClassVar[dict[str, str]] = {"slug": "key"}
    query_parameters = frozenset({"fields"})
    queryset: QuerySet[Any]

    def described_parameters(self) -> list[OpenApiParameter]:
        """The fields that there are."""
        text = "Only these fields of each record, separated by commas; without it, all of them."
        return [_words_parameter("fields", _fields_of(self.kept_serializer), text)]

    def get_queryset(self) -> QuerySet[Any]:
        """The records that are active."""
        return super().get_queryset().filter(is_active=True)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of records."""
        columns = {"key", *self.ordering_fields.values()}
        asked = self.filter_queryset(self.get_queryset()).prefetch_related(None).values(*columns)
        keys = [row["key"] for row in self.paginate_queryset(asked) or []]
        return self.get_paginated_response(self._chosen(keys))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record."""
        return Response(self._chosen([self._found().key])[0])

    def _chosen(self, keys: Sequence[str]) -> Sequence[Json]:
        """The records with `keys`: what `?fields=` names of each; raises QueryError."""
        chosen = self._words("fields", _fields_of(self.kept_serializer))
        whole = self._whole(keys)
        if chosen is None:
            return whole
        return [{name: each[name] for name in each if name in chosen} for each in whole]

    def _whole(self, keys: Sequence[str]) -> Sequence[Json]:
        return records.shown(
            super().get_queryset(), self.kept_serializer, keys, self.catalogue_version
        )

    @property
    def kept_serializer(self) -> type[serializers.ShownSerializer]:
        """What makes a record's own members."""
        return cast(type[serializers.ShownSerializer], self.serializer_class)

    def _found(self) -> CatalogueRecord:
        """The record of the address; raises NotFound, and Gone for one that was deactivated."""
        slug = self.kwargs["slug"]
        everything = super().get_queryset().prefetch_related(None).select_related(None)
        record = everything.only("key", "is_active").filter(key=slug).first()
        if record is None:
            raise self._missing(slug)
        if not record.is_active:
            raise Gone(gettext("This record was taken out of the catalogue."))
        return cast(CatalogueRecord, record)

    def _missing(self, slug: str) -> APIException:
        return NotFound(gettext("There is nothing at this address."))

    def _words(self, parameter: str, allowed: Sequence[str]) -> tuple[str, ...] | None:
        """The words of a parameter that takes several, None without it; raises QueryError."""
        given = self.request.query_params.getlist(parameter)
        if not given:
            return None
        words = ",".join(given).split(",")
        if wrong := [word for word in words if word not in allowed]:
            told = {"word": shortened(wrong[0]), "allowed": ", ".join(allowed)}
            text = gettext("“%(word)s” is not known here; allowed are %(allowed)s.") % told
            raise QueryError({parameter: ErrorDetail(text, code="invalid_choice")})
        return tuple(words)


class PlaceViewSet(RecordViewSet):
    """A kind of place, which may be asked for by the age of its facts."""

    def etag_parts(self) -> tuple[str, ...]:
        """What is stale depends on the day."""
        aged = "freshness" in self.request.query_params
        return (str(timezone.localdate()),) if aged else ()


class ProvinceViewSet(PlaceViewSet):
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

    kept_serializer = serializers.ProvinceSerializer

    def described_parameters(self) -> list[OpenApiParameter]:
        """The fields, and what may be added."""
        text = "What to add to each province, separated by commas."
        return [*super().described_parameters(), _words_parameter("include", INCLUDABLE, text)]

    def _missing(self, slug: str) -> APIException:
        if (former := provinces.former(slug)) is None:
            return super()._missing(slug)
        today = former.province
        names = {"former": _name(former), "today": _name(today)}
        text = gettext("%(former)s is a part of %(today)s since July 2025.") % names
        address = reverse("api-province-detail", [today.key], request=self.request)
        return Gone(text, successor=address)

    def _chosen(self, keys: Sequence[str]) -> Sequence[Json]:
        """The provinces, each with what `?include=` adds; raises QueryError."""
        include = self._words("include", INCLUDABLE) or ()
        chosen = super()._chosen(keys)
        for name in include:
            added = self._included(name, keys)
            chosen = [{**each, name: added[key]} for key, each in zip(keys, chosen, strict=True)]
        return chosen

    def _included(self, name: str, provinces: Sequence[str]) -> dict[str, list[Json]]:
        """By province, its records of one kind."""
        view: type[RecordViewSet]
        if name == "observations":
            view, found = ObservationViewSet, observations_of(provinces)
            owners = [(one.key, province_of(one)) for one in found]
        else:
            view = PriorityViewSet if name == "priorities" else IndustrialParkViewSet
            active = view.queryset.prefetch_related(None).filter(is_active=True)
            of_these = active.filter(province__in=provinces)
            owners = list(of_these.values_list("key", "province"))
        made = records.shown(
            view.queryset.all(),
            cast(type[serializers.ShownSerializer], view.serializer_class),
            [key for key, _owner in owners],
            self.catalogue_version,
        )
        by_province: dict[str, list[Json]] = {province: [] for province in provinces}
        for (_key, owner), each in zip(owners, made, strict=True):
            by_province[owner].append(each)
        return by_province


def _words_parameter(name: str, words: Sequence[str], description: str) -> OpenApiParameter:
    items = {"type": "string", "enum": list(words)}
    schema = {"type": "array", "items": items, "minItems": 1}
    return OpenApiParameter(name, schema, description=description, style="form", explode=False)


@cache
def _fields_of(serializer: type[serializers.ShownSerializer]) -> tuple[str, ...]:
    """The names of a record's members."""
    return tuple(serializer().fields)


def _name(record: Province | FormerProvince) -> str:
    wording = localized(record, "name")
    return wording.text if wording else record.key


class IndustrialParkViewSet(PlaceViewSet):
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
    filterset_class = filters.SupportOrganisationFilter


class SupportProgrammeViewSet(RecordViewSet):
    """With what they help."""

    queryset = SupportProgramme.objects.prefetch_related("eligible_sectors")
    serializer_class = serializers.SupportProgrammeSerializer
    filterset_class = filters.SupportProgrammeFilter


class DiscrepancyViewSet(RecordViewSet):
    """Where sources differ: the value that another source gives, and why ours stands."""

    queryset = Discrepancy.objects.all()
    serializer_class = serializers.DiscrepancySerializer
    filterset_class = filters.DiscrepancyFilter


class SourceViewSet(RecordViewSet):
    """Where the facts were read."""

    queryset = Source.objects.all()
    serializer_class = serializers.SourceSerializer
    filterset_class = filters.SourceFilter
    ordering_fields = {"slug": "key", "published": "published"}
