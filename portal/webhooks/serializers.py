"""Webhooks as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.api.serializers import (
    BoundedListField,
    JSONBooleanField,
    JSONChoiceField,
    JSONTextField,
    StrictKeys,
    shown_by,
)
from portal.webhooks.endpoints import LONGEST_URL
from portal.webhooks.models import TEST, Attempt, Delivery, Endpoint, Event

EVENTS = [str(event) for event in Event]
_URL = "https://crm.example.jp/hooks/tsunagari"


class WebhookSerializer(serializers.ModelSerializer[Endpoint]):
    """An endpoint. `disabled_at`: when the portal gave up on it."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS))
    active = serializers.BooleanField(source="is_active")

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = (
            "id",
            "url",
            "events",
            "active",
            "delivered_at",
            "disabled_at",
            "created_at",
        )


@shown_by(
    A_webhook={
        "id": "0d9a1f2e-7c1b-4b52-9f0e-3f1b0a6c1d7e",
        "url": _URL,
        "events": ["catalogue.changed"],
        "active": True,
        "delivered_at": None,
        "disabled_at": None,
        "created_at": "2026-11-20T10:15:00+09:00",
        "secret": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=",
    }
)
class WebhookWithSecretSerializer(WebhookSerializer):
    """An endpoint with a secret that was made just now; nobody can read it again."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")

    def get_secret(self, endpoint: Endpoint) -> str:
        """The secret, as the view made it."""
        return str(self.context["secret"])


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One try: the status and the beginning of the answer, or what went wrong."""

    class Meta:
        model = Attempt
        fields = ("at", "status", "ms", "answer", "error")


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One event on its way."""

    message = serializers.CharField(
        read_only=True, help_text="The `webhook-id` that every try carries."
    )
    event = serializers.ChoiceField(choices=[*EVENTS, TEST])
    data = serializers.DictField(source="told")  # type: ignore[assignment]  # a field's own name
    state = serializers.ChoiceField(choices=[str(state) for state in Delivery.State])
    next_try_at = serializers.DateTimeField(source="due_at", allow_null=True)
    attempts = AttemptSerializer(many=True)

    class Meta:
        model = Delivery
        fields = (
            "id",
            "message",
            "event",
            "data",
            "state",
            "created_at",
            "next_try_at",
            "attempts",
        )


class _EventsField(BoundedListField):
    """Some of the events."""

    def __init__(self, **kwargs: Any) -> None:
        child = JSONChoiceField(choices=EVENTS)
        super().__init__(child=child, max_length=len(EVENTS), allow_empty=False, **kwargs)


@extend_schema_field(
    {
        "type": "string",
        "format": "iri",
        "pattern": "^https://",
        "maxLength": LONGEST_URL,
        "description": "On the open internet, without a password in it.",
    }
)
class _UrlField(JSONTextField):
    """Where messages go."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_URL, **kwargs)


@shown_by(A_new_webhook={"url": _URL, "events": ["catalogue.changed"]})
class NewWebhookBody(StrictKeys):
    """An endpoint to make."""

    url = _UrlField()
    events = _EventsField()


@shown_by(On_again={"active": True}, Other_events={"events": EVENTS})
class WebhookBody(StrictKeys):
    """What of an endpoint shall change."""

    url = _UrlField(required=False)
    events = _EventsField(required=False)
    active = JSONBooleanField(required=False)
