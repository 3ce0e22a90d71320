"""Sentences on the site: units, land, power, water, distances, offers, rents."""

from functools import lru_cache

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.engine.facts import HARD_OFFERS, SOFT_OFFERS, TALENT_OFFERS
from matching.engine.requirements import WASTEWATER_SHARE_OF_WATER, Requirements
from matching.engine.switches import (
    wanted_hard_offers,
    wanted_soft_offers,
    wanted_talent_offers,
)
from matching.sentences.reading import (
    OFFER_INDEX,
    Reading,
    Statement,
    in_own_language,
    listed,
    number,
    offer_name,
    said,
    sizes,
    span,
)

_WANTED = {
    HARD_OFFERS: wanted_hard_offers,
    SOFT_OFFERS: wanted_soft_offers,
    TALENT_OFFERS: wanted_talent_offers,
}


def wanted_offers(at: Reading, group: tuple[str, ...]) -> tuple[str, ...]:
    """The offers of `group` that the firm asks for, as the engine counts them."""
    return _wanted(at.wants, group)


@lru_cache(maxsize=32)
def _wanted(wants: Requirements, group: tuple[str, ...]) -> tuple[str, ...]:
    """Every place of an answer is held against the same offers."""
    wanted = _WANTED[group](wants)[0]
    return tuple(offer for offer, asked in zip(group, wanted, strict=True) if asked)


def _offers(at: Reading, group: tuple[str, ...], what: str) -> Statement | None:
    """What is on record of a group of offers; `what` names the group: others may still be open."""
    if at.park is None:
        return None
    has = at.snapshot.facts.offers[at.park]
    wanted = wanted_offers(at, group)
    confirmed = [offer for offer in wanted if has[OFFER_INDEX[offer]] == 1]
    absent = [offer for offer in wanted if has[OFFER_INDEX[offer]] == 0]
    if not confirmed and not absent:
        return None
    named = {
        "what": what,
        "found": number(len(confirmed)),
        "wanted": number(len(wanted)),
        "offers": listed(map(offer_name, confirmed)),
        "absent": listed(map(offer_name, absent)),
    }
    evidence = at.behind("offers", at.park, OFFER_INDEX[(confirmed or absent)[0]])
    if not confirmed:
        text = _("On record as not offered: %(absent)s")
        return Statement(text % named, evidence, plainly_bad=True)
    if len(confirmed) == len(wanted):
        text = _("%(what)s, all on record: %(offers)s")
    elif absent:
        text = _(
            "%(what)s, %(found)s of %(wanted)s on record: %(offers)s; "
            "on record as not offered: %(absent)s"
        )
    else:
        text = _("%(what)s, %(found)s of %(wanted)s on record: %(offers)s")
    return Statement(text % named, evidence)


def hard_offers(at: Reading) -> Statement | None:
    """The wanted facilities and ways of entry that are on record."""
    return _offers(at, HARD_OFFERS, _("Facilities and ways of entry you look for"))


def soft_offers(at: Reading) -> Statement | None:
    """The wanted services that are on record."""
    return _offers(at, SOFT_OFFERS, _("Services you look for"))


def talent_offers(at: Reading) -> Statement | None:
    """The wanted help with people that is on record."""
    return _offers(at, TALENT_OFFERS, _("Help with hiring and workers that you need"))


def unit_size(at: Reading) -> Statement | None:
    """The sizes of rental units against the need."""
    need = at.question.profile.floor_area_m2
    if at.park is None or need is None:
        return None
    units = at.snapshot.facts.rental_units_m2[at.park]
    units = units[~np.isnan(units)]
    if not len(units):
        return None
    text = _("Rental units of %(units)s m² (you need %(need)s m²)")
    named = {"units": sizes(units), "need": number(need)}
    return Statement(text % named, at.behind("rental_units_m2", at.park))


def free_land(at: Reading) -> Statement | None:
    """Land still free."""
    if at.park is None or np.isnan(at.snapshot.facts.free_land_m2[at.park, 0]):
        return None
    hectares = at.snapshot.facts.free_land_m2[at.park] / 10_000
    text = (
        _("Free land in the park: %(hectares)s ha") % {"hectares": span(hectares, 1)}
        if hectares[1] > 0
        else _("No land of the park is free")
    )
    return Statement(text, at.behind("free_land_m2", at.park))


def _supply(
    at: Reading, fact: str, texts: tuple[str, str], need: float | None, scale: float = 1
) -> Statement | None:
    """The first of `texts` with the supply and the need, the second where no need is given."""
    if at.park is None or np.isnan(getattr(at.snapshot.facts, fact)[at.park, 0]):
        return None
    supply = getattr(at.snapshot.facts, fact)[at.park] / scale
    named = {"supply": span(supply, 1), "need": number(need or 0, 1)}
    return Statement(texts[0 if need else 1] % named, at.behind(fact, at.park))


def power(at: Reading) -> Statement | None:
    """The park's power against the need."""
    texts = (
        _("Power supply of the park: %(supply)s MVA (you need %(need)s kVA)"),
        _("Power supply of the park: %(supply)s MVA"),
    )
    return _supply(at, "power_kva", texts, at.question.profile.power_kva, scale=1_000)


def water(at: Reading) -> Statement | None:
    """The park's water against the need."""
    texts = (
        _("Water supply of the park: %(supply)s m³ a day (you need %(need)s m³)"),
        _("Water supply of the park: %(supply)s m³ a day"),
    )
    return _supply(at, "water_m3_day", texts, at.question.profile.water_m3_day)


def wastewater(at: Reading) -> Statement | None:
    """The park's treatment of waste water against the need."""
    with_need = (
        _("Waste-water treatment of the park: %(supply)s m³ a day (you discharge %(need)s m³)")
        if at.question.profile.wastewater_m3_day
        else _(
            "Waste-water treatment of the park: %(supply)s m³ a day "
            "(you discharge about %(need)s m³, reckoned from your water)"
        )
    )
    texts = with_need, _("Waste-water treatment of the park: %(supply)s m³ a day")
    return _supply(at, "wastewater_m3_day", texts, wastewater_need(at))


def wastewater_need(at: Reading) -> float:
    """The waste water that the firm discharges, stated or reckoned from its water."""
    profile = at.question.profile
    reckoned = WASTEWATER_SHARE_OF_WATER * (profile.water_m3_day or 0)
    return profile.wastewater_m3_day or reckoned


def _distance(at: Reading, fact: str, stated: str, computed: str) -> Statement | None:
    if at.park is None or np.isnan(getattr(at.snapshot.facts, fact)[at.park]):
        return None
    evidence = at.behind(fact, at.park)
    named = {
        "km": number(getattr(at.snapshot.facts, fact)[at.park]),
        "target": said(evidence.words),
    }
    is_computed = getattr(at.snapshot.facts, f"{fact}_computed")[at.park]
    return Statement((computed if is_computed else stated) % named, evidence)


def seaport(at: Reading) -> Statement | None:
    """How far the seaport is."""
    return _distance(
        at,
        "km_to_seaport",
        _("%(target)s is %(km)s km away"),
        _(
            "The nearest deep-sea port, %(target)s, is %(km)s km away as the crow flies "
            "(our computation)"
        ),
    )


def airport(at: Reading) -> Statement | None:
    """How far the airport is."""
    return _distance(
        at,
        "km_to_airport",
        _("%(target)s is %(km)s km away"),
        _("%(target)s is %(km)s km away as the crow flies (our computation)"),
    )


def expressway_near(at: Reading) -> Statement | None:
    """How far the expressway is from the park."""
    if at.park is None or np.isnan(at.snapshot.facts.km_to_expressway[at.park]):
        return None
    evidence = at.behind("km_to_expressway", at.park)
    named = {
        "km": number(at.snapshot.facts.km_to_expressway[at.park]),
        "target": said(evidence.words),
    }
    if named["km"] == "0":
        return Statement(_("The park lies next to the expressway (%(target)s)") % named, evidence)
    if named["target"].lower() in ("", "expressway"):  # a name that says no more
        return Statement(_("An expressway is %(km)s km away") % named, evidence)
    return Statement(_("The expressway is %(km)s km away (%(target)s)") % named, evidence)


def room(at: Reading) -> Statement | None:
    """How full the park is."""
    if at.park is None or np.isnan(at.snapshot.facts.occupancy_pct[at.park, 0]):
        return None
    percent = at.snapshot.facts.occupancy_pct[at.park]
    text = (
        _("The park is fully let")
        if percent[0] >= 100
        else _("%(percent)s%% of the park is let") % {"percent": span(percent)}
    )
    return Statement(text, at.behind("occupancy_pct", at.park))


def japanese_developer(at: Reading) -> Statement | None:
    """Whether a Japanese firm has a hand in the park."""
    if at.park is None or np.isnan(at.snapshot.facts.japanese_developer[at.park]):
        return None
    evidence = at.behind("japanese_developer", at.park)
    if at.snapshot.facts.japanese_developer[at.park]:
        text = (
            _("A Japanese firm takes part in the park: %(developer)s")
            if evidence.words
            else _("A Japanese firm takes part in the park")
        )
        return Statement(text % {"developer": said(evidence.words)}, evidence)
    text = _("No Japanese firm takes part in the park's development")
    return Statement(text, evidence, plainly_bad=True)


def japanese_tenants(at: Reading) -> Statement | None:
    """How many Japanese firms are in the park."""
    if at.park is None or np.isnan(at.snapshot.facts.japanese_tenants[at.park, 0]):
        return None
    count = int(at.snapshot.facts.japanese_tenants[at.park, 0])
    text = ngettext(
        "%(count)s Japanese firm is in the park", "%(count)s Japanese firms are in the park", count
    )
    return Statement(text % {"count": number(count)}, at.behind("japanese_tenants", at.park))


def customers_near(at: Reading) -> Statement | None:
    """How far the nearest of the customers' provinces is."""
    provinces = at.snapshot.facts.province_slugs
    named = [provinces.index(slug) for slug in at.question.profile.customer_provinces]
    if at.park is None or not named:
        return None
    distances = at.snapshot.facts.km_to_provinces[at.park][named]
    if np.isnan(distances).all():
        return None
    nearest = int(np.nanargmin(distances))
    text = _(
        "The centre of %(province)s, where your customers are, is %(km)s km away as the crow flies"
    )
    values = {
        "km": number(distances[nearest]),
        "province": said(at.snapshot.provinces[named[nearest]].name),
    }
    return Statement(text % values, at.behind("km_to_provinces", at.park), plainly_bad=True)


def rent(at: Reading) -> Statement | None:
    """The factory rent against the budget."""
    budget = at.question.profile.rent_budget_usd_m2_month
    if at.park is None or np.isnan(at.snapshot.facts.factory_rent_usd_m2_month[at.park]).all():
        return None
    rent_span = span(at.snapshot.facts.factory_rent_usd_m2_month[at.park], 2)
    evidence = at.behind("factory_rent_usd_m2_month", at.park)
    if budget is None:
        return Statement(
            _("Factory rent of %(rent)s USD/m² a month") % {"rent": rent_span}, evidence
        )
    text = _("Factory rent of %(rent)s USD/m² a month (your budget: %(budget)s USD)")
    return Statement(text % {"rent": rent_span, "budget": number(budget, 2)}, evidence)


def land_rent(at: Reading) -> Statement | None:
    """The land rent of the park."""
    if at.park is None or np.isnan(at.snapshot.facts.land_rent_usd_m2[at.park, 0]):
        return None
    text = _("Land rent of the park: %(rent)s USD/m² for the whole lease term")
    named = {"rent": span(at.snapshot.facts.land_rent_usd_m2[at.park])}
    return Statement(text % named, at.behind("land_rent_usd_m2", at.park))


def incentives(at: Reading) -> Statement | None:
    """Incentives of the site."""
    if at.park is None or np.isnan(at.snapshot.facts.tax_incentive[at.park]):
        return None
    evidence = at.behind("tax_incentive", at.park)
    text, words = _("An incentive for tenants is on record"), in_own_language(evidence.words)
    if words:
        text = _("%(text)s (%(words)s)") % {"text": text, "words": words}
    return Statement(text, evidence)
