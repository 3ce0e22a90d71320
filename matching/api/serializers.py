"""The shape of an answer, for the schema and its readers."""

import json
from pathlib import Path
from typing import Any

from rest_framework import serializers

from matching.engine.facts import DIMENSIONS, MACROS
from matching.questions import LEVELS
from portal.api.serializers import shown_by

_Shape = serializers.Serializer[Any]
_EXAMPLE = Path(__file__).parent / "example_answer.json"


class SourceShape(_Shape):
    """The source of a fact. `slug` is its name at `sources/`."""

    slug = serializers.CharField()
    key = serializers.CharField(help_text="The same as `slug`.")
    title = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    published = serializers.CharField(allow_null=True)


class PlaceShape(_Shape):
    """A province or an industrial park."""

    kind = serializers.ChoiceField(["province", "industrial-park"])
    slug = serializers.CharField()
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    name_vi = serializers.CharField(allow_null=True)
    macro = serializers.ChoiceField(MACROS)
    province = serializers.CharField(allow_null=True)
    url = serializers.CharField()


class CoverageShape(_Shape):
    """The share of weight whose facts are known."""

    province = serializers.FloatField(allow_null=True)
    site = serializers.FloatField(allow_null=True)


class DimensionShape(_Shape):
    """The fit on one dimension."""

    fit = serializers.FloatField()
    coverage = serializers.FloatField(allow_null=True)
    weight = serializers.FloatField()


class DimensionsShape(_Shape):
    """The six dimensions; null where nothing of one was asked."""

    sector = DimensionShape(allow_null=True)
    hard = DimensionShape(allow_null=True)
    soft = DimensionShape(allow_null=True)
    talent = DimensionShape(allow_null=True)
    market = DimensionShape(allow_null=True)
    cost = DimensionShape(allow_null=True)


class CriterionShape(_Shape):
    """One criterion; an unknown fact has no value and counts 0. A value may be known in part.

    band = fit - 100 x sum(weight x spread) to fit + 100 x sum(weight x (unknown + spread)).
    """

    code = serializers.CharField()
    dimension = serializers.ChoiceField(DIMENSIONS)
    level = serializers.ChoiceField(LEVELS)
    label = serializers.CharField()  # type: ignore[assignment]  # a key of the contract
    value = serializers.FloatField(allow_null=True)
    unknown = serializers.FloatField(help_text="The share that is unknown: 1 where value is null.")
    spread = serializers.FloatField(help_text="Half of what a ranged fact leaves open.")
    weight = serializers.FloatField()
    contribution = serializers.FloatField()
    fact = serializers.CharField(allow_null=True)
    as_of = serializers.CharField(allow_null=True)
    source = SourceShape(allow_null=True)  # type: ignore[assignment]  # a key of the contract


class ReasonShape(_Shape):
    """A reason or a caution in one sentence."""

    criterion = serializers.CharField()
    dimension = serializers.ChoiceField(DIMENSIONS)
    text = serializers.CharField()
    contribution = serializers.FloatField(allow_null=True)
    as_of = serializers.CharField(allow_null=True)
    source = SourceShape(allow_null=True)  # type: ignore[assignment]  # a key of the contract
    ends_at = serializers.CharField(
        allow_null=True,
        help_text="Of a caution: where it would end, as a clause ('within 80 km', 'if it ...'); "
        "null where nothing of the kind can be said.",
    )


class MustHaveShape(_Shape):
    """A must-have of a place."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a key of the contract
    status = serializers.ChoiceField(["met", "unknown", "failed"])
    fact = serializers.CharField(allow_null=True)
    question = serializers.CharField(allow_null=True)
    as_of = serializers.CharField(allow_null=True)
    source = SourceShape(allow_null=True)  # type: ignore[assignment]  # a key of the contract


class FailedShape(_Shape):
    """A must-have that a place is on record as failing."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a key of the contract
    fact = serializers.CharField(allow_null=True)
    as_of = serializers.CharField(allow_null=True)
    source = SourceShape(allow_null=True)  # type: ignore[assignment]  # a key of the contract


class BestParkShape(_Shape):
    """The park that a province is judged by."""

    slug = serializers.CharField()
    name = serializers.CharField()
    fit = serializers.FloatField()
    url = serializers.CharField()


class OtherParkShape(_Shape):
    """Another park of a province, and the fit it would have with all its blanks turned out well."""

    slug = serializers.CharField()
    name = serializers.CharField()
    fit = serializers.FloatField()
    url = serializers.CharField()


class ResultShape(_Shape):
    """One place of the ranking."""

    rank = serializers.IntegerField(allow_null=True)
    place = PlaceShape()
    fit = serializers.FloatField()
    band = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    coverage = CoverageShape()
    could_be_first = serializers.BooleanField(
        help_text="Whether it would be first, were all that is unknown of one of its parks good."
    )
    could_be_first_by = OtherParkShape(
        allow_null=True,
        help_text="The park by which it could be first, where best_park could not: the band is "
        "that of best_park.",
    )
    p_first = serializers.FloatField(allow_null=True)
    p_top3 = serializers.FloatField(allow_null=True)
    expected_rank = serializers.FloatField(allow_null=True)
    to_be_confirmed = serializers.BooleanField()
    too_little_data = serializers.BooleanField()
    dimensions = DimensionsShape()
    criteria = CriterionShape(many=True, required=False)
    reasons = ReasonShape(many=True)
    cautions = ReasonShape(many=True)
    must_haves = MustHaveShape(many=True)
    best_park = BestParkShape(allow_null=True)


class CountsShape(_Shape):
    """How many places stand where; together all of the level."""

    ranked = serializers.IntegerField()
    excluded = serializers.IntegerField()
    too_little_data = serializers.IntegerField()


class WeightsShape(_Shape):
    """The six weights used."""

    sector = serializers.FloatField()
    hard = serializers.FloatField()
    soft = serializers.FloatField()
    talent = serializers.FloatField()
    market = serializers.FloatField()
    cost = serializers.FloatField()


class ByRegionShape(_Shape):
    """The best three of each part of the country, by their slugs."""

    north = serializers.ListField(child=serializers.CharField())
    central = serializers.ListField(child=serializers.CharField())
    south = serializers.ListField(child=serializers.CharField())


class AskShape(_Shape):
    """A question whose answer could move the ranking."""

    place = PlaceShape()
    criterion = serializers.CharField()
    question = serializers.CharField()
    could_reach_rank = serializers.IntegerField()
    together = serializers.IntegerField(
        help_text="Must-haves of the place that would all have to be confirmed for that rank: "
        "this one and those still open beside it; 1: this answer alone."
    )


class ExcludedShape(_Shape):
    """A place that fails a must-have."""

    place = PlaceShape()
    failed = FailedShape(many=True)


class FirstShape(_Shape):
    """The place that would be first."""

    slug = serializers.CharField()
    name = serializers.CharField()


class ChangeShape(_Shape):
    """The smallest change of one weight that puts another place first."""

    dimension = serializers.ChoiceField(DIMENSIONS)
    to = serializers.FloatField()
    first = FirstShape()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields; one of them has a name that Python keeps for itself."""
        return {"from": serializers.FloatField(), **super().get_fields()}


class TradeOffShape(_Shape):
    """Cost against the rest of one ranked place; no cost where less than half of it is known."""

    slug = serializers.CharField()
    cost = serializers.FloatField(allow_null=True)
    cost_high = serializers.FloatField(
        allow_null=True, help_text="If what is unknown of the cost turns out well."
    )
    others = serializers.FloatField(help_text="The fit of the five other dimensions.")
    front = serializers.BooleanField(
        help_text="No other place is at least as good on both and better on one."
    )


class AcceptabilityShape(_Shape):
    """In which share of the draws a place takes rank 1, 2, ... 10."""

    slug = serializers.CharField()
    shares = serializers.ListField(child=serializers.FloatField(), max_length=10)


class CentralWeightsShape(_Shape):
    """The mean weights, adding up to 1, of the draws in which a place is first."""

    slug = serializers.CharField()
    p_first = serializers.FloatField()
    weights = WeightsShape()


@shown_by(The_first_of_each_list=json.loads(_EXAMPLE.read_text()))
class AnswerSerializer(_Shape):
    """A match."""

    catalogue_version = serializers.IntegerField()
    engine_version = serializers.CharField()
    level = serializers.ChoiceField(LEVELS)
    weights = WeightsShape()
    counts = CountsShape()
    mean_fit = serializers.FloatField()
    results = ResultShape(many=True)
    by_region = ByRegionShape()
    ask = AskShape(many=True)
    excluded = ExcludedShape(many=True)
    too_little_data = ResultShape(many=True)
    what_would_change = ChangeShape(many=True)
    trade_off = TradeOffShape(
        many=True,
        required=False,
        allow_null=True,
        help_text="With detail full; null where no cost is asked or cost alone has weight.",
    )
    rank_acceptability = AcceptabilityShape(
        many=True,
        required=False,
        allow_null=True,
        help_text="With detail full, of the first ten places; null without robustness.",
    )
    central_weights = CentralWeightsShape(
        many=True,
        required=False,
        allow_null=True,
        help_text="With detail full, the likeliest first; null without robustness.",
    )
