"""What the OpenAPI schema says of every operation alike."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from portal.api.language import PARAMETER, languages

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


class Operation(AutoSchema):
    """An operation of the schema, with what every address of ours takes."""

    def get_override_parameters(self) -> list[Any]:
        """The language, which every address takes."""
        own = super().get_override_parameters()
        return [*own, OpenApiParameter(PARAMETER, str, enum=languages())]


def describe_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Adds the problem document as every operation's answer to what went wrong."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            answer = {"description": "What is wrong.", "content": content}
            operation["responses"].setdefault("default", answer)
    return result
