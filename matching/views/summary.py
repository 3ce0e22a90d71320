"""A question in a few words: what stands at the head of the results."""

from django.utils.translation import gettext as _

from localities.models import Dimension, Region, TalentField
from localities.numbers import number
from matching.choices import (
    ENTRY_MODE_LABELS,
    PURPOSE_LABELS,
    STAGE_LABELS,
    prefecture_name,
)
from matching.questions import Profile, Question
from matching.sentences.must_haves import label as must_have_label
from matching.sentences.reading import said
from matching.snapshot import Snapshot


def by_step(question: Question, snapshot: Snapshot, *, sector: bool) -> dict[int, list[str]]:
    """What the firm said on each step of the profile; its sector only where `sector` is True."""
    profile = question.profile
    said_of = [profile.sector] if sector else []
    weights = question.weights or {}
    return {
        1: [
            *(said(snapshot.sectors[code]) for code in (*said_of, *profile.other_sectors)),
            *_where(profile),
            *_size(profile),
            *([str(STAGE_LABELS[profile.stage])] if profile.stage else []),
            *(str(PURPOSE_LABELS[code]) for code in profile.purposes),
            *_ties(profile, snapshot),
        ],
        2: [
            *(str(ENTRY_MODE_LABELS[code]) for code in profile.entry_modes),
            *_needs(profile),
            *(must_have_label(code) for code in profile.services),
        ],
        3: _people(profile),
        4: [
            *must_chips(question),
            *(f"{Dimension(code).label} {number(weight)}" for code, weight in weights.items()),
        ],
    }


def chips(question: Question, snapshot: Snapshot) -> list[str]:
    """What the firm said of itself, one chip a thing."""
    profile = question.profile
    named = [said(snapshot.sectors[code]) for code in (profile.sector, *profile.other_sectors)]
    firm = [*_where(profile), *_size(profile)]
    return [
        *named,
        *([" · ".join(firm)] if firm else []),
        *([str(STAGE_LABELS[profile.stage])] if profile.stage else []),
        *(str(PURPOSE_LABELS[code]) for code in profile.purposes),
        *(str(ENTRY_MODE_LABELS[code]) for code in profile.entry_modes),
        *_needs(profile),
        *_people(profile),
        *(must_have_label(code) for code in profile.services),
        *_ties(profile, snapshot),
    ]


def must_chips(question: Question) -> list[str]:
    """What the firm cannot do without."""
    labels = [must_have_label(code) for code in question.must_haves if code != "operating"]
    if question.macros:
        parts = (str(Region.Macro(code).label) for code in question.macros)
        labels.append(_(" or ").join(parts))
    return labels


def _where(profile: Profile) -> list[str]:
    return [prefecture_name(profile.prefecture)] if profile.prefecture else []


def _size(profile: Profile) -> list[str]:
    if profile.employees is None:
        return []
    return [_("%(n)s employees") % {"n": number(profile.employees)}]


def _needs(profile: Profile) -> list[str]:
    patterns = {
        "floor_area_m2": _("%(n)s m²"),
        "rent_budget_usd_m2_month": _("up to %(n)s USD/m²/month"),
        "power_kva": _("%(n)s kVA"),
        "water_m3_day": _("water %(n)s m³/day"),
        "max_km_to_seaport": _("seaport within %(n)s km"),
        "max_km_to_airport": _("airport within %(n)s km"),
    }
    return _filled(profile, patterns)


def _people(profile: Profile) -> list[str]:
    patterns = {
        "workers": _("%(n)s workers"),
        "engineers": _("%(n)s engineers"),
        "wage_budget_usd_month": _("wage up to %(n)s USD/month"),
    }
    fields = [str(TalentField(code).label) for code in profile.talent_fields]
    return [*_filled(profile, patterns), *fields]


def _filled(profile: Profile, patterns: dict[str, str]) -> list[str]:
    known = ((pattern, getattr(profile, name)) for name, pattern in patterns.items())
    return [pattern % {"n": number(value)} for pattern, value in known if value is not None]


def _ties(profile: Profile, snapshot: Snapshot) -> list[str]:
    names = {place.slug: said(place.name) for place in snapshot.provinces}
    customers = [
        _("customers in %(place)s") % {"place": names[slug]} for slug in profile.customer_provinces
    ]
    ties = [_("ties with %(place)s") % {"place": names[slug]} for slug in profile.existing_ties]
    return [*customers, *ties]
