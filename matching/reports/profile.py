"""What the firm asked, field by field."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from localities.models import Region, TalentField
from localities.numbers import number
from matching.choices import (
    ENTRY_MODE_LABELS,
    PURPOSE_LABELS,
    STAGE_LABELS,
    Labels,
    prefecture_name,
)
from matching.questions import Question
from matching.sentences.must_haves import label as must_have_label
from matching.sentences.reading import said
from matching.snapshot import Snapshot
from matching.steps import LABELS

# What only programs ask for: no step of the form has it.
_OF_PROGRAMS: Labels = {"wastewater_m3_day": gettext_lazy("Waste water")}
_UNITS: Labels = {
    "employees": gettext_lazy("persons"),
    "floor_area_m2": "m²",
    "rent_budget_usd_m2_month": gettext_lazy("USD/m²/month"),
    "power_kva": "kVA",
    "water_m3_day": gettext_lazy("m³/day"),
    "wastewater_m3_day": gettext_lazy("m³/day"),
    "max_km_to_seaport": "km",
    "max_km_to_airport": "km",
    "workers": gettext_lazy("persons"),
    "engineers": gettext_lazy("persons"),
    "wage_budget_usd_month": gettext_lazy("USD/month"),
}


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One field that was filled in: a number with its unit, or words."""

    label: str
    value: float | str
    unit: str = ""

    @property
    def shown(self) -> str:
        """The value as the reader writes it."""
        if isinstance(self.value, str):
            return self.value
        return f"{number(self.value)} {self.unit}".strip()


def profile_rows(question: Question, snapshot: Snapshot) -> list[ProfileRow]:
    """What was asked, in the order of the form; what was left blank is not there."""
    return [row for row in _rows(question, snapshot) if row.value != ""]


def _rows(question: Question, snapshot: Snapshot) -> Iterable[ProfileRow]:
    profile = question.profile
    places = {place.slug: said(place.name) for place in snapshot.provinces}
    sectors = {code: said(name) for code, name in snapshot.sectors.items()}
    yield ProfileRow(_label("sector"), sectors[profile.sector])
    yield ProfileRow(_label("other_sectors"), _words(profile.other_sectors, sectors.__getitem__))
    yield ProfileRow(_label("prefecture"), _words(_some(profile.prefecture), prefecture_name))
    yield from _numbers(question, "employees")
    yield ProfileRow(_label("stage"), _words(_some(profile.stage), _from(STAGE_LABELS)))
    yield ProfileRow(_label("purposes"), _words(profile.purposes, _from(PURPOSE_LABELS)))
    named = _words(profile.customer_provinces, places.__getitem__)
    yield ProfileRow(_label("customer_provinces"), named)
    named = _words(profile.existing_ties, places.__getitem__)
    yield ProfileRow(_label("existing_ties"), named)
    named = _words(profile.entry_modes, _from(ENTRY_MODE_LABELS))
    yield ProfileRow(_label("entry_modes"), named)
    yield from _numbers(question, *(name for name in _UNITS if name != "employees"))
    named = _words(profile.talent_fields, lambda code: str(TalentField(code).label))
    yield ProfileRow(_label("talent_fields"), named)
    named = _words(profile.services, must_have_label)
    yield ProfileRow(_label("services"), named)
    yield ProfileRow(_label("must"), _words(question.must_haves, must_have_label))
    named = _words(question.macros or (), lambda code: str(Region.Macro(code).label))
    yield ProfileRow(_label("macro"), named)
    named = _words(question.provinces or (), places.__getitem__)
    yield ProfileRow(_("Provinces to look at"), named)


def _numbers(question: Question, *names: str) -> Iterable[ProfileRow]:
    for name in names:
        if (value := getattr(question.profile, name)) is not None:
            yield ProfileRow(_label(name), value, str(_UNITS[name]))


def _label(name: str) -> str:
    return str(_OF_PROGRAMS.get(name) or LABELS[name])


def _some(code: str | None) -> Sequence[str]:
    return (code,) if code else ()


def _words(codes: Sequence[str], named: Callable[[str], str]) -> str:
    return pgettext("list", ", ").join(map(named, codes))


def _from(labels: Labels) -> Callable[[str], str]:
    return lambda code: str(labels[code])
