"""The endpoint that gives out access tokens (RFC 6749, section 4.4).

What the grant itself refuses is answered as OAuth says it ({"error", "error_description"}), for
the libraries that ask here; all else (limits, methods, content types) by problem documents.
"""

import json
from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiExample, extend_schema
from oauth2_provider.oauth2_backends import get_oauthlib_core
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.serializers import shown_by
from portal.api.views import ApiView

# In English, since they may hold ASCII alone (RFC 6749, section 5.2).
DESCRIPTIONS = {
    "invalid_client": "The client's id or secret is wrong, or the client was revoked.",
    "invalid_scope": "A scope is unknown, or is none of the client's.",
    "unsupported_grant_type": "The grant_type is client_credentials.",
}
FORM = "application/x-www-form-urlencoded"


class TokenRequestSerializer(serializers.Serializer[Any]):
    """What a client asks with; its name and secret better stand in the header `Basic`."""

    grant_type = serializers.ChoiceField(choices=["client_credentials"])
    scope = serializers.CharField(
        required=False, help_text="Scopes, parted by spaces; without it all of the client's."
    )
    client_id = serializers.CharField(required=False)
    client_secret = serializers.CharField(required=False)


@shown_by(
    A_token={
        "access_token": "zW7pelLDlOTvWLgKdBtBfMkrkKWw7g",
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": "match match:batch",
    }
)
class TokenSerializer(serializers.Serializer[Any]):
    """An access token."""

    access_token = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    token_type = serializers.ChoiceField(choices=["Bearer"])
    scope = serializers.CharField(help_text="Scopes, parted by spaces.")


class TokenErrorSerializer(serializers.Serializer[Any]):
    """Why there is none."""

    error = serializers.CharField()
    error_description = serializers.CharField(required=False)


class TokenView(ApiView):
    """Access tokens for API clients."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FormParser,)
    throttle_scope = "token"

    @extend_schema(
        operation_id="oauth_token",
        request={FORM: TokenRequestSerializer},
        examples=[
            OpenApiExample(
                "With name and secret in the header",
                {"grant_type": "client_credentials"},
                request_only=True,
                media_type=FORM,
            )
        ],
        responses={200: TokenSerializer, 400: TokenErrorSerializer, 401: TokenErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Gives an API client an access token, by its name and secret."""
        if request.content_type.partition(";")[0].strip().lower() != FORM:
            raise UnsupportedMediaType(request.content_type)
        form = request._request.POST
        pairs = [(key, value) for key, values in form.lists() for value in values]
        headers = {"Authorization": request.headers.get("Authorization", "")}
        told, body, status = get_oauthlib_core().server.create_token_response(
            request.path, "POST", urlencode(pairs), headers
        )
        told = {**told, "Cache-Control": "no-store"}
        told.pop("Content-Type", None)
        if status == 401:
            told["WWW-Authenticate"] = 'Basic realm="api", charset="UTF-8"'
        answer = json.loads(body)
        if description := DESCRIPTIONS.get(answer.get("error", "")):
            answer.setdefault("error_description", description)
        return Response(answer, status=status, headers=told)
