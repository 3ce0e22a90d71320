"""Serializers and fields that take what the contract says and nothing near it.

What they refuse with says what is allowed, in words of JSON and in the reader's language.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.formats import number_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from portal.api.problems import shortened

WHOLE = api_settings.NON_FIELD_ERRORS_KEY  # where errors of a whole object or list stand
Messages = dict[str, Any]  # texts by code, in the language of the moment
_NULL = _("Null is not allowed here.")
_NO_LIST = _("A list is needed.")


class KitField:
    """What every field of the kit says alike."""

    default_error_messages: ClassVar[Messages] = {
        "required": _("A value is needed."),
        "null": _NULL,
        "blank": _("An empty text is not allowed."),
    }


class StrictList(serializers.ListSerializer[Any]):
    """A list of objects."""

    default_error_messages: ClassVar[Messages] = {
        "required": _("A value is needed."),
        "null": _NULL,
        "not_a_list": _NO_LIST,
        "empty": _("At least one item is needed."),
        "max_length": _("Allowed are at most {max_length} items."),
        "min_length": _("Allowed are at least {min_length} items."),
    }


class StrictKeys(KitField, serializers.Serializer[Any]):
    """A serializer that refuses a key which it does not know, in place of silence."""

    class Meta:
        list_serializer_class = StrictList

    def run_validation(self, data: Any = empty) -> Any:
        """The validated members, or None where null is allowed."""
        if data is None and not self.allow_null:
            raise _refusal(_NULL, "null")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        """The validated members; raises ValidationError for wrong and for unknown ones."""
        if not isinstance(data, Mapping):
            text = gettext("An object is needed; its keys may be %(allowed)s.")
            raise _refusal(text % {"allowed": ", ".join(self._known_keys())}, "invalid")
        unknown = self._unknown_keys(data)
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            wrong = error.detail if isinstance(error.detail, dict) else {}
            raise serializers.ValidationError({**wrong, **unknown}) from error
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _known_keys(self) -> list[str]:
        return [name for name, field in self.fields.items() if not field.read_only]

    def _unknown_keys(self, data: Mapping[Any, Any]) -> dict[str, list[ErrorDetail]]:
        return unknown_keys(data, self._known_keys())


def shown_by(**examples: Any) -> Any:
    """Gives a serializer's body its examples in the schema: `@shown_by(A_comment={...})`."""
    return extend_schema_serializer(
        examples=[
            OpenApiExample(name.replace("_", " "), value=value) for name, value in examples.items()
        ]
    )


def unknown_keys(data: Mapping[Any, Any], allowed: list[str]) -> dict[str, list[ErrorDetail]]:
    """A refusal for each key of `data` that is not allowed."""
    text = gettext("Unknown key; allowed are %(allowed)s.") % {"allowed": ", ".join(allowed)}
    refusal = [ErrorDetail(text, code="unknown")]
    return {str(key): refusal for key in data if key not in allowed}


def _refusal(text: str | Promise, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({WHOLE: [ErrorDetail(str(text), code=code)]})


class _Range(KitField):
    """A number between two ends; a refusal names both, also of what is no such number."""

    range_messages: ClassVar[Messages]

    def __init__(self, **kwargs: Any) -> None:
        ends = kwargs.get("min_value"), kwargs.get("max_value")
        message = _lazy_range(self.range_messages, *ends)
        own = kwargs.get("error_messages") or {}
        codes = ["min_value", "max_value"]
        if any(end is not None for end in ends):
            codes.append("invalid")
        kwargs["error_messages"] = {**dict.fromkeys(codes, message), **own}
        super().__init__(**kwargs)


def _range(messages: Mapping[str, Any], low: float | None, high: float | None) -> str:
    """What is allowed, with numbers as the reader writes them."""
    kind = "both" if low is not None and high is not None else "low" if high is None else "high"
    return str(messages[kind]) % {"low": _written(low), "high": _written(high)}


_lazy_range = lazy(_range, str)


def _written(value: float | None) -> str:
    if value is None:
        return ""
    exact = int(value) if float(value).is_integer() else value
    return number_format(exact, use_l10n=True, force_grouping=True)


class JSONNumberField(_Range, serializers.FloatField):
    """A JSON number: no text, no true or false, finite."""

    default_error_messages: ClassVar[Messages] = {"invalid": _("A number is needed.")}
    range_messages: ClassVar[Messages] = {
        "both": _("Allowed is a number from %(low)s to %(high)s."),
        "low": _("Allowed is a number from %(low)s upwards."),
        "high": _("Allowed is a number up to %(high)s."),
    }

    def run_validation(self, data: Any = empty) -> Any:
        """The number, or None where null is allowed."""
        return super().run_validation(self._refuse_lookalikes(data))

    def _refuse_lookalikes(self, data: Any) -> Any:
        if data is empty or data is None:
            return data
        if isinstance(data, bool) or not isinstance(data, int | float) or not _finite(data):
            self.fail("invalid")
        return data


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond what a float holds
        return False


class JSONIntegerField(_Range, serializers.IntegerField):
    """A JSON number without a fraction: 80 and 80.0, not "80" and not true."""

    default_error_messages: ClassVar[Messages] = {"invalid": _("A whole number is needed.")}
    range_messages: ClassVar[Messages] = {
        "both": _("Allowed is a whole number from %(low)s to %(high)s."),
        "low": _("Allowed is a whole number from %(low)s upwards."),
        "high": _("Allowed is a whole number up to %(high)s."),
    }

    def run_validation(self, data: Any = empty) -> Any:
        """The whole number, or None where null is allowed."""
        return super().run_validation(self._refuse_lookalikes(data))

    def _refuse_lookalikes(self, data: Any) -> Any:
        if data is empty or data is None:
            return data
        whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not whole:
            self.fail("invalid")
        return int(data)


class JSONBooleanField(KitField, serializers.BooleanField):
    """true or false: not "yes", not 1."""

    default_error_messages: ClassVar[Messages] = {"invalid": _("True or false is needed.")}

    def run_validation(self, data: Any = empty) -> Any:
        """The value, or None where null is allowed."""
        if data is not empty and data is not None and not isinstance(data, bool):
            self.fail("invalid")
        return super().run_validation(data)


class JSONTextField(KitField, serializers.CharField):
    """A JSON string: no number turned into one."""

    default_error_messages: ClassVar[Messages] = {
        "invalid": _("A text is needed."),
        "max_length": _("Allowed are at most {max_length} characters."),
        "min_length": _("Allowed are at least {min_length} characters."),
    }

    def run_validation(self, data: Any = empty) -> Any:
        """The text, or None where null is allowed."""
        if data is not empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class JSONChoiceField(KitField, serializers.ChoiceField):
    """One of a few codes, as a JSON string; the refusal lists them."""

    default_error_messages: ClassVar[Messages] = {
        "invalid_choice": _("“{input}” is not allowed; allowed: {allowed}."),
        "invalid": _("A text is needed; allowed: {allowed}."),
        "null": _("A text is needed; allowed: {allowed}."),
    }

    def run_validation(self, data: Any = empty) -> Any:
        """The code, or None where null is allowed."""
        if data is None and not self.allow_null:
            self.fail("null", allowed=self._allowed())
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        """The code; raises ValidationError that names the allowed ones."""
        if not isinstance(data, str):
            self.fail("invalid", allowed=self._allowed())
        if data not in self.choices:
            self.fail("invalid_choice", input=shortened(data), allowed=self._allowed())
        return data

    def _allowed(self) -> str:
        return ", ".join(str(choice) for choice in self.choices)


class BoundedListField(KitField, serializers.ListField):
    """A JSON list of at most `max_length` items; a longer one is refused unread."""

    default_error_messages: ClassVar[Messages] = {
        "not_a_list": _NO_LIST,
        "empty": _("At least one item is needed."),
        "max_length": _("Allowed are at most {max_length} items."),
        "min_length": _("Allowed are at least {min_length} items."),
    }

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.longest = max_length

    def to_internal_value(self, data: Any) -> list[Any]:
        """The validated items; raises ValidationError by their places."""
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > self.longest:
            self.fail("max_length", max_length=self.longest)
        items: list[Any] = super().to_internal_value(data)
        return items
