"""The JSON that the API writes."""

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer

_AS_THE_FRAMEWORK = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class FastJSONRenderer(JSONRenderer):
    """As the framework's, by orjson; what that cannot write is left to the framework."""

    def render(
        self, data: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes; raises ValueError where a number is none."""
        plain = self.get_indent(media_type or "", context or {}) is None
        if plain and data is not None and _is_finite(data):
            with suppress(orjson.JSONEncodeError):
                return orjson.dumps(data, self.encoder_class().default, _AS_THE_FRAMEWORK)
        return bytes(super().render(data, media_type, context))


def _is_finite(value: Any) -> bool:
    """Whether each number is one; orjson writes null for the others."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return True
    for each in value:
        if each is not None and type(each) is not str and not _is_finite(each):
            return False
    return True
