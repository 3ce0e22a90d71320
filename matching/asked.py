"""The body of a match as the address of its results page: `matching.forms.body`, turned round."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail, ValidationError

from localities.typed import spelled
from matching.forms import PARAMETERS, tidy

_WITH_PARTS = frozenset({"profile", "weights", "must_haves"})


def address_of(asked: Mapping[str, Any]) -> str:
    """The query string of `asked`, a valid body of `POST /api/v1/matches/`.

    Raises ValidationError, whose detail mirrors the body, for what no page can ask: how an answer
    is told, waste water, must-haves that name provinces.
    """
    _refuse_unasked(asked)
    data = QueryDict(mutable=True)
    for name, value in asked["profile"].items():
        _put(data, name, value)
    for name, value in (asked.get("weights") or {}).items():
        _put(data, f"w_{name}", value)
    for condition in asked.get("must_haves", []):
        if isinstance(condition, str):
            data.appendlist("must", condition)
        else:
            data.setlist("macro", condition["macro"])
    for name in asked.keys() - _WITH_PARTS:
        _put(data, name, asked[name])
    return tidy(data)


def _put(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, value)
    elif value is not None:
        data[name] = value if isinstance(value, str) else spelled(value)


def _refuse_unasked(asked: Mapping[str, Any]) -> None:
    wrong: dict[str, Any] = {
        name: _unasked() for name in asked if name not in {*PARAMETERS, *_WITH_PARTS}
    }
    if profile := {name: _unasked() for name in asked["profile"] if name not in PARAMETERS}:
        wrong["profile"] = profile
    conditions = enumerate(asked.get("must_haves", []))
    if places := {
        str(position): {"province": _unasked()}
        for position, condition in conditions
        if isinstance(condition, dict) and "province" in condition
    }:
        wrong["must_haves"] = places
    if wrong:
        raise ValidationError(wrong)


def _unasked() -> list[ErrorDetail]:
    text = gettext("A kept profile holds what the pages can ask; this is asked by the API alone.")
    return [ErrorDetail(text, code="not_kept")]
