"""Profiles that a person keeps as the API shows them, and the bodies that make and change them."""

from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from matching.api.serializers import WeightsShape
from matching.forms import body
from matching.models import Match, StoredProfile
from matching.profiles import LONGEST_TITLE
from matching.questions import QuestionSerializer
from portal.api.serializers import JSONBooleanField, JSONTextField, StrictKeys, shown_by


@shown_by(
    A_profile={
        "id": "6317c34b-6ec9-4c5e-9521-5c3d18cf6e54",
        "url": "https://portal.example/api/v1/profiles/6317c34b-6ec9-4c5e-9521-5c3d18cf6e54/",
        "title": "Our second factory",
        "findable": True,
        "question": {"profile": {"sector": "fabricated-metal", "employees": 80}},
        "created_at": "2026-11-20T10:15:00+09:00",
        "updated_at": "2026-11-20T10:15:00+09:00",
    }
)
class StoredProfileSerializer(serializers.ModelSerializer[StoredProfile]):
    """A profile that its owner keeps."""

    url = serializers.HyperlinkedIdentityField(
        view_name="api-profile-detail", lookup_url_kwarg="key"
    )
    question = serializers.SerializerMethodField()

    class Meta:
        model = StoredProfile
        fields = ("id", "url", "title", "findable", "question", "created_at", "updated_at")

    @extend_schema_field(QuestionSerializer)
    def get_question(self, profile: StoredProfile) -> Any:
        """What it asks, as POST /api/v1/matches/ takes it."""
        return body(QueryDict(profile.query))


@shown_by(
    A_profile={
        "title": "Our second factory",
        "findable": True,
        "question": {
            "profile": {"sector": "fabricated-metal", "employees": 80, "stage": "prepare"},
            "must_haves": ["rental_factory"],
        },
    }
)
class NewProfileBody(StrictKeys):
    """A profile to keep; the question is that of POST /api/v1/matches/."""

    title = JSONTextField(max_length=LONGEST_TITLE)
    findable = JSONBooleanField(
        required=False, help_text="Whether officers may find the company by it."
    )
    question = QuestionSerializer()


@shown_by(Another_title={"title": "Our third factory", "findable": False})
class ProfileBody(StrictKeys):
    """What may change of a profile; another question is another profile."""

    title = JSONTextField(max_length=LONGEST_TITLE, required=False)
    findable = JSONBooleanField(required=False)


class StandingShape(serializers.Serializer[Any]):
    """Where a place stood; no rank where it was excluded or had too little data."""

    slug = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True)
    fit = serializers.FloatField()


class StoredMatchSerializer(serializers.ModelSerializer[Match]):
    """A stored match without its ranking."""

    url = serializers.SerializerMethodField()
    question = serializers.SerializerMethodField()
    weights = WeightsShape()

    class Meta:
        model = Match
        fields: tuple[str, ...] = (
            "id",
            "url",
            "question",
            "weights",
            "engine_version",
            "catalogue_version",
            "created_at",
        )

    def get_url(self, match: Match) -> str:
        """Its own address."""
        keys = {"key": match.profile_id, "match": match.pk}
        return reverse("api-profile-match", kwargs=keys, request=self.context["request"])

    @extend_schema_field(QuestionSerializer)
    def get_question(self, match: Match) -> Any:
        """What was asked."""
        return match.question


class WholeMatchSerializer(StoredMatchSerializer):
    """A stored match with where every place of the level stood."""

    ranking = serializers.SerializerMethodField()

    class Meta(StoredMatchSerializer.Meta):
        fields = (*StoredMatchSerializer.Meta.fields, "ranking")

    @extend_schema_field(StandingShape(many=True))
    def get_ranking(self, match: Match) -> Any:
        """The ranked places in their order, then the others."""
        return [{"slug": slug, "rank": rank, "fit": fit} for slug, rank, fit in match.ranking]
