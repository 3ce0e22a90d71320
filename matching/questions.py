"""What a firm asks: one reader and one validator for pages, API and command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from localities.models import TalentField
from matching.engine.facts import DIMENSIONS, MACROS, OFFERS
from matching.engine.requirements import (
    ENTRY_MODES,
    MUST_HAVE_NEEDS,
    MUST_HAVES,
    PURPOSES,
    STAGES,
)
from matching.snapshot import Snapshot
from portal.api.problems import shortened
from portal.api.serializers import (
    BoundedListField,
    JSONBooleanField,
    JSONChoiceField,
    JSONIntegerField,
    JSONNumberField,
    JSONTextField,
    KitField,
    Messages,
    StrictKeys,
    shown_by,
    unknown_keys,
)

PREFECTURE_CODES = tuple(f"{number:02}" for number in range(1, 48))
HIGHEST_WEIGHT = 5.0
LEVELS = ("province", "park")
DETAILS = ("reasons", "full")
PLACES = ("macro", "province")  # must-haves that name what is accepted
PLAIN_MUST_HAVES = tuple(code for code in MUST_HAVES if code not in PLACES)
LONGEST_LIST = 50
SMALLEST_AMOUNT = 0.001  # 0 says nothing where something is needed


@dataclass(frozen=True, slots=True)
class Profile:
    """A firm: what it makes, at which stage it is, what it needs. None or empty is not asked."""

    sector: str
    other_sectors: tuple[str, ...] = ()
    prefecture: str | None = None
    employees: int | None = None
    stage: str | None = None
    purposes: tuple[str, ...] = ()
    entry_modes: tuple[str, ...] = ()
    floor_area_m2: float | None = None
    rent_budget_usd_m2_month: float | None = None
    power_kva: float | None = None
    water_m3_day: float | None = None
    wastewater_m3_day: float | None = None
    workers: int | None = None
    engineers: int | None = None
    talent_fields: tuple[str, ...] = ()
    wage_budget_usd_month: float | None = None
    services: tuple[str, ...] = ()
    max_km_to_seaport: float | None = None
    max_km_to_airport: float | None = None
    customer_provinces: tuple[str, ...] = ()
    existing_ties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A profile with its weights, must-haves, and how much of the answer is wanted."""

    profile: Profile
    weights: Mapping[str, float] | None = None  # None: those of the profile's stage
    must_haves: tuple[str, ...] = ()
    macros: tuple[str, ...] | None = None  # accepted parts of the country; None: all
    provinces: tuple[str, ...] | None = None  # accepted provinces; None: all
    level: str = "province"
    limit: int = 10
    detail: str = "reasons"
    robustness: bool = True


def _codes(allowed: Any) -> BoundedListField:
    return BoundedListField(
        child=JSONChoiceField(choices=list(allowed)), required=False, max_length=LONGEST_LIST
    )


def _slugs() -> BoundedListField:
    """A list of slugs; the snapshot of the day says which ones are known."""
    return BoundedListField(child=JSONTextField(), required=False, max_length=LONGEST_LIST)


def _amount(highest: float, lowest: float = SMALLEST_AMOUNT) -> JSONNumberField:
    """A number that may be left out."""
    return JSONNumberField(required=False, allow_null=True, min_value=lowest, max_value=highest)


class ProfileSerializer(StrictKeys):
    """The firm. Only the sector is needed; what is left out does not score."""

    sector = JSONTextField(help_text="Code of a sector, see /api/v1/sectors/.")
    other_sectors = _slugs()
    prefecture = JSONChoiceField(
        choices=PREFECTURE_CODES, required=False, allow_null=True, help_text="JIS X 0401, 01 to 47."
    )
    employees = JSONIntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)
    stage = JSONChoiceField(choices=STAGES, required=False, allow_null=True)
    purposes = _codes(PURPOSES)
    entry_modes = _codes(ENTRY_MODES)
    floor_area_m2 = _amount(10_000_000)
    rent_budget_usd_m2_month = _amount(10_000)
    power_kva = _amount(10_000_000)
    water_m3_day = _amount(10_000_000)
    wastewater_m3_day = _amount(10_000_000)
    workers = JSONIntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    engineers = JSONIntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    talent_fields = _codes(TalentField.values)
    wage_budget_usd_month = _amount(100_000)
    services = _codes(OFFERS)
    max_km_to_seaport = _amount(5_000, lowest=0)
    max_km_to_airport = _amount(5_000, lowest=0)
    customer_provinces = _slugs()
    existing_ties = _slugs()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields, with the sectors and provinces of the snapshot as what is allowed."""
        fields = super().get_fields()
        if snapshot := self.context.get("snapshot"):
            fields["sector"] = JSONChoiceField(choices=list(snapshot.sectors))
            fields["other_sectors"] = _codes(snapshot.sectors)
            for name in ("customer_provinces", "existing_ties"):
                fields[name] = _codes(snapshot.facts.province_slugs)
        return fields


def _weight() -> JSONNumberField:
    return JSONNumberField(required=False, min_value=0, max_value=HIGHEST_WEIGHT)


class WeightsSerializer(StrictKeys):
    """The six weights, real numbers from 0 to 5, of which only the ratios matter.

    A weight that is left out is 0, so `{"hard": 1}` asks about hard infrastructure alone.
    """

    sector = _weight()
    hard = _weight()
    soft = _weight()
    talent = _weight()
    market = _weight()
    cost = _weight()

    def validate(self, attrs: dict[str, float]) -> dict[str, float]:
        """All six weights, what is left out being 0; at least one must be above 0."""
        weights = {dimension: attrs.get(dimension, 0.0) for dimension in DIMENSIONS}
        if not any(weights.values()):
            raise serializers.ValidationError(
                _("At least one weight must be above 0; allowed is 0 to 5."), code="all_zero"
            )
        return weights


def _some_of(allowed: Sequence[str]) -> BoundedListField:
    text = gettext("Allowed is a list of {allowed}.").format(allowed=", ".join(allowed))
    return BoundedListField(
        child=JSONChoiceField(choices=list(allowed)),
        allow_empty=False,
        max_length=LONGEST_LIST,
        error_messages={"not_a_list": text, "empty": text, "null": text},
    )


_ACCEPTED_LIST = {"type": "array", "items": {"type": "string"}, "minItems": 1}


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": list(PLAIN_MUST_HAVES)},
            *(
                {
                    "type": "object",
                    "properties": {key: _ACCEPTED_LIST},
                    "required": [key],
                    "additionalProperties": False,
                }
                for key in PLACES
            ),
        ]
    }
)
class MustHave(KitField, serializers.Field[Any, Any, Any, Any]):
    """A code, or {"macro": [...]} or {"province": [...]}: what is accepted."""

    default_error_messages: ClassVar[Messages] = {
        "invalid": _(
            "“{input}” is unknown. Allowed: {allowed}, or an object with macro or province."
        ),
        "kind": _("Allowed: {allowed}, or an object with macro or province."),
        "one_of": _("An object names either macro or province; give one object for each."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and data in PLAIN_MUST_HAVES:
            return data
        allowed = ", ".join(PLAIN_MUST_HAVES)
        if isinstance(data, str):
            self.fail("invalid", input=shortened(data), allowed=allowed)
        if not isinstance(data, dict):
            self.fail("kind", allowed=allowed)
        return self._accepted(data)

    def _accepted(self, data: dict[str, Any]) -> dict[str, list[str]]:
        if unknown := unknown_keys(data, list(PLACES)):
            raise serializers.ValidationError(unknown)
        if len(data) != 1:
            self.fail("one_of")
        [(key, values)] = data.items()
        snapshot: Snapshot = self.context["snapshot"]
        allowed = MACROS if key == "macro" else snapshot.facts.province_slugs
        try:
            return {key: _some_of(allowed).run_validation(values)}
        except serializers.ValidationError as error:
            raise serializers.ValidationError({key: error.detail}) from error

    def to_representation(self, value: Any) -> Any:
        return value


@shown_by(
    A_maker_of_metal_parts={
        "profile": {
            "sector": "fabricated-metal",
            "employees": 80,
            "stage": "prepare",
            "entry_modes": ["rental-factory"],
            "floor_area_m2": 500,
            "rent_budget_usd_m2_month": 5.0,
        },
        "must_haves": ["rental_factory", {"macro": ["south"]}],
        "limit": 1,
    }
)
class QuestionSerializer(StrictKeys):
    """The body of `POST /api/v1/matches/`."""

    profile = ProfileSerializer()
    weights = WeightsSerializer(
        required=False,
        allow_null=True,
        help_text="Without them those of the stage; of those given, one left out is 0.",
    )
    must_haves = BoundedListField(child=MustHave(), required=False, max_length=LONGEST_LIST)
    level = JSONChoiceField(choices=LEVELS, required=False)
    limit = JSONIntegerField(required=False, min_value=1, max_value=500)
    detail = JSONChoiceField(choices=DETAILS, required=False)
    robustness = JSONBooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuses must-haves that contradict each other or lack their number."""
        conditions = attrs.get("must_haves", [])
        if wrong := {**_lacking(conditions, attrs["profile"]), **_repeated(conditions)}:
            raise serializers.ValidationError({"must_haves": wrong})
        return attrs


def _lacking(conditions: list[Any], profile: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
    """By position, the must-haves that need a number which the profile does not give."""
    wrong = {}
    for position, code in enumerate(conditions):
        need = MUST_HAVE_NEEDS.get(code) if isinstance(code, str) else None
        if need and profile.get(need) is None:
            text = gettext("“{code}” can only be checked with profile.{need}.")
            wrong[str(position)] = [ErrorDetail(text.format(code=code, need=need), code="needs")]
    return wrong


def _repeated(conditions: list[Any]) -> dict[str, list[ErrorDetail]]:
    """By position, the second list of what is accepted: both at once might leave no place."""
    wrong, seen = {}, set()
    for position, condition in enumerate(conditions):
        if not isinstance(condition, dict):
            continue
        [key] = condition
        if key in seen:
            text = gettext("“{key}” stands once, with everything that is accepted.")
            wrong[str(position)] = [ErrorDetail(text.format(key=key), code="repeated")]
        seen.add(key)
    return wrong


def read_question(data: Any, *, snapshot: Snapshot) -> Question:
    """The question in `data`, the body of `POST /api/v1/matches/`.

    Raises `rest_framework.exceptions.ValidationError`, whose detail mirrors the body.
    """
    return question_of(_reader(snapshot, get_language()).run_validation(data))


def question_of(validated: Mapping[str, Any]) -> Question:
    """The question in what a QuestionSerializer has validated."""
    valid = dict(validated)
    profile: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in valid.pop("profile").items()
    }
    conditions = valid.pop("must_haves", [])
    return Question(
        profile=Profile(**profile),
        must_haves=tuple(dict.fromkeys(code for code in conditions if isinstance(code, str))),
        macros=_accepted(conditions, "macro"),
        provinces=_accepted(conditions, "province"),
        **valid,
    )


@lru_cache(maxsize=8)
def _reader(snapshot: Snapshot, language: str | None) -> QuestionSerializer:
    """Reads questions to `snapshot`. Making its fields takes longer than reading with them.

    One a `language`: REST framework words some refusals once, in the language spoken at the time.
    """
    return QuestionSerializer(context={"snapshot": snapshot})


def _accepted(conditions: list[Any], key: str) -> tuple[str, ...] | None:
    """The values accepted for `key`; None where all are."""
    for condition in conditions:
        if isinstance(condition, dict) and key in condition:
            return tuple(dict.fromkeys(condition[key]))
    return None
