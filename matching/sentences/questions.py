"""What to ask about a blank, as one would ask a park or a province."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from localities.models import TalentField
from matching.engine.facts import HARD_OFFERS, SOFT_OFFERS, TALENT_OFFERS
from matching.sentences.reading import OFFER_INDEX, Reading, listed, number, said
from matching.sentences.site import wanted_offers, wastewater_need

_GROUPS = {"hard.offers": HARD_OFFERS, "soft.offers": SOFT_OFFERS, "talent.offers": TALENT_OFFERS}
# What is asked for, as it stands behind 'does it offer'.
_OFFERED = {
    "rental_factory": gettext_lazy("rental factories"),
    "sme_zone": gettext_lazy("a zone for small firms"),
    "sublease_allowed": gettext_lazy("subletting"),
    "incubation_without_company": gettext_lazy("a start before one has a company there"),
    "power_dual_source": gettext_lazy("power from two sources"),
    "fire_station": gettext_lazy("a fire station"),
    "one_stop_setup": gettext_lazy("one-stop help with setting up"),
    "japanese_speaking_staff": gettext_lazy("Japanese-speaking staff"),
    "accounting_tax": gettext_lazy("help with accounting and tax"),
    "procurement": gettext_lazy("help with procurement"),
    "interpreter": gettext_lazy("interpreters"),
    "customs_office_on_site": gettext_lazy("a customs office on site"),
    "tenants_association_meetings": gettext_lazy("regular meetings of the tenants"),
    "clinic": gettext_lazy("a clinic"),
    "bank": gettext_lazy("a bank"),
    "labour_recruitment": gettext_lazy("help with recruiting"),
    "worker_dormitory": gettext_lazy("a workers' dormitory"),
    "training_centre": gettext_lazy("a training centre"),
}
# By criterion or must-have; `%(place)s` is a park, or a province for what is asked of one.
_PATTERNS = {
    "floor_area": gettext_lazy("Does %(place)s have a unit of about %(area)s m²?"),
    "rent_within_budget": gettext_lazy(
        "Can a factory be rented at %(place)s for at most %(rent)s USD/m² a month?"
    ),
    "power": gettext_lazy("Can %(place)s supply %(power)s kVA of power?"),
    "water": gettext_lazy("Can %(place)s supply %(water)s m³ of water a day?"),
    "wastewater": gettext_lazy("Can %(place)s treat %(waste)s m³ of waste water a day?"),
    "seaport_within_km": gettext_lazy("Is there a deep-sea port within %(port)s km of %(place)s?"),
    "airport_within_km": gettext_lazy(
        "Is there an international airport within %(airport)s km of %(place)s?"
    ),
    "operating": gettext_lazy("Does %(place)s have an industrial park in operation?"),
    "hard.unit_size": gettext_lazy("What sizes of rental units does %(place)s have?"),
    "hard.free_land": gettext_lazy("How much land is still free at %(place)s?"),
    "hard.power": gettext_lazy("Can %(place)s supply %(power)s kVA of power?"),
    "hard.water": gettext_lazy("Can %(place)s supply %(water)s m³ of water a day?"),
    "hard.wastewater": gettext_lazy("Can %(place)s treat %(waste)s m³ of waste water a day?"),
    "hard.seaport": gettext_lazy("How far is %(place)s from the nearest deep-sea port?"),
    "hard.airport": gettext_lazy("How far is %(place)s from the nearest international airport?"),
    "hard.expressway_near": gettext_lazy("How far is %(place)s from the nearest expressway?"),
    "hard.room": gettext_lazy("How much of %(place)s is let?"),
    "hard.japan_flights": gettext_lazy(
        "How far is %(place)s from the nearest airport with flights to Japan?"
    ),
    "soft.japanese_developer": gettext_lazy(
        "Does a Japanese firm take part in developing %(place)s?"
    ),
    "soft.prefecture_tie": gettext_lazy("Does %(place)s have ties with your prefecture?"),
    "soft.home_desk": gettext_lazy("Does your prefecture have a desk in %(place)s?"),
    "soft.support": gettext_lazy("Who helps firms in Japanese on the spot in %(place)s?"),
    "soft.pledges": gettext_lazy(
        "What has %(place)s pledged to investors on the points that you need?"
    ),
    "talent.fields": gettext_lazy(
        "Which schools in %(place)s teach the fields that you need (%(fields)s)?"
    ),
    "talent.sector_fields": gettext_lazy(
        "Which schools in %(place)s teach the fields that your industry hires from?"
    ),
    "talent.people_tie": gettext_lazy(
        "Does %(place)s work with your prefecture on training people?"
    ),
    "talent.japanese": gettext_lazy("Which schools in %(place)s teach Japanese?"),
    "talent.japan_partners": gettext_lazy("Which schools in %(place)s have partners in Japan?"),
    "market.customers_near": gettext_lazy(
        "How far is %(place)s from the provinces of your customers?"
    ),
    "market.buyers": gettext_lazy("Which industries in and around %(place)s could buy from you?"),
    "market.suppliers": gettext_lazy("Which industries in and around %(place)s could supply you?"),
    "market.japanese_makers": gettext_lazy(
        "How many Japanese investment projects does %(place)s have?"
    ),
    "market.japanese_tenants": gettext_lazy("How many Japanese firms are in %(place)s?"),
    "market.exports": gettext_lazy("How much does %(place)s export a year?"),
    "market.growth": gettext_lazy("How fast does the economy of %(place)s grow?"),
    "market.purchasing_power": gettext_lazy("How high is the GRDP per person of %(place)s?"),
    "sector.priority": gettext_lazy("Does %(place)s seek investment in “%(sector)s”?"),
    "sector.asks_japan": gettext_lazy("Does %(place)s call on Japanese firms in “%(sector)s”?"),
    "sector.cluster": gettext_lazy("Which firms in “%(sector)s” does %(place)s already have?"),
    "sector.customers": gettext_lazy("Which industries in %(place)s could buy from you?"),
    "sector.cooperation": gettext_lazy(
        "Does %(place)s have agreements with Japan on “%(sector)s”?"
    ),
    "sector.park_targets": gettext_lazy(
        "Which fields does %(place)s want, and is “%(sector)s” among them?"
    ),
    "sector.park_customers": gettext_lazy("Which tenants of %(place)s could buy from you?"),
    "cost.rent": gettext_lazy("What does a factory at %(place)s cost to rent, per m² and month?"),
    "cost.land_rent": gettext_lazy(
        "What does land at %(place)s cost, per m² for the whole lease term?"
    ),
    "cost.land_benchmark": gettext_lazy(
        "What does industrial land in %(place)s cost, per m² for the whole lease term?"
    ),
    "cost.wage": gettext_lazy("What is the minimum wage in %(place)s?"),
    "cost.minimum_wage": gettext_lazy("What is the minimum wage in %(place)s?"),
    "cost.incentives": gettext_lazy(
        "Which incentives do tenants of %(place)s get, and which of them hold for you?"
    ),
}

# The same where the firm has not said how much it needs.
_WITHOUT_NEED = {
    "power": gettext_lazy("How much power can %(place)s supply?"),
    "water": gettext_lazy("How much water a day can %(place)s supply?"),
    "wastewater": gettext_lazy("How much waste water a day can %(place)s treat?"),
}


def question(code: str, at: Reading, label: str, *, on_site: bool = True) -> str:
    """What to ask about a criterion or a must-have that nothing, or not all, is known of."""
    place = (
        at.snapshot.parks[at.park]
        if on_site and at.park is not None
        else at.snapshot.provinces[at.province]
    )
    named = {"place": said(place.name), "label": label}
    if wanted := _open_offers(code, at):
        named["wanted"] = listed(wanted)
        return _("Does %(place)s offer %(wanted)s?") % named
    pattern = _PATTERNS.get(code) or _("%(place)s: what is known of “%(label)s”?")
    if code in _WITHOUT_NEED and not _need(code, at):
        pattern = _WITHOUT_NEED[code]
    text = str(pattern)
    needs = {name: read(at) for name, read in _NEEDS.items() if f"%({name})s" in text}
    return text % (named | needs)


def _need(code: str, at: Reading) -> float:
    profile = at.question.profile
    needs = {"power": profile.power_kva, "water": profile.water_m3_day}
    return wastewater_need(at) if code == "wastewater" else needs[code] or 0


# What a pattern may name of the firm's needs.
_NEEDS: dict[str, Callable[[Reading], str]] = {
    "area": lambda at: number(at.question.profile.floor_area_m2 or 0),
    "rent": lambda at: number(at.question.profile.rent_budget_usd_m2_month or 0, 2),
    "power": lambda at: number(at.question.profile.power_kva or 0, 1),
    "water": lambda at: number(at.question.profile.water_m3_day or 0, 1),
    "waste": lambda at: number(wastewater_need(at), 1),
    "port": lambda at: number(at.question.profile.max_km_to_seaport or 0),
    "airport": lambda at: number(at.question.profile.max_km_to_airport or 0),
    "sector": lambda at: at.sector_name(at.sectors()[0]),
    "fields": lambda at: listed(
        str(TalentField(code).label) for code in at.question.profile.talent_fields
    ),
}


def _open_offers(code: str, at: Reading) -> list[str]:
    """The offers that are asked for and not on record either way, as a question names them."""
    if code in _OFFERED:
        return [str(_OFFERED[code])]
    return list(_unknown(code, at)) if code in _GROUPS else []


def _unknown(code: str, at: Reading) -> Iterable[str]:
    has = at.snapshot.facts.offers[at.park] if at.park is not None else None
    for offer in wanted_offers(at, _GROUPS[code]):
        known = has is not None and has[OFFER_INDEX[offer]] in (0, 1)
        if not known:
            yield str(_OFFERED[offer])
