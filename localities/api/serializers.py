"""Records of the catalogue as the API shows them: every field, null for unknown, with sources."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, extend_schema_field
from rest_framework import serializers

from localities.models import (
    CatalogueRecord,
    Citation,
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    Discrepancy,
    Expressway,
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
from localities.queries.figures import province_of

_INTERNAL = ("key", "is_active")
_INTERNAL_OF_NAMED = (*_INTERNAL, "search_text")


class CitationSerializer(serializers.Serializer[Citation]):
    """A source, and what of the record it backs."""

    slug = serializers.CharField(source="source.key")
    title = serializers.CharField(source="source.title")
    url = serializers.CharField(source="source.url", allow_null=True)
    published = serializers.CharField(source="source.published", allow_null=True)
    fields_backed = serializers.ListField(child=serializers.CharField(), source="fields")
    note = serializers.CharField(allow_null=True)


class ShownSerializer(serializers.ModelSerializer[Any]):
    """A record, all of it."""

    slug = serializers.CharField(source="key", read_only=True)


class ChosenFieldsSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """What the schema says of a record: with `?fields=`, any of its fields may be missing."""

    target_class = ShownSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The record without a word on what is required."""
        schema: dict[str, Any] = auto_schema._map_serializer(  # type: ignore[no-untyped-call]
            self.target, direction, bypass_extensions=True
        )
        schema.pop("required", None)
        return schema


class RecordSerializer(ShownSerializer):
    """What every record has: its slug and its sources."""

    sources = serializers.SerializerMethodField()

    @extend_schema_field(CitationSerializer(many=True))
    def get_sources(self, record: CatalogueRecord) -> Any:
        """The record's citations, which the context holds for all that are shown."""
        citations = self.context["citations"].get((record.kind, record.key), [])
        return CitationSerializer(citations, many=True).data


class SectorSerializer(RecordSerializer):
    """A sector, with its codes in the Japanese and the international classification."""

    class Meta:
        model = Sector
        exclude = _INTERNAL_OF_NAMED


class IndicatorSerializer(RecordSerializer):
    """A measured quantity."""

    class Meta:
        model = Indicator
        exclude = _INTERNAL_OF_NAMED


class ObservationSerializer(RecordSerializer):
    """One value for one place and period; a former province's is a part of today's province."""

    unit = serializers.CharField(source="indicator.unit", read_only=True)
    value = serializers.SerializerMethodField(method_name="middle")
    province = serializers.SerializerMethodField()

    class Meta:
        model = Observation
        exclude = _INTERNAL

    def middle(self, observation: Observation) -> float:
        """The value; of a range, its middle, as matching takes it."""
        return (observation.value_min + observation.value_max) / 2

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_province(self, observation: Observation) -> str | None:
        """Today's province that the value speaks of, wholly or in part."""
        return None if observation.park_id else province_of(observation)


class PrioritySerializer(RecordSerializer):
    """A sector that a province asks for."""

    class Meta:
        model = InvestmentPriority
        exclude = _INTERNAL


class IndustrialParkSerializer(RecordSerializer):
    """An industrial park and its offer."""

    class Meta:
        model = IndustrialPark
        exclude = _INTERNAL_OF_NAMED


class PredecessorSerializer(serializers.Serializer[Any]):
    """A unit of before July 2025."""

    slug = serializers.CharField(source="key")
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    name_vi = serializers.CharField(allow_null=True)


class ProvinceSerializer(RecordSerializer):
    """A province of today and those it was made of."""

    macro = serializers.CharField(source="region.macro", read_only=True)
    kind = serializers.CharField(source="status", read_only=True)
    predecessors = PredecessorSerializer(many=True, read_only=True)

    class Meta:
        model = Province
        exclude = (*_INTERNAL_OF_NAMED, "status")


class IncludedSerializer(ProvinceSerializer):
    """A province with what `?include=` asked for."""

    observations = ObservationSerializer(many=True, required=False)
    priorities = PrioritySerializer(many=True, required=False)
    parks = IndustrialParkSerializer(many=True, required=False)


class TransportNodeSerializer(RecordSerializer):
    """A port, airport, gate or terminal."""

    class Meta:
        model = TransportNode
        exclude = _INTERNAL_OF_NAMED


class ExpresswaySerializer(RecordSerializer):
    """A section of an expressway."""

    class Meta:
        model = Expressway
        exclude = _INTERNAL_OF_NAMED


class TalentInstitutionSerializer(RecordSerializer):
    """A university, college or training centre."""

    class Meta:
        model = TalentInstitution
        exclude = _INTERNAL_OF_NAMED


class AgreementSerializer(RecordSerializer):
    """A tie between a Japanese locality and a province."""

    class Meta:
        model = CooperationAgreement
        exclude = _INTERNAL


class CommitmentSerializer(RecordSerializer):
    """A pledge to investors."""

    class Meta:
        model = Commitment
        exclude = _INTERNAL


class CostBenchmarkSerializer(RecordSerializer):
    """What labour, land, power or water costs."""

    class Meta:
        model = CostBenchmark
        exclude = _INTERNAL


class SupportOrganisationSerializer(RecordSerializer):
    """An organisation that helps."""

    class Meta:
        model = SupportOrganisation
        exclude = _INTERNAL_OF_NAMED


class SupportProgrammeSerializer(RecordSerializer):
    """A scheme that pays, lends, trains or advises."""

    class Meta:
        model = SupportProgramme
        exclude = _INTERNAL_OF_NAMED


class DiscrepancySerializer(RecordSerializer):
    """A value that another source gives; decided where a reason says why ours stands."""

    decided = serializers.BooleanField(read_only=True)

    class Meta:
        model = Discrepancy
        exclude = _INTERNAL


class SourceSerializer(ShownSerializer):
    """A publication."""

    class Meta:
        model = Source
        exclude = _INTERNAL
