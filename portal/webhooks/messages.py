"""What a webhook is sent, as the schema describes it: one message for each event."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiWebhook, extend_schema, inline_serializer
from rest_framework import serializers

from portal.webhooks.models import TEST, Event

_ID = "0f1e7a52-6c1f-4b7c-9f0e-3a5d1c2b4e6f"
_HEADERS = {
    "webhook-id": "The same with every try: what was taken already need not be taken again.",
    "webhook-timestamp": "When this try was signed, in seconds since 1970.",
    "webhook-signature": "One for each secret that is valid, parted by spaces: v1,<base64>.",
}


class CatalogueChangedSerializer(serializers.Serializer[Any]):
    """The catalogue has a new version."""

    version = serializers.IntegerField()
    records_count = serializers.IntegerField(help_text="How many records it touches.")
    changes = serializers.URLField(help_text="Where the changes are.")


class ChangesetDecidedSerializer(serializers.Serializer[Any]):
    """A changeset of the organisation was decided on."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["applied", "returned", "rejected"])
    version = serializers.IntegerField(
        allow_null=True, help_text="The version that it made, where it was applied."
    )
    changeset = serializers.URLField(help_text="Where the changeset is.")


class MatchJobFinishedSerializer(serializers.Serializer[Any]):
    """A match job of the organisation is finished."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["done", "failed"])
    match_job = serializers.URLField(help_text="Where the match job is.")


class TestSerializer(serializers.Serializer[Any]):
    """A test that somebody asked for."""

    text = serializers.CharField()


_SITE = "https://portal.example/api/v1"
_DATA: dict[str, tuple[type[serializers.Serializer[Any]], dict[str, Any]]] = {
    Event.CATALOGUE_CHANGED: (
        CatalogueChangedSerializer,
        {"version": 7, "records_count": 2, "changes": f"{_SITE}/changes/?since=6"},
    ),
    Event.CHANGESET_DECIDED: (
        ChangesetDecidedSerializer,
        {
            "number": 12,
            "state": "applied",
            "version": 7,
            "changeset": f"{_SITE}/changesets/12/",
        },
    ),
    Event.MATCH_JOB_FINISHED: (
        MatchJobFinishedSerializer,
        {"id": _ID, "state": "done", "match_job": f"{_SITE}/match-jobs/{_ID}/"},
    ),
    TEST: (TestSerializer, {"text": "This is a test."}),
}


def _webhook(event: str) -> OpenApiWebhook:
    data, example = _DATA[event]
    message = inline_serializer(
        name=f"{data.__name__.removesuffix('Serializer')}Message",
        fields={
            "type": serializers.ChoiceField(choices=[str(event)]),
            "timestamp": serializers.DateTimeField(help_text="When it happened."),
            "data": data(),
        },
    )
    told = {"type": str(event), "timestamp": "2026-11-20T10:15:00+09:00", "data": example}
    decorator = extend_schema(
        operation_id=f"told_{event.replace('.', '_')}",
        summary=(data.__doc__ or "").strip(),
        description="A message by Standard Webhooks; any 2xx within ten seconds takes it.",
        request=message,
        responses={"2XX": None},
        examples=[OpenApiExample("A message", value=told)],
    )
    return OpenApiWebhook(name=str(event), decorator=decorator)


WEBHOOKS = [_webhook(event) for event in _DATA]


def complete(result: dict[str, Any], *, generator: Any, **kwargs: Any) -> dict[str, Any]:
    """Adds to the webhooks of the schema their headers, and to the schema what they refer to.

    drf-spectacular has built the components before it looks at webhooks.
    """
    parameters = [
        {
            "in": "header",
            "name": name,
            "required": True,
            "schema": {"type": "string"},
            "description": description,
        }
        for name, description in _HEADERS.items()
    ]
    for operations in result["webhooks"].values():
        operations["post"]["parameters"] = parameters
    known = result["components"]["schemas"]
    for name, schema in generator.registry.build({})["schemas"].items():
        known.setdefault(name, schema)
    return result
