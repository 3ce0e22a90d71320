"""Changesets as the API shows them, and the bodies that make, change and decide on them."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, extend_schema_field
from rest_framework import serializers

from localities.curation.editing import LONGEST_NOTE
from localities.curation.propose import LONGEST_COMMENT
from localities.models import Changeset, Edit, Step
from localities.models.records import KEY_LENGTH
from localities.rules import EDITED, standing, told_to
from portal.api.clients import client_of
from portal.api.serializers import (
    BoundedListField,
    JSONChoiceField,
    JSONTextField,
    StrictKeys,
    shown_by,
)

MOST_EDITS = 1000  # in one body; more come as an import
_PERSON = "Null for API clients, which are told no person's name."


class EditSerializer(serializers.ModelSerializer[Edit]):
    """One change of one record."""

    kind = serializers.CharField(source="record_kind")
    key = serializers.CharField(source="record")
    source = serializers.CharField(  # type: ignore[assignment]  # a field's own name
        source="source_id", allow_null=True
    )
    note = serializers.CharField(source="source_note")
    province = serializers.CharField(source="province_id", allow_null=True)
    other_province = serializers.CharField(
        source="other_province_id",
        allow_null=True,
        help_text="Of an edit that moves its record: the other province that it is about.",
    )
    park = serializers.CharField(source="park_id", allow_null=True)

    class Meta:
        model = Edit
        fields = (
            "action",
            "kind",
            "key",
            "field",
            "old",
            "new",
            "source",
            "note",
            "as_of",
            "province",
            "other_province",
            "park",
        )


class PersonField(serializers.CharField):
    """A person's name, for people; an API client is told the organisation, and no person."""

    def get_attribute(self, instance: Any) -> Any:
        """The person, or None where a client asks."""
        return None if client_of(self.context["request"]) else super().get_attribute(instance)


class StepSerializer(serializers.ModelSerializer[Step]):
    """What somebody did with a changeset, or said of it."""

    step = serializers.ChoiceField(source="kind", choices=[str(kind) for kind in Step.Kind])
    actor = PersonField(allow_null=True, help_text=_PERSON)
    client = serializers.CharField(allow_null=True, help_text="The API client that took it.")
    organisation = serializers.CharField(source="organisation_id", allow_null=True)

    class Meta:
        model = Step
        fields = ("step", "at", "actor", "client", "organisation", "text", "revision")


class ChangesetSerializer(serializers.ModelSerializer[Changeset]):
    """A changeset without its edits."""

    number = serializers.IntegerField(source="pk")
    url = serializers.HyperlinkedIdentityField(
        view_name="api-changeset-detail", lookup_url_kwarg="number"
    )
    state = serializers.ChoiceField(choices=[str(state) for state in Changeset.State])
    author = PersonField(allow_null=True, help_text=_PERSON)
    client = serializers.CharField(allow_null=True, help_text="The API client that wrote it.")
    organisation = serializers.CharField(source="organisation_id", allow_null=True)
    reviewer = PersonField(allow_null=True, help_text=_PERSON)
    reviewing_organisation = serializers.CharField(
        source="reviewing_organisation_id", allow_null=True
    )
    reverts = serializers.IntegerField(source="reverts_id", allow_null=True)
    edits_count = serializers.IntegerField()

    class Meta:
        model = Changeset
        fields: tuple[str, ...] = (
            "number",
            "url",
            "state",
            "revision",
            "version",
            "title",
            "comment",
            "author",
            "client",
            "organisation",
            "reviewer",
            "reviewing_organisation",
            "review_comment",
            "reverts",
            "created_at",
            "proposed_at",
            "decided_at",
            "edits_count",
        )


class ChangesetDetailSerializer(ChangesetSerializer):
    """A changeset with its first edits and its history."""

    edits = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta(ChangesetSerializer.Meta):
        fields = (*ChangesetSerializer.Meta.fields, "edits", "steps")

    @extend_schema_field(EditSerializer(many=True))
    def get_edits(self, changeset: Changeset) -> Any:
        """The edits in their order; all of a longer changeset are at `edits/`."""
        edits = changeset.edits.order_by("position")[:MOST_EDITS]
        return EditSerializer(edits, many=True).data

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, changeset: Changeset) -> Any:
        """What happened so far, the first step first; to others since it first waited."""
        request = self.context["request"]
        who = standing(client_of(request) or request.user)
        steps = changeset.steps.filter(told_to(who)).select_related("actor", "client")
        return StepSerializer(steps, many=True, context=self.context).data


class SourceBody(StrictKeys):
    """A source that the catalogue does not know yet; one that it knows is found again."""

    title = JSONTextField()
    publisher = JSONTextField(required=False, allow_null=True)
    url = JSONTextField(required=False, allow_null=True)
    published = JSONTextField(required=False, allow_null=True)


class SourceField(serializers.Field[Any, Any, Any, Any]):
    """The key of a source, or an object that describes a new one."""

    def to_internal_value(self, data: Any) -> Any:
        """A key, or the values of a source; raises ValidationError."""
        if isinstance(data, dict):
            body = SourceBody(data=data)
            body.is_valid(raise_exception=True)
            return dict(body.validated_data)
        return JSONTextField(max_length=KEY_LENGTH).run_validation(data)


class SourceFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """What the schema says of a SourceField."""

    target_class = SourceField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """A key, or a new source."""
        new = auto_schema.resolve_serializer(SourceBody, direction).ref
        description = "The key of a source, or what is known of a new one."
        return {
            "description": description,
            "oneOf": [{"type": "string", "minLength": 1, "maxLength": KEY_LENGTH}, new],
        }


class _AsTold(JSONTextField):
    """What an edit tells, and what is found anew from its record, whatever is sent."""

    def __init__(self) -> None:
        text = "As an edit tells it; it follows from the record, whatever is sent."
        super().__init__(max_length=KEY_LENGTH, required=False, allow_null=True, help_text=text)


class EditBody(StrictKeys):
    """One wanted change. `old` is what the field said when it was read; left out, what it says."""

    action = JSONChoiceField(
        choices=[str(action) for action in Edit.Action], required=False, default="update"
    )
    kind = JSONChoiceField(choices=list(EDITED))
    key = JSONTextField(max_length=KEY_LENGTH)
    field = JSONTextField(max_length=60, required=False, allow_blank=True, default="")
    old = serializers.JSONField(required=False, allow_null=True)
    new = serializers.JSONField(required=False, allow_null=True, default=None)
    source = SourceField(  # type: ignore[assignment]
        required=False, allow_null=True, default=None
    )
    note = JSONTextField(
        max_length=LONGEST_NOTE,
        required=False,
        allow_blank=True,
        default="",
        help_text="The page or a note; of `deactivate` the reason: needed to propose it.",
    )
    as_of = JSONTextField(max_length=24, required=False, allow_null=True, default=None)
    province = _AsTold()
    other_province = _AsTold()
    park = _AsTold()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Without what follows from the record: an edit may come back as it was told."""
        told = ("province", "other_province", "park")
        return {name: value for name, value in attrs.items() if name not in told}


_EDIT = {
    "kind": "industrial-park",
    "key": "long-duc",
    "field": "tenants_count",
    "new": 71,
    "source": {
        "title": "Visit of October 2026",
        "publisher": "Osaka Prefecture",
        "published": "2026-10",
    },
    "note": "p. 3",
    "as_of": "2026-10-02",
}


@shown_by(A_visit={"title": "Visit of October 2026", "comment": "As seen", "edits": [_EDIT]})
class NewChangesetBody(StrictKeys):
    """A draft to begin."""

    title = JSONTextField(max_length=200)
    comment = JSONTextField(
        max_length=LONGEST_COMMENT, required=False, allow_blank=True, default=""
    )
    organisation = JSONTextField(
        max_length=80, required=False, help_text="Needed by editors of several organisations."
    )
    edits = BoundedListField(max_length=MOST_EDITS, child=EditBody(), required=False, default=list)


@shown_by(Another_number={"edits": [{**_EDIT, "new": 72}]})
class ChangesetBody(StrictKeys):
    """What of a draft shall change; `edits` take the place of all that it holds."""

    title = JSONTextField(max_length=200, required=False)
    comment = JSONTextField(max_length=LONGEST_COMMENT, required=False, allow_blank=True)
    edits = BoundedListField(max_length=MOST_EDITS, child=EditBody(), required=False)


@shown_by(A_word={"comment": "As seen on site"})
class CommentBody(StrictKeys):
    """A word on the step, where one likes."""

    comment = JSONTextField(
        max_length=LONGEST_COMMENT, required=False, allow_blank=True, default=""
    )


@shown_by(A_reason={"comment": "The source does not say so."})
class ReasonBody(StrictKeys):
    """Why; the other side acts on it."""

    comment = JSONTextField(max_length=LONGEST_COMMENT)


@shown_by(For_ones_own={"organisation": "osaka"})
class RevertBody(StrictKeys):
    """For whom the change is taken back."""

    organisation = JSONTextField(
        max_length=80, required=False, help_text="Needed by editors of several organisations."
    )
