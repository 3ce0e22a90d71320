"""Must-haves in words: what they are called, what is on record, what to ask."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from localities.models import Region
from matching.engine.facts import MACROS, OFFERS
from matching.sentences import questions, site
from matching.sentences.province import expressway
from matching.sentences.reading import (
    OFFER_INDEX,
    Reading,
    Statement,
    offer_name,
    said,
)

_LABELS = {
    "floor_area": gettext_lazy("floor area"),
    "rent_within_budget": gettext_lazy("rent within budget"),
    "power": gettext_lazy("power"),
    "water": gettext_lazy("water"),
    "wastewater": gettext_lazy("waste water"),
    "seaport_within_km": gettext_lazy("distance to the seaport"),
    "airport_within_km": gettext_lazy("distance to the airport"),
    "expressway": gettext_lazy("expressway"),
    "macro": gettext_lazy("part of the country"),
    "province": gettext_lazy("province"),
    "operating": gettext_lazy("park in operation"),
}


def label(code: str) -> str:
    """What a must-have is called."""
    if code in OFFER_INDEX:
        return offer_name(code)
    return str(_LABELS[code])


def fact(code: str, at: Reading) -> Statement | None:
    """What is on record about a must-have."""
    if code in OFFERS:
        return _offer(code, at)
    readers = {
        "floor_area": _floor_area,
        "rent_within_budget": site.rent,
        "power": site.power,
        "water": site.water,
        "wastewater": site.wastewater,
        "seaport_within_km": site.seaport,
        "airport_within_km": site.airport,
        "expressway": expressway,
        "macro": _macro,
        "province": _province,
        "operating": _operating,
    }
    return readers[code](at)


def _offer(code: str, at: Reading) -> Statement | None:
    if at.park is None:
        return None
    has = at.snapshot.facts.offers[at.park, OFFER_INDEX[code]]
    evidence = at.behind("offers", at.park, OFFER_INDEX[code])
    if has == 1:
        return Statement(_("On record as offered"), evidence)
    if has == 0:
        return Statement(_("On record as not offered"), evidence)
    return None


def _floor_area(at: Reading) -> Statement | None:
    return site.unit_size(at) or site.free_land(at)


def _macro(at: Reading) -> Statement:
    part = MACROS[at.snapshot.facts.province_macro[at.province]]
    return Statement(str(Region.Macro(part).label), at.behind("population", at.province))


def _province(at: Reading) -> Statement:
    name = said(at.snapshot.provinces[at.province].name)
    return Statement(name, at.behind("population", at.province))


def _operating(at: Reading) -> Statement | None:
    if at.park is None:
        return None
    text = (
        _("The park is in operation")
        if at.snapshot.facts.operating[at.park]
        else _("The park is not on record as in operation: it is planned or being built")
    )
    return Statement(text, at.behind("operating", at.park))


def question(code: str, at: Reading) -> str:
    """What to ask about a must-have that nothing is known of."""
    return questions.question(code, at, label(code))


__all__ = ["fact", "label", "question"]
