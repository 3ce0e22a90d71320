"""The invariants of the catalogue that SQL can state, each by one call.

A NULL passes every one of them: an unknown value breaks no rule. Each `FieldCheck` can be judged
without the database too, so that an error names its field and costs no query; a migration holds
it as the plain check constraint that it is.
"""

from collections.abc import Callable, Collection, Sequence
from copy import copy
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Model, Q, UniqueConstraint, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class FieldCheck(CheckConstraint):
    """A check of one field of a row, judged in Python."""

    field: str

    def error(self, instance: Model) -> ValidationError | None:
        """What is wrong with the field of `instance`, or None."""
        raise NotImplementedError

    def validate(
        self,
        model: type[Model],
        instance: Model,
        exclude: Collection[str] | None = None,
        using: str = "default",
    ) -> None:
        """Raises ValidationError, under the name of the field, where `instance` breaks the rule."""
        if self.field not in (exclude or ()) and (error := self.error(instance)):
            raise ValidationError({self.field: error})

    def clone(self) -> Self:
        """A copy, as a model's options make one of each constraint."""
        return copy(self)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """The plain check constraint, for migrations."""
        kwargs = {"condition": self.condition, "name": self.name}
        return "django.db.models.CheckConstraint", (), kwargs


class Between(FieldCheck):
    """`field` lies from `low` to `high`, both included; None leaves that end open."""

    def __init__(self, model: str, field: str, low: float | None, high: float | None) -> None:
        bounds = {f"{field}__gte": low, f"{field}__lte": high}
        self.field, self.low, self.high = field, low, high
        super().__init__(
            condition=Q(**{name: bound for name, bound in bounds.items() if bound is not None}),
            name=f"{model}_{field}_{'range' if high is not None else 'not_negative'}",
        )

    def error(self, instance: Model) -> ValidationError | None:
        """An error where the value lies outside."""
        value = getattr(instance, self.field)
        if value is None:
            return None
        if self.low is not None and value < self.low:
            message = _("%(value)s is too low: at least %(low)s is allowed.")
        elif self.high is not None and value > self.high:
            message = _("%(value)s is too high: at most %(high)s is allowed.")
        else:
            return None
        params = {"value": value, "low": self.low, "high": self.high}
        return ValidationError(message, code="outside", params=params)


class Ordered(FieldCheck):
    """`low` is at most `high`."""

    def __init__(self, model: str, low: str, high: str) -> None:
        self.field, self.high = low, high
        super().__init__(condition=Q(**{f"{high}__gte": F(low)}), name=f"{model}_{low}_ordered")

    def error(self, instance: Model) -> ValidationError | None:
        """An error where the lower end lies above the upper one."""
        low, high = getattr(instance, self.field), getattr(instance, self.high)
        if low is None or high is None or low <= high:
            return None
        message = _("%(value)s is above %(high)s (%(other)s).")
        other = instance._meta.get_field(self.high).verbose_name  # type: ignore[union-attr]
        params = {"value": low, "high": high, "other": other}
        return ValidationError(message, code="order", params=params)


class RowRule(FieldCheck):
    """A rule of several fields; an error stands at one of them.

    `holds` says in Python what `condition` says in SQL.
    """

    def __init__(
        self,
        name: str,
        field: str,
        condition: Q,
        *,
        holds: Callable[[Any], bool],
        message: Any,  # a text, or one that is translated when it is told
    ) -> None:
        self.field, self.holds, self.message = field, holds, message
        super().__init__(condition=condition, name=name)

    def error(self, instance: Model) -> ValidationError | None:
        """An error where the rule does not hold."""
        return None if self.holds(instance) else ValidationError(self.message, code="rule")


def between(model: str, field: str, low: float, high: float) -> Between:
    """`field` lies from `low` to `high`, both included."""
    return Between(model, field, low, high)


def not_negative(model: str, *fields: str) -> list[Between]:
    """None of `fields` is below zero."""
    return [Between(model, field, 0, None) for field in fields]


def ordered(model: str, low: str, high: str) -> Ordered:
    """`low` is at most `high`."""
    return Ordered(model, low, high)


def prefecture(name: str, field: str) -> CheckConstraint:
    """`field` is one of the 47 codes of JIS X 0401, as its validator `prefecture_code` says.

    They are listed, since '1' and '2x' too lie between '01' and '47'.
    """
    codes = [f"{number:02}" for number in range(1, 48)]
    condition = Q(**{field: None}) | Q(**{f"{field}__in": codes})
    return CheckConstraint(condition=condition, name=name)


def unique(
    name: str, *fields: str, nullable: Sequence[str] = (), **condition: bool
) -> UniqueConstraint:
    """No two rows agree in `fields` and `nullable`, where an unknown equals an unknown.

    Of all rows, or of those that meet `condition`.
    SQLite ignores `nulls_distinct=False`, so an unknown text is compared as the empty one.
    """
    compared = [F(field) for field in fields] + [Coalesce(field, Value("")) for field in nullable]
    return UniqueConstraint(*compared, name=name, condition=Q(**condition) if condition else None)


def position(model: str, lat: str = "lat", lon: str = "lon") -> list[Between]:
    """The point lies in Viet Nam or its waters: 6 to 24 N, 101 to 116 E (WGS 84, degrees)."""
    return [between(model, lat, 6, 24), between(model, lon, 101, 116)]
