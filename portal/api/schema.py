"""What the OpenAPI schema says of every operation alike."""

import re
from typing import Any, ClassVar

from django.conf import settings
from django.utils import translation
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter
from rest_framework.serializers import URLField

from portal.accounts.models import Scope
from portal.api.clients import PeopleOnly, Scoped
from portal.api.language import PARAMETER, languages
from portal.api.parameters import KnownParameters
from portal.api.serializers import StrictKeys

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "#/key/0 in the body, ?name for a query parameter.",
                    },
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                    "base": {"description": "What a clashing value was taken to be."},
                    "current": {"description": "What it is."},
                    "proposed": {"description": "What it would be."},
                },
            },
        },
    },
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Chosen by the sender for one request. Sent again with the same body within 24 "
    "hours, it gets the same answer, and nothing happens twice.",
)

IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[!#-~]*"$'},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the state that was seen.",
)

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag of the answer that the reader has: where nothing has changed, 304.",
)

# In English whoever asks: the schema is one document.
SCOPES: dict[str, str] = {
    Scope.MATCH: "Single matches at the client's own rate.",
    Scope.BATCH: "Matches of many profiles at once.",
    Scope.CHANGESET: "Draft and propose changesets for the client's organisation.",
    Scope.WEBHOOK: "Be told of changes by webhook.",
}


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Access tokens by client credentials, with the scope that an operation needs."""

    target_class = "portal.api.clients.ClientAuthentication"
    name = "apiClient"

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        """The scopes; an empty requirement beside them where nobody needs a token.

        None where a token is of no use.
        """
        permissions = auto_schema.view.get_permissions()
        if any(isinstance(each, PeopleOnly) for each in permissions):
            return None
        asked = [each for each in permissions if isinstance(each, Scoped)]
        named = {self.name: [each.scope for each in asked]}
        return [named, {}] if any(each.open_to_all for each in asked) else named

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Where tokens are got, and for what."""
        flow = {
            "tokenUrl": "/api/v1/oauth/token/",
            "scopes": {str(k): v for k, v in SCOPES.items()},
        }
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class EnglishGenerator(SchemaGenerator):
    """Makes the schema, which is one document whoever asks for it."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """The document, with the words of models and filters in English."""
        with translation.override("en"):
            return super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]


class Operation(AutoSchema):
    """An operation of the schema, with what every address of ours takes."""

    def get_summary(self) -> str | None:
        """What it is about, and the first sentence of its description."""
        if own := super().get_summary():
            return str(own)
        prefix = str(settings.SPECTACULAR_SETTINGS["SCHEMA_PATH_PREFIX"])
        subject = self.path.removeprefix(prefix)
        sentence = re.split(r"\.(?:\s|$)", self.get_description())[0]
        words = subject.split("/")[0].replace("-", " ").capitalize()
        return f"{words}: {sentence[:1].lower()}{sentence[1:]}"

    def get_override_parameters(self) -> list[Any]:
        """The language, which every address takes, and the key of what may come twice."""
        own = super().get_override_parameters()
        name = getattr(self.view, "action", None) or self.method.lower()
        if getattr(getattr(self.view, name, None), "idempotent", False):
            own = [*own, IDEMPOTENCY_KEY]
        if isinstance(self.view, KnownParameters):  # a message to a webhook has no view
            own = [*own, *self.view.described_parameters()]
        if self.method == "GET" and getattr(self.view, "conditional", False):
            own = [*own, IF_NONE_MATCH]
        return [*own, OpenApiParameter(PARAMETER, str, enum=languages())]

    def _map_serializer_field(
        self, field: Any, direction: Direction, bypass_extensions: bool = False
    ) -> Any:
        """A field; a list that may not be empty says so. Addresses may hold any letters."""
        schema = super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, bypass_extensions
        )
        if not getattr(field, "allow_empty", True):
            schema["minItems"] = 1
        if isinstance(field, URLField):
            schema["format"] = "iri"
        return schema

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> dict[str, Any]:
        """An object; of a body that is read strictly, without any other key."""
        schema: dict[str, Any] = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, StrictKeys) and direction == "request":
            schema["additionalProperties"] = False
        return schema


class FilterBounds(DjangoFilterExtension):
    """Filters with the bounds of what they take."""

    priority = 1

    _WORDS: ClassVar[dict[str, str]] = {
        "max_length": "maxLength",
        "min_value": "minimum",
        "max_value": "maximum",
    }

    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, field_name: str, filter_field: Any
    ) -> list[dict[str, Any]]:
        """The parameters of one filter."""
        parameters: list[dict[str, Any]] = super().resolve_filter_field(  # type: ignore[no-untyped-call]
            auto_schema, model, filterset_class, field_name, filter_field
        )
        given = filter_field.extra
        bounds = {word: given[name] for name, word in self._WORDS.items() if name in given}
        return [{**each, "schema": {**each["schema"], **bounds}} for each in parameters]


# The largest numbers that columns hold: a database's matter, which differ from one to another.
LARGEST_OF_COLUMNS = (2**15 - 1, 2**31 - 1, 2**63 - 1)


def forget_columns(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Takes out what only the database decides, so that the schema is the same on each."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        for member in schema.get("properties", {}).values():
            if member.get("maximum") in LARGEST_OF_COLUMNS:
                del member["maximum"]
                member.pop("format", None)
    return result


def describe_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Adds the problem document as every operation's answer to what went wrong."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, told in operation["responses"].items():
                if status.startswith("4"):
                    told["content"] = {**told.get("content", {}), **content}
            answer = {"description": "What is wrong.", "content": content}
            operation["responses"].setdefault("default", answer)
    return result


def tidy(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Takes out of schemas what is no part of the contract, or says what is not so."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                _tidy(parameter["schema"])
                _drop_null(parameter["schema"])
            body = operation.get("requestBody", {})
            if any(
                "binary" in each["schema"].values() for each in body.get("content", {}).values()
            ):
                body["required"] = True  # a file
    for schema in result["components"]["schemas"].values():
        _tidy(schema)
    return result


def _tidy(schema: dict[str, Any]) -> None:
    schema.pop("title", None)  # the label on pages, of which generated clients would make names
    schema.pop("x-spec-enum-id", None)
    if {} in schema.get("oneOf", ()):  # any value, null too: it would fit two of them
        del schema["oneOf"]
    for member in schema.get("properties", {}).values():
        _tidy(member)
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            _tidy(schema[inner])
    for choice in schema.get("oneOf", ()):
        _tidy(choice)


def _drop_null(schema: dict[str, Any]) -> None:
    """In an address there is no null, whatever the column behind a filter may hold."""
    if isinstance(kinds := schema.get("type"), list):
        left = [kind for kind in kinds if kind != "null"]
        schema["type"] = left[0] if len(left) == 1 else left
