"""Must-haves in words: what they are called, what is on record, what to ask."""

from django.utils.translation import gettext as _

from localities.models import Region
from matching.engine.facts import HARD_OFFERS, MACROS, OFFERS, SOFT_OFFERS, TALENT_OFFERS
from matching.sentences import site
from matching.sentences.province import expressway
from matching.sentences.reading import (
    OFFER_INDEX,
    Reading,
    Statement,
    listed,
    number,
    offer_name,
    said,
)


def label(code: str) -> str:
    """What a must-have is called."""
    if code in OFFER_INDEX:
        return offer_name(code)
    return {
        "floor_area": _("floor area"),
        "rent_within_budget": _("rent within budget"),
        "power": _("power"),
        "water": _("water"),
        "wastewater": _("waste water"),
        "seaport_within_km": _("distance to the seaport"),
        "airport_within_km": _("distance to the airport"),
        "expressway": _("expressway"),
        "macro": _("part of the country"),
        "province": _("province"),
        "operating": _("park in operation"),
    }[code]


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
    named = {"offer": offer_name(code)}
    if has == 1:
        return Statement(_("On record: %(offer)s") % named, evidence)
    if has == 0:
        return Statement(_("On record as not offered: %(offer)s") % named, evidence)
    return None


def _floor_area(at: Reading) -> Statement | None:
    return site.unit_size(at) or site.free_land(at)


def _macro(at: Reading) -> Statement:
    part = MACROS[at.snapshot.facts.province_macro[at.province]]
    text = _("It lies in: %(part)s") % {"part": Region.Macro(part).label}
    return Statement(text, at.behind("population", at.province))


def _province(at: Reading) -> Statement:
    text = _("It lies in: %(part)s") % {"part": said(at.snapshot.provinces[at.province].name)}
    return Statement(text, at.behind("population", at.province))


def _operating(at: Reading) -> Statement | None:
    if at.park is None:
        return None
    text = (
        _("The park is in operation")
        if at.snapshot.facts.operating[at.park]
        else _("No park is on record as in operation: it is planned or being built")
    )
    return Statement(text, at.behind("operating", at.park))


def question(code: str, at: Reading) -> str:
    """What to ask about a must-have that nothing is known of."""
    place = (
        said(at.snapshot.parks[at.park].name)
        if at.park is not None
        else said(at.snapshot.provinces[at.province].name)
    )
    profile = at.question.profile
    needs = {
        "floor_area": (_("a unit of about %(need)s m²"), profile.floor_area_m2),
        "rent_within_budget": (
            _("a rent of at most %(need)s USD/m² a month"),
            profile.rent_budget_usd_m2_month,
        ),
        "power": (_("%(need)s kVA of power"), profile.power_kva),
        "water": (_("%(need)s m³ of water a day"), profile.water_m3_day),
        "wastewater": (_("treatment of %(need)s m³ of waste water a day"), None),
    }
    pattern, need = needs.get(code, (label(code), None))
    if code == "wastewater":
        need = profile.wastewater_m3_day or 0.8 * (profile.water_m3_day or 0)
    wanted = pattern % {"need": number(need, 2)} if need else label(code)
    return _("%(place)s: is this offered? %(wanted)s") % {"place": place, "wanted": wanted}


def wanted_of(code: str, at: Reading) -> str:
    """What the firm wants on a criterion of offers, in words; empty for other criteria."""
    groups = {
        "hard.offers": HARD_OFFERS,
        "soft.offers": SOFT_OFFERS,
        "talent.offers": TALENT_OFFERS,
    }
    if code not in groups:
        return ""
    wanted = site.wanted_offers(at, groups[code])
    has = at.snapshot.facts.offers[at.park] if at.park is not None else None
    open_points = [o for o in wanted if has is None or has[OFFER_INDEX[o]] != has[OFFER_INDEX[o]]]
    return listed(map(offer_name, open_points))


__all__ = ["fact", "label", "question", "wanted_of"]
