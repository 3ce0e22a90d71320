"""What makes a record the one that it is: values, or a name in its province, that no other has.

One rule for forms, API, imports and what is told of a conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from localities.models import CatalogueRecord, NamedRecord
from localities.text import fold, fold_name

Model = type[CatalogueRecord]
Values = Mapping[str, Any]
Mark = tuple[Any, ...]  # what only one record has
_NAMES = ("name_ja", "name_en", "name_vi", "other_names")
_AT_ONCE = 20  # records that are looked for by what they say; more are looked for among all


@dataclass(frozen=True, slots=True)
class UniqueSet:
    """Fields whose values together only one record has."""

    names: tuple[str, ...]
    nullable: frozenset[str]  # those of which an unknown equals an unknown
    of_active: bool  # whether records that were taken out do not count


@cache
def unique_sets(model: Model) -> tuple[UniqueSet, ...]:
    """What the tables say: the fields whose values together only one record of `model` has."""
    found = [
        UniqueSet((field.name,), frozenset(), False)
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    ]
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        of_active = constraint.condition == Q(is_active=True)
        if constraint.fields:
            found.append(UniqueSet(tuple(constraint.fields), frozenset(), of_active))
            continue
        plain = [one.name for one in constraint.expressions if isinstance(one, F)]
        loose = [
            one.get_source_expressions()[0].name
            for one in constraint.expressions
            if isinstance(one, Coalesce)
        ]
        found.append(UniqueSet((*plain, *loose), frozenset(loose), of_active))
    return tuple(found)


@cache
def telling(model: Model) -> frozenset[str]:
    """The fields of `model` that make a record the one that it is."""
    names = {name for one in unique_sets(model) for name in one.names}
    return frozenset({*names, *(_naming(model) if issubclass(model, NamedRecord) else ())})


def _naming(model: Model) -> tuple[str, ...]:
    return (*_NAMES, "province") if _is_placed(model) else _NAMES


@cache
def _is_placed(model: Model) -> bool:
    return "province" in {field.name for field in model._meta.concrete_fields}


def marks(model: Model, values: Values, active: bool = True) -> dict[Mark, tuple[str, ...]]:
    """What of `values` only one record may have, each with its fields.

    Names of records that were taken out are free.
    """
    found: dict[Mark, tuple[str, ...]] = {}
    for number, one in enumerate(unique_sets(model)):
        own = tuple(values.get(name) for name in one.names)
        lacking = any(
            value is None and (name not in one.nullable or name not in values)
            for name, value in zip(one.names, own, strict=True)
        )
        if not (lacking or any(isinstance(value, (list, dict)) for value in own)) and (
            active or not one.of_active
        ):
            found[number, *("" if value is None else value for value in own)] = one.names
    if active and issubclass(model, NamedRecord):
        place = str(values.get("province") or "") if _is_placed(model) else ""
        for name in _names(values):
            for folded in (fold(name), fold_name(name)):
                found["name", place, folded] = _naming(model)
    return found


def _names(values: Values) -> Iterator[str]:
    others = values.get("other_names")
    every = [*map(values.get, _NAMES[:3]), *(others if isinstance(others, list) else [])]
    return (name for name in every if isinstance(name, str) and name.strip())


@dataclass(frozen=True, slots=True)
class Holder:
    """A record of the catalogue, with the values that make it the one that it is."""

    key: str
    active: bool
    values: Values


def holders(model: Model, which: Q) -> Iterator[Holder]:
    """Those of `which`: one query."""
    names = sorted(telling(model))
    columns = [model._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]
    rows = model._default_manager.filter(which).order_by("key")
    for key, active, *values in rows.values_list("key", "is_active", *columns):
        yield Holder(key, active, dict(zip(names, values, strict=True)))


def rivals(model: Model, wanted: Collection[Values]) -> Iterator[Holder]:
    """The records that may have a mark of `wanted`: one query."""
    return holders(model, _near(model, wanted))


def _near(model: Model, wanted: Collection[Values]) -> Q:
    if len(wanted) > _AT_ONCE:
        return Q()
    near = Q(pk__in=[])
    for values in wanted:
        for one in unique_sets(model):
            own = {name: values.get(name) for name in one.names if name not in one.nullable}
            if None not in own.values():
                near |= Q(**own)
        if issubclass(model, NamedRecord):
            near |= Q(province=values.get("province")) if _is_placed(model) else Q(is_active=True)
    return near


class Owners:
    """Who has what only one record may have."""

    def __init__(self, model: Model, known: Iterable[Holder] = ()) -> None:
        self._model = model
        self._owner: dict[Mark, str] = {}
        for one in known:
            self.take(one.key, one.values, one.active)

    def take(self, key: str, values: Values, active: bool = True) -> None:
        """Says that the record has these values."""
        for mark in marks(self._model, values, active):
            self._owner.setdefault(mark, key)

    def other(
        self, key: str, values: Values, active: bool = True
    ) -> tuple[str, tuple[str, ...]] | None:
        """Another record that has one of the marks, and the fields that make it."""
        for mark, names in marks(self._model, values, active).items():
            if self._owner.get(mark, key) != key:
                return self._owner[mark], names
        return None

    def of(self, values: Values) -> str | None:
        """The record that these values mean, where they are enough to tell."""
        found = (self._owner.get(mark) for mark in marks(self._model, values))
        return next((key for key in found if key), None)
