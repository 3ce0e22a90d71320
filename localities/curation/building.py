"""Plain values into records: types, references and every rule that needs no other record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from localities.curation.values import Model, Values, columns, lists
from localities.models import CatalogueRecord
from localities.models.constraints import FieldCheck

_TYPES: tuple[tuple[type[models.Field[Any, Any]], tuple[type, ...], Any], ...] = (
    (models.BooleanField, (bool,), _("true or false is needed")),
    (models.FloatField, (int, float), _("a number is needed")),
    (models.IntegerField, (int,), _("a whole number is needed")),
    (models.ForeignKey, (str,), _("the key of a record is needed")),
    (models.CharField, (str,), _("a text is needed")),
    (models.TextField, (str,), _("a text is needed")),
)
_ONE_OF = _("“%(word)s” is not known here; allowed are %(allowed)s.")


class References:
    """The records that others point to, by model and key, each read once."""

    def __init__(self) -> None:
        self._known: defaultdict[type[models.Model], dict[str, models.Model]] = defaultdict(dict)

    def add(self, record: models.Model) -> None:
        """Makes `record` known, in the place of one of the same key."""
        self._known[type(record)][str(record.pk)] = record

    def load(self, model: type[models.Model], keys: Iterable[str]) -> None:
        """Reads those of `keys` that are not known yet."""
        known = self._known[model]
        if missing := set(keys) - known.keys():
            known.update(model._default_manager.in_bulk(missing))

    def get(self, model: type[models.Model] | str, key: object) -> models.Model | None:
        """The record with `key`, or None."""
        known = {} if isinstance(model, str) else self._known[model]
        return known.get(key) if isinstance(key, str) else None


@dataclass(slots=True)
class Built:
    """A record that may be written, and the keys of its many-to-many fields."""

    record: CatalogueRecord
    linked: dict[str, list[str]] = field(default_factory=dict)


def load_references(references: References, model: Model, records: Iterable[Values]) -> None:
    """Reads at once what the foreign keys and lists of `records` point to."""
    wanted: defaultdict[type[models.Model], set[str]] = defaultdict(set)
    pointing = {
        name: column.related_model
        for name, column in (columns(model) | lists(model)).items()
        if isinstance(column.related_model, type)
    }
    for values in records:
        for name, target in pointing.items():
            value = values.get(name)
            pointed = value if isinstance(value, list) else [value]
            wanted[target].update(key for key in pointed if isinstance(key, str))
    for target, keys in wanted.items():
        references.load(target, keys)


def build(model: Model, key: str, values: Values, active: bool, references: References) -> Built:
    """The record of `model` that `values` (in full) describe.

    Raises ValidationError by field for an unknown field, a value of a wrong type, an unknown key
    and whatever breaks a rule of the model that needs no other record.
    """
    record = model(key=key, is_active=active)
    errors: dict[str, list[ValidationError]] = {}
    known = columns(model).keys() | lists(model).keys()
    for name in values.keys() - known:
        allowed = {"word": name, "allowed": ", ".join(sorted(known))}
        errors[name] = [ValidationError(_ONE_OF, "field", allowed)]
    for name, column in columns(model).items():
        if error := _set(record, column, values[name], references):
            errors[name] = [error]
    linked = {}
    for name, many in lists(model).items():
        if error := _list_error(many, values[name], references):
            errors[name] = [error]
        linked[name] = values[name]
    _check(record, errors)
    return Built(record, linked)


def _set(
    record: CatalogueRecord,
    column: models.Field[Any, Any],
    value: object,
    references: References,
) -> ValidationError | None:
    """Sets one column; says why it could not."""
    if (message := _type_error(column, value)) is not None:
        return ValidationError(
            _("%(value)s: %(needed)s."), "type", {"value": repr(value), **message}
        )
    if column.choices and value and value not in dict(column.flatchoices):
        keys = ", ".join(str(choice) for choice, _name in column.flatchoices if choice)
        return ValidationError(_ONE_OF, "invalid_choice", {"word": value, "allowed": keys})
    if not isinstance(column, models.ForeignKey):
        setattr(record, column.name, value)
        return None
    target = references.get(column.related_model, value)
    if target is not None:
        setattr(record, column.name, target)
    elif value is not None:
        return ValidationError(_("There is no record “%(key)s”."), "key", {"key": value})
    elif not column.null:
        return ValidationError(_("A value is needed."), "null")
    return None


def _type_error(column: models.Field[Any, Any], value: object) -> dict[str, Any] | None:
    if value is None:
        return None
    for field_type, allowed, needed in _TYPES:
        if isinstance(column, field_type):
            boolean = isinstance(value, bool) and bool not in allowed
            endless = isinstance(value, float) and not isfinite(value)
            if boolean or endless or not isinstance(value, allowed):
                return {"needed": needed}
            break
    return None


def _list_error(
    many: models.ManyToManyField[Any, Any], keys: object, references: References
) -> ValidationError | None:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return ValidationError(_("A list of keys is needed."), "type")
    if not keys and not many.blank:
        return ValidationError(many.error_messages["blank"], "blank")
    if len(set(keys)) != len(keys):
        return ValidationError(_("Each key may stand once."), "twice")
    unknown = [key for key in keys if references.get(many.related_model, key) is None]
    if unknown:
        params = {"key": ", ".join(unknown)}
        return ValidationError(_("There is no record “%(key)s”."), "key", params)
    return None


def _check(record: CatalogueRecord, errors: dict[str, list[ValidationError]]) -> None:
    """Raises `errors` and what the model's own rules add to them."""
    keys = [f.name for f in record._meta.concrete_fields if isinstance(f, models.ForeignKey)]
    _collect(errors, lambda: record.clean_fields(exclude={*keys, "search_text", *errors}))
    if not errors:
        record.fill_derived()
        _collect(errors, record.clean)
        for constraint in record._meta.constraints:
            if isinstance(constraint, FieldCheck):
                _collect(errors, lambda rule=constraint: rule.validate(type(record), record))
    if errors:
        raise ValidationError(errors)


def _collect(errors: dict[str, list[ValidationError]], check: Any) -> None:
    try:
        check()
    except ValidationError as error:
        error.update_error_dict(errors)
