"""The profile form: an address becomes the body of `POST /api/v1/matches/`, and its errors fields.

`matching.questions.read_question` is the one validator. The form itself refuses only what no body
could say: a number that is not readable, two values where one is meant. All that was typed stays in
the fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from localities.models import Dimension, Region, TalentField
from localities.typed import Unreadable, read_number, respelled
from matching.choices import (
    ENTRY_MODE_LABELS,
    PREFECTURES,
    PURPOSE_LABELS,
    STAGE_LABELS,
    Labels,
    prefecture_name,
)
from matching.engine.facts import HARD_OFFERS, MACROS, SOFT_OFFERS, TALENT_OFFERS
from matching.engine.requirements import MUST_HAVE_NEEDS
from matching.qualifying import OFFERED
from matching.questions import Question, read_question
from matching.sentences.must_haves import label as must_have_label
from matching.sentences.reading import said
from matching.snapshot import Snapshot
from matching.steps import LABELS, WEIGHTS

Choices = list[tuple[str, Any]]

NUMBERS = (
    "employees",
    "floor_area_m2",
    "rent_budget_usd_m2_month",
    "power_kva",
    "water_m3_day",
    "workers",
    "engineers",
    "wage_budget_usd_month",
    "max_km_to_seaport",
    "max_km_to_airport",
)
LISTS = (
    "other_sectors",
    "purposes",
    "entry_modes",
    "talent_fields",
    "services",
    "customer_provinces",
    "existing_ties",
)
CODES = ("sector", "prefecture", "stage")
CONDITIONS = ("must", "macro")
ANSWER = ("level", "limit")
PARAMETERS = (*CODES, *NUMBERS, *LISTS, *CONDITIONS, *WEIGHTS, *ANSWER)
REPEATED = frozenset({*LISTS, *CONDITIONS})
TYPED = frozenset({*NUMBERS, *WEIGHTS, "limit"})  # numbers, as people type them
WHOLE = frozenset({"employees", "workers", "engineers", "limit"})


@dataclass(frozen=True, slots=True)
class Weight:
    """One of the six weights as the form shows it."""

    name: str
    dimension: str
    label: str
    value: float


class ProfileForm(forms.Form):
    """A firm's profile, must-haves and weights as the address gives them."""

    def __init__(self, data: QueryDict, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.address = data
        super().__init__(data)
        choices = _choices(snapshot)
        for name in PARAMETERS:
            self.fields[name] = forms.Field(
                required=False, label=str(LABELS[name]), widget=_widget(name, choices)
            )

    def question(self) -> Question:
        """What the address asks; raises ValidationError after putting errors beside fields."""
        question, wrong = judged(self.address, self.snapshot)
        self._tell(wrong)
        if question is None:
            raise ValidationError(wrong)
        return question

    def check(self) -> None:
        """Puts what is wrong beside its field, while the profile is still being typed.

        A sector that nobody chose yet is no error then, nor is a must-have whose number comes on
        another step.
        """
        self._tell(judged(_completed(self.address, self.snapshot), self.snapshot)[1])

    def so_far(self) -> Question:
        """What the address says as far as it can be read; without a sector, any stands for it."""
        address = self.address
        while True:
            question, wrong = judged(_completed(address, self.snapshot), self.snapshot)
            if question is not None:
                return question
            address = _without(address, wrong)

    def _tell(self, wrong: Mapping[str, list[str]]) -> None:
        """Puts what is wrong beside the fields."""
        self.full_clean()
        for name, messages in wrong.items():
            self.add_error(name if name in self.fields else None, messages)

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's, but what was typed stays among the cleaned data."""
        kept = dict(self.cleaned_data)
        super().add_error(field, error)
        self.cleaned_data = kept


def judged(data: QueryDict, snapshot: Snapshot) -> tuple[Question | None, dict[str, list[str]]]:
    """What the address asks, or None; and by field, what is wrong with it."""
    unread = {name: [message] for name, message in unreadable(data).items()}
    wrong: dict[str, list[str]] = {}
    question = None
    try:
        question = read_question(body(data), snapshot=snapshot)
    except ValidationError as error:
        for name, messages in field_errors(error.detail, data):
            wrong.setdefault(name, []).extend(messages)
    # Of a field that cannot be read at all, that alone is told.
    return (None if unread else question), {**wrong, **unread}


def _completed(data: QueryDict, snapshot: Snapshot) -> QueryDict:
    """The address with a sector, and without must-haves that lack their number."""
    whole = data.copy()
    if not _given(data, "sector"):
        whole["sector"] = next(iter(snapshot.sectors))
    musts = [code for code in data.getlist("must") if not _lacks(data, code)]
    whole.setlist("must", musts)
    return whole


def _lacks(data: QueryDict, code: str) -> bool:
    need = MUST_HAVE_NEEDS.get(code)
    return need is not None and not _given(data, need)


def _without(data: QueryDict, names: Iterable[str]) -> QueryDict:
    """The address without the fields `names`; without any at all where none of them is in it."""
    taken_out = set(names)
    if taken_out & set(WEIGHTS):  # each is right or wrong beside the others
        taken_out |= set(WEIGHTS)
    rest = data.copy()
    for name in taken_out:
        rest.pop(name, None)
    return rest if len(rest) < len(data) else QueryDict(mutable=True)


def in_plain_numbers(data: QueryDict) -> QueryDict:
    """The address with its readable numbers as every language reads them, the rest as it is.

    The page in another language, or somebody it is sent to, then reads the same.
    """
    plain = data.copy()
    for name in TYPED & data.keys():
        plain.setlist(name, [_plain(value) for value in data.getlist(name)])
    return plain


def _plain(text: str) -> str:
    try:
        plain = respelled(text)
    except Unreadable:
        return text
    return text if text.strip() == plain else plain


def unreadable(data: QueryDict) -> dict[str, str]:
    """By field, what the address says that no body could: see the head of this module."""
    wrong = {}
    for name in PARAMETERS:
        values = _given(data, name)
        if name not in REPEATED and len(values) > 1:
            wrong[name] = gettext("The address gives more than one answer. Choose one.")
        elif name in TYPED and values:
            try:
                read_number(values[0], whole=name in WHOLE)
            except Unreadable as error:
                wrong[name] = str(error)
    return wrong


def tidy(data: QueryDict, *before: str) -> str:
    """The query string without blanks and repetitions, in a fixed order: one address a question.

    `before`: parameters that are none of the question, to be kept at its head.
    """
    return urlencode(pairs(data, *before, *PARAMETERS))


def pairs(data: QueryDict, *names: str) -> list[tuple[str, str]]:
    """Each of the parameters `names` with each value that it is given, once."""
    return [(name, value) for name in names for value in dict.fromkeys(_given(data, name))]


def _given(data: QueryDict, name: str) -> list[str]:
    return [value.strip() for value in data.getlist(name) if value.strip()]


def _one(data: QueryDict, *names: str) -> dict[str, str]:
    """The values of those of the parameters that say something."""
    return {name: values[-1] for name in names if (values := _given(data, name))}


def body(data: QueryDict) -> dict[str, Any]:
    """The body of `POST /api/v1/matches/` that the address stands for."""
    profile: dict[str, Any] = _one(data, *CODES)
    profile |= {name: _number(text) for name, text in _one(data, *NUMBERS).items()}
    profile |= {name: data.getlist(name) for name in LISTS if data.getlist(name)}
    question: dict[str, Any] = {"profile": profile}
    if weights := _one(data, *WEIGHTS):
        question["weights"] = {
            name.removeprefix("w_"): _number(text) for name, text in weights.items()
        }
    conditions: list[Any] = list(dict.fromkeys(data.getlist("must")))
    if macros := list(dict.fromkeys(data.getlist("macro"))):
        conditions.append({"macro": macros})
    if conditions:
        question["must_haves"] = conditions
    question |= _one(data, "level")
    question |= {name: _number(text) for name, text in _one(data, "limit").items()}
    return question


def field_errors(detail: Any, data: QueryDict) -> Iterable[tuple[str, list[str]]]:
    """The names of fields with what is wrong with each."""
    if not isinstance(detail, Mapping):
        yield "", list(_texts(detail))
        return
    for key, inner in detail.items():
        if key == "profile" and isinstance(inner, Mapping):
            yield from ((name, _profile_texts(name, texts)) for name, texts in inner.items())
        elif key == "weights" and isinstance(inner, Mapping):
            yield from ((_weight_field(name), list(_texts(texts))) for name, texts in inner.items())
        elif key == "must_haves" and isinstance(inner, Mapping):
            yield from _condition_errors(inner, list(dict.fromkeys(data.getlist("must"))))
        else:
            name = {"must_haves": "must", "weights": WEIGHTS[0]}.get(key, str(key))
            yield name, list(_texts(inner))


def _condition_errors(
    errors: Mapping[Any, Any], musts: list[str]
) -> Iterable[tuple[str, list[str]]]:
    """What is wrong with must-haves, by their place in the body; behind them stand the regions."""
    for place, inner in errors.items():
        code = musts[int(place)] if int(place) < len(musts) else None
        needs = any(getattr(error, "code", "") == "needs" for error in _leaves(inner))
        if needs and code in MUST_HAVE_NEEDS:
            pattern = gettext("“%(must)s” can only be checked when you fill in “%(field)s”.")
            named = {"must": must_have_label(code), "field": LABELS[MUST_HAVE_NEEDS[code]]}
            yield "must", [pattern % named]
        else:
            yield "macro" if code is None else "must", list(_texts(inner))


def _weight_field(name: str) -> str:
    return f"w_{name}" if f"w_{name}" in WEIGHTS else WEIGHTS[0]


def _profile_texts(name: str, errors: Any) -> list[str]:
    """What is wrong with a field; where it is a list, the list on the page says what is allowed."""
    codes = {getattr(error, "code", "") for error in _leaves(errors)}
    if name == "sector" and "required" in codes:
        return [gettext("Choose what you make.")]
    if codes == {"invalid_choice"}:
        return [gettext("The address holds a value that is not on the list. Choose from the list.")]
    return list(_texts(errors))


def _texts(errors: Any) -> Iterable[str]:
    return dict.fromkeys(str(error) for error in _leaves(errors))


def _leaves(errors: Any) -> Iterable[Any]:
    if isinstance(errors, Mapping):
        for inner in errors.values():
            yield from _leaves(inner)
    elif isinstance(errors, list | tuple):
        for inner in errors:
            yield from _leaves(inner)
    else:
        yield errors


def _number(text: str) -> float | str:
    """The number that `text` writes; else the text itself, for the validator to refuse."""
    try:
        return read_number(text)
    except Unreadable:
        return text


def weights_shown(weights: Mapping[str, float]) -> list[Weight]:
    """The six weights with their labels, in the order of the dimensions."""
    return [
        Weight(f"w_{code}", code, str(Dimension(code).label), weights[code])
        for code in Dimension.values
    ]


def _choices(snapshot: Snapshot) -> dict[str, Choices]:
    provinces = [(place.slug, said(place.name)) for place in snapshot.provinces]
    sectors = _sector_groups(snapshot)
    return {
        "sector": [("", _("Choose …")), *sectors],
        "other_sectors": [choice for _parent, group in sectors for choice in group],
        "prefecture": [("", _("Not said")), *((c, prefecture_name(c)) for c in PREFECTURES)],
        "stage": [("", _("Not said")), *STAGE_LABELS.items()],
        "purposes": _listed(PURPOSE_LABELS),
        "entry_modes": _listed(ENTRY_MODE_LABELS),
        "talent_fields": list(TalentField.choices),
        "services": [
            (code, must_have_label(code)) for code in HARD_OFFERS + SOFT_OFFERS + TALENT_OFFERS
        ],
        "customer_provinces": provinces,
        "existing_ties": provinces,
        "must": [(code, must_have_label(code)) for code in OFFERED],
        "macro": [(code, Region.Macro(code).label) for code in MACROS],
        "level": [("", _("Provinces")), ("park", _("Industrial parks"))],
    }


def _listed(labels: Labels) -> Choices:
    return list(labels.items())


def _sector_groups(snapshot: Snapshot) -> list[tuple[str, Choices]]:
    """The sectors under their parents, each parent first: it stands for 'at large'."""
    facts = snapshot.facts
    names = [said(snapshot.sectors[code]) for code in facts.sector_codes]
    groups: dict[int, Choices] = {
        index: [(facts.sector_codes[index], names[index])]
        for index, parent in enumerate(facts.sector_parent)
        if parent < 0
    }
    for index, parent in enumerate(facts.sector_parent):
        if parent >= 0:
            groups[int(parent)].append((facts.sector_codes[index], names[index]))
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [(names[parent], choices) for parent, choices in ordered]


def _widget(name: str, choices: Mapping[str, Choices]) -> forms.Widget:
    if name in REPEATED:
        return forms.CheckboxSelectMultiple(choices=choices[name])
    if name == "stage":
        return forms.RadioSelect(choices=choices[name])
    if name in choices:
        return forms.Select(choices=choices[name])
    return forms.TextInput()


__all__ = [
    "PARAMETERS",
    "ProfileForm",
    "Weight",
    "body",
    "in_plain_numbers",
    "tidy",
    "weights_shown",
]
