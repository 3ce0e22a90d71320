"""The order of the rows of a list: (is null, field, key), and what lies beyond a row in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

KEY = "pk"


@dataclass(frozen=True, slots=True)
class Ordering:
    """The field that rows stand in order of. Unknown values come last in either direction."""

    field: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


class Place(NamedTuple):
    """A place next to the row with `value` and `key`: behind it, or before it when backwards."""

    ordering: str
    backwards: bool
    value: Any
    key: Any


def order_by(ordering: Ordering, *, backwards: bool) -> list[OrderBy]:
    """The terms of ORDER BY; ties are broken by the key."""
    if ordering.field == KEY:
        return [F(KEY).desc() if ordering.descending != backwards else F(KEY).asc()]
    field = F(ordering.field)
    turned = ordering.descending != backwards
    if backwards:
        first = field.desc(nulls_first=True) if turned else field.asc(nulls_first=True)
        return [first, F("pk").desc()]
    first = field.desc(nulls_last=True) if turned else field.asc(nulls_last=True)
    return [first, F("pk").asc()]


def beyond(place: Place, ordering: Ordering) -> Q:
    """The rows after `place` in reading direction."""
    if ordering.field == KEY:
        smaller = ordering.descending != place.backwards
        return Q(pk__lt=place.key) if smaller else Q(pk__gt=place.key)
    further_key = Q(pk__lt=place.key) if place.backwards else Q(pk__gt=place.key)
    unknown = Q(**{f"{ordering.field}__isnull": True})
    if place.value is None:
        further = unknown & further_key
        return further | ~unknown if place.backwards else further
    smaller = ordering.descending != place.backwards
    further = Q(**{f"{ordering.field}__{'lt' if smaller else 'gt'}": place.value})
    tied = Q(**{ordering.field: place.value}) & further_key
    return further | tied if place.backwards else further | tied | unknown


def value_of(row: Any, path: str) -> Any:
    """The value of a row, a record or a dict of `.values()`, at a path such as region__key."""
    if isinstance(row, Mapping):
        return row[path]
    return reduce(getattr, path.split("__"), row)
