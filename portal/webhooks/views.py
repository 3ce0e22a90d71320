"""Webhooks over REST, for API clients with the scope `webhook`: those of their organisation."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelError
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from portal.api.clients import scoped
from portal.api.idempotency import Seal, idempotent, idempotent_sealed
from portal.api.paging import KeysetPagination
from portal.api.parsers import check_no_body
from portal.api.problems import FaultyState
from portal.api.schema import IF_MATCH
from portal.api.versions import check_match
from portal.api.views import UUID_PATTERN, ClientView
from portal.webhooks import endpoints, serializers, signing
from portal.webhooks.models import Delivery, Endpoint


def _with_salt(told: dict[str, Any]) -> dict[str, Any]:
    salt = Endpoint.objects.values_list("salt", flat=True).get(pk=told["id"])
    return {**told, "secret": salt}


def _with_secret(kept: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "secret": signing.secret(kept["secret"])}


# Of a secret that is shown once the salt is kept, of which the database alone makes nothing.
_SEAL = Seal(close=_with_salt, open=_with_secret)


class WebhookView(ClientView):
    """A view for API clients that may manage their organisation's webhooks."""

    permission_classes = (scoped("webhook"),)

    def get_throttles(self) -> list[Any]:
        """What calls the address at once has a limit of its own."""
        self.throttle_scope = (
            "call" if getattr(self, "action", "") in ("test", "resend") else "read"
        )
        return super().get_throttles()


class WebhookViewSet(WebhookView, GenericViewSet[Endpoint]):
    """Where the organisation's systems are told of what happens."""

    pagination_class = KeysetPagination
    filter_backends = ()
    queryset = Endpoint.objects.none()
    serializer_class = serializers.WebhookSerializer
    lookup_url_kwarg = "webhook"
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Endpoint]:
        """Those of the client's organisation."""
        if getattr(self, "swagger_fake_view", False):
            return Endpoint.objects.none()
        return endpoints.of(self.organisation)

    @extend_schema(operation_id="webhooks_list")
    def list(self, request: Request) -> Response:
        """A page of webhooks."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(serializers.WebhookSerializer(page, many=True).data)

    @extend_schema(
        operation_id="webhooks_create",
        request=serializers.NewWebhookBody,
        responses={201: serializers.WebhookWithSecretSerializer},
    )
    @idempotent_sealed(_SEAL)
    def create(self, request: Request) -> Response:
        """A new webhook with its secret, which is shown this once."""
        wanted = _read(serializers.NewWebhookBody, request)
        organisation = self.organisation
        endpoint, secret = _judged(
            lambda: endpoints.make(organisation, wanted["url"], wanted["events"])
        )
        where = reverse("api-webhook-detail", kwargs={"webhook": endpoint.pk}, request=request)
        return self._with_secret(endpoint, secret, status=201, location=where)

    @extend_schema(operation_id="webhooks_read", responses=serializers.WebhookSerializer)
    def retrieve(self, request: Request, webhook: str) -> Response:
        """One webhook."""
        return self._told(self.get_object())

    @extend_schema(
        operation_id="webhooks_change",
        parameters=[IF_MATCH],
        request=serializers.WebhookBody,
        responses=serializers.WebhookSerializer,
    )
    def partial_update(self, request: Request, webhook: str) -> Response:
        """Changes a webhook; `active: true` switches one on that the portal disabled."""
        wanted = _read(serializers.WebhookBody, request)
        with transaction.atomic():
            seen = self.get_object()
            locked = Endpoint.objects.select_for_update().get(pk=seen.pk)
            check_match(request, _etag(locked))
            changed = _judged(lambda: endpoints.change(locked, **wanted))
        return self._told(changed)

    @extend_schema(operation_id="webhooks_remove", responses={204: None})
    def destroy(self, request: Request, webhook: str) -> Response:
        """Removes a webhook with its log."""
        endpoints.remove(self.get_object())
        return Response(status=204)

    @extend_schema(
        operation_id="webhooks_rotate",
        request=None,
        responses=serializers.WebhookWithSecretSerializer,
    )
    @action(detail=True, methods=["post"])
    @idempotent_sealed(_SEAL)
    def rotate(self, request: Request, webhook: str) -> Response:
        """A new secret; for 24 hours messages carry the signatures of both."""
        check_no_body(request)
        endpoint = self.get_object()
        secret = _possible(lambda: endpoints.rotate(endpoint))
        return self._with_secret(endpoint, secret)

    @extend_schema(
        operation_id="webhooks_test", request=None, responses={202: serializers.DeliverySerializer}
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def test(self, request: Request, webhook: str) -> Response:
        """Sends a test event."""
        check_no_body(request)
        endpoint = self.get_object()
        delivery = _possible(lambda: endpoints.send_test(endpoint))
        return Response(serializers.DeliverySerializer(delivery).data, status=202)

    def _told(self, endpoint: Endpoint) -> Response:
        shown = serializers.WebhookSerializer(endpoint).data
        return Response(shown, headers={"ETag": _etag(endpoint)})

    def _with_secret(
        self, endpoint: Endpoint, secret: str, *, status: int = 200, location: str = ""
    ) -> Response:
        shown = serializers.WebhookWithSecretSerializer(endpoint, context={"secret": secret})
        headers = {"ETag": _etag(endpoint)} | ({"Location": location} if location else {})
        return Response(shown.data, status=status, headers=headers)


class DeliveryViewSet(WebhookView, GenericViewSet[Delivery]):
    """What was sent to a webhook in the last 30 days, or waits for it, the newest first."""

    pagination_class = KeysetPagination
    filter_backends = ()
    queryset = Delivery.objects.none()
    serializer_class = serializers.DeliverySerializer
    lookup_url_kwarg = "delivery"
    lookup_value_regex = UUID_PATTERN
    ordering_fields: ClassVar[dict[str, str]] = {"created_at": "created_at"}
    default_ordering: ClassVar[str] = "-created_at"

    def get_queryset(self) -> QuerySet[Delivery]:
        """Those of the webhook, where it is of the client's organisation."""
        if getattr(self, "swagger_fake_view", False):
            return Delivery.objects.none()
        endpoint = get_object_or_404(endpoints.of(self.organisation), pk=self.kwargs["webhook"])
        return endpoint.deliveries.select_related("endpoint").prefetch_related("attempts")

    @extend_schema(operation_id="webhook_deliveries_list")
    def list(self, request: Request, webhook: str) -> Response:
        """A page of deliveries with their tries."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(serializers.DeliverySerializer(page, many=True).data)

    @extend_schema(
        operation_id="webhook_deliveries_resend",
        request=None,
        responses={202: serializers.DeliverySerializer},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def resend(self, request: Request, webhook: str, delivery: str) -> Response:
        """Sends an event again, under its own id."""
        check_no_body(request)
        found = self.get_object()
        _possible(lambda: endpoints.send_again(found))
        return Response(serializers.DeliverySerializer(self.get_object()).data, status=202)


def _etag(endpoint: Endpoint) -> str:
    """What a change would replace; when something was delivered last is no part of it."""
    state = [endpoint.url, endpoint.events, endpoint.is_active, endpoint.disabled_at]
    return f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'


def _read(serializer: type[Any], request: Request) -> dict[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _judged(step: Callable[[], Any]) -> Any:
    """What `step` returns; a wrong address is told beside its field, too many as a conflict."""
    try:
        return step()
    except ModelError as error:
        if error.code == "url":
            raise ValidationError({"url": [ErrorDetail(str(error.message), "invalid")]}) from error
        raise FaultyState(detail=str(error.message)) from error


def _possible(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except ModelError as error:
        raise FaultyState(detail=str(error.message)) from error
