"""A record as plain values: what fixtures, edits, history, diff, import and API all speak of.

A record's values are its editable fields by name, without its key and whether it is active: texts,
numbers, booleans, None, lists; a foreign key is the key of its record, a many-to-many field the
sorted list of keys. `localities.curation.building` goes the other way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

from localities.models import CatalogueRecord

Values = dict[str, Any]
Model = type[CatalogueRecord]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as the catalogue holds it."""

    values: Values
    active: bool


@cache
def columns(model: Model) -> dict[str, models.Field[Any, Any]]:
    """The editable columns of `model` by name, without the key and `is_active`."""
    return {
        field.name: field
        for field in model._meta.concrete_fields
        if field.editable and field.name not in ("key", "is_active")
    }


@cache
def lists(model: Model) -> dict[str, models.ManyToManyField[Any, Any]]:
    """The many-to-many fields of `model` by name."""
    return {field.name: field for field in model._meta.many_to_many}


def canonical(model: Model, values: Mapping[str, Any]) -> Values:
    """`values` in full: absent fields at their default, keys of many-to-many fields sorted."""
    full = {name: values.get(name, field.get_default()) for name, field in columns(model).items()}
    for name in lists(model):
        keys = values.get(name, [])
        texts = isinstance(keys, list) and all(isinstance(key, str) for key in keys)
        full[name] = sorted(keys) if texts else keys
    return full | {name: value for name, value in values.items() if name not in full}


def stored(model: Model, keys: Collection[str] | None = None) -> dict[str, Stored]:
    """The records of `model` by key: those with `keys`, or all of them."""
    fields = columns(model)
    records = model._default_manager.all()
    if keys is not None:
        records = records.filter(pk__in=keys)
    rows = records.values_list("key", "is_active", *(field.attname for field in fields.values()))
    found = {
        key: Stored(dict(zip(fields, values, strict=True)), active)
        for key, active, *values in rows.iterator(chunk_size=2000)
    }
    for name, field in lists(model).items():
        linked = _linked(field, keys)
        for key, record in found.items():
            record.values[name] = sorted(linked[key])
    return found


def record_values(record: CatalogueRecord) -> Values:
    """The values of `record` as the catalogue holds them now."""
    return stored(type(record), [record.key])[record.key].values


def links_of(field: models.ManyToManyField[Any, Any]) -> tuple[type[models.Model], str, str]:
    """The table of `field`, and its columns: the record's key and the key that it names."""
    through = field.remote_field.through
    assert through is not None  # noqa: S101  # Django makes one for every such field
    return through, f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"


def _linked(
    field: models.ManyToManyField[Any, Any], keys: Collection[str] | None
) -> defaultdict[str, list[str]]:
    through, own, other = links_of(field)
    rows = through._default_manager.all()
    if keys is not None:
        rows = rows.filter(**{f"{own}__in": keys})
    linked: defaultdict[str, list[str]] = defaultdict(list)
    for key, target in rows.values_list(own, other):
        linked[key].append(target)
    return linked
