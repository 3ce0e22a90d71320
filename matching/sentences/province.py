"""Sentences on the province: ties, help, people, market, wages."""

from collections.abc import Callable

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from localities.models import Commitment, SupportFunction, TalentField
from matching.engine.facts import PLEDGE_CATEGORIES, SUPPORT_FUNCTIONS
from matching.engine.switches import wanted_pledges
from matching.engine.tables import SECTOR_FIELDS, SUPPORT_ON_THE_SPOT
from matching.sentences.reading import (
    Reading,
    Statement,
    in_own_language,
    listed,
    number,
    said,
    span,
)


def _ranged(
    at: Reading, fact: str, text: str, decimals: int = 0, scale: float = 1, **named: str
) -> Statement | None:
    """`text` with the province's figure as its %(value)s."""
    values = getattr(at.snapshot.facts, fact)[at.province]
    if np.isnan(values).all():
        return None
    named["value"] = span(values / scale, decimals)
    return Statement(text % named, at.behind(fact, at.province))


def japan_flights(at: Reading) -> Statement | None:
    """How far the flights to Japan are from the province's centre."""
    airport = said(at.behind("km_to_japan_flights", at.province).words)
    text = _("%(value)s km as the crow flies from the centre to %(airport)s, with flights to Japan")
    return _ranged(at, "km_to_japan_flights", text, airport=airport)


def expressway(at: Reading) -> Statement | None:
    """Whether an expressway is open."""
    open_road = bool(at.snapshot.facts.has_expressway[at.province])
    text = (
        _("An expressway is open in the province") if open_road else _("No expressway is open yet")
    )
    return Statement(text, at.behind("has_expressway", at.province))


def power_shortage(at: Reading) -> Statement | None:
    """A reported shortage of power: a caution, never a score."""
    if at.snapshot.facts.power_shortage[at.province] != 1:
        return None
    evidence = at.behind("power_shortage", at.province)
    period = {"period": said(evidence.words) or evidence.as_of}
    return Statement(_("A shortage of power was reported (%(period)s)") % period, evidence)


def prefecture_tie(at: Reading) -> Statement | None:
    """The tie with the firm's prefecture."""
    if at.prefecture is None or np.isnan(at.snapshot.facts.tie_level[at.province, at.prefecture]):
        return None
    level = int(at.snapshot.facts.tie_level[at.province, at.prefecture])
    evidence = at.behind("tie_level", at.province, at.prefecture)
    text = {
        3: _("%(partner)s has a friendship agreement or a desk there"),
        2: _("%(partner)s has a memorandum or a joint training project with it"),
        1: _("%(partner)s has exchanged visits or talks with it"),
    }[level]
    return Statement(text % {"partner": said(evidence.words)}, evidence)


def people_tie(at: Reading) -> Statement | None:
    """Exchange of people with the firm's prefecture."""
    if at.prefecture is None or at.snapshot.facts.people_tie[at.province, at.prefecture] != 1:
        return None
    evidence = at.behind("people_tie", at.province, at.prefecture)
    text = _("%(partner)s works with it on training and people") % {"partner": said(evidence.words)}
    return Statement(text, evidence)


def home_desk(at: Reading) -> Statement | None:
    """An office of the firm's own prefecture there."""
    if at.prefecture is None or at.snapshot.facts.home_desk[at.province, at.prefecture] != 1:
        return None
    evidence = at.behind("home_desk", at.province, at.prefecture)
    text = _("An office of your prefecture is there: %(desk)s") % {"desk": said(evidence.words)}
    return Statement(text, evidence)


def support(at: Reading) -> Statement | None:
    """Help in Japanese on the spot."""
    indices = [SUPPORT_FUNCTIONS.index(function) for function in SUPPORT_ON_THE_SPOT]
    found = [i for i in indices if at.snapshot.facts.support_functions[at.province, i] == 1]
    if not found:
        return None
    evidence = at.behind("support_functions", at.province, found[0])
    names = listed(str(SupportFunction(SUPPORT_FUNCTIONS[i]).label) for i in found)
    text = _("Help in Japanese on the spot (%(functions)s): %(organisation)s")
    return Statement(text % {"functions": names, "organisation": said(evidence.words)}, evidence)


def pledges(at: Reading) -> Statement | None:
    """What the province has pledged of what the firm needs."""
    given = at.snapshot.facts.pledges[at.province] == 1
    found = np.flatnonzero(given & wanted_pledges(at.wants)[0])
    if not len(found):
        return None
    evidence = at.behind("pledges", at.province, int(found[0]))
    names = listed(str(Commitment.Category(PLEDGE_CATEGORIES[i]).label) for i in found)
    text = _("The province has given pledges on: %(categories)s") % {"categories": names}
    words = in_own_language(evidence.words)
    if words:
        text = _("%(text)s (%(words)s)") % {"text": text, "words": words}
    return Statement(text, evidence)


def procedures(at: Reading) -> Statement | None:
    """PAPI on procedures."""
    text = _("Citizens' survey PAPI on administrative procedures: %(value)s points")
    return _ranged(at, "papi_procedures", text, 2)


def integrity(at: Reading) -> Statement | None:
    """PAPI on corruption."""
    text = _("Citizens' survey PAPI on the control of corruption: %(value)s points")
    return _ranged(at, "papi_corruption_control", text, 2)


def law_and_order(at: Reading) -> Statement | None:
    """PAPI on safety."""
    return _ranged(
        at, "papi_law_and_order", _("Citizens' survey PAPI on law and order: %(value)s points"), 2
    )


def e_government(at: Reading) -> Statement | None:
    """PAPI on answers online."""
    text = _("Citizens' survey PAPI on answers of the online administration: %(value)s points")
    return _ranged(at, "papi_e_responsiveness", text, 2)


def _taught(at: Reading, wanted: list[str]) -> Statement | None:
    """The fields taught there, else those taught next door."""
    codes = at.snapshot.facts.talent_field_codes
    near = np.flatnonzero(at.snapshot.facts.neighbours[at.province])
    for province in (at.province, *near.tolist()):
        counts = at.snapshot.facts.talent_fields[province]
        found = [code for code in wanted if counts[codes.index(code)] > 0]
        if found:
            evidence = at.behind("talent_fields", province, codes.index(found[0]))
            text = (
                _("Taught there: %(fields)s (such as at %(school)s)")
                if province == at.province
                else _("Taught next door in %(province)s: %(fields)s (such as at %(school)s)")
            )
            named = {
                "province": said(at.snapshot.provinces[province].name),
                "fields": listed(str(TalentField(code).label) for code in found),
                "school": said(evidence.words),
            }
            return Statement(text % named, evidence)
    return None


def fields(at: Reading) -> Statement | None:
    """Schools in the fields that the firm names."""
    return _taught(at, list(at.question.profile.talent_fields))


def sector_fields(at: Reading) -> Statement | None:
    """Schools in the fields that the firm's sectors hire from."""
    profile = at.question.profile
    sectors = (profile.sector, *profile.other_sectors)
    wanted = [field for sector in sectors for field in SECTOR_FIELDS.get(sector, ())]
    return _taught(at, list(dict.fromkeys(wanted)))


def _schools(at: Reading, fact: str, text: Callable[[int], str]) -> Statement | None:
    count = getattr(at.snapshot.facts, fact)[at.province]
    if np.isnan(count):
        return None
    evidence = at.behind(fact, at.province)
    return Statement(
        text(int(count)) % {"count": int(count), "school": said(evidence.words)}, evidence
    )


def japanese(at: Reading) -> Statement | None:
    """Schools that teach Japanese."""
    return _schools(
        at,
        "japanese_language_schools",
        lambda count: ngettext(
            "%(count)s school teaches Japanese (%(school)s)",
            "%(count)s schools teach Japanese (%(school)s and others)",
            count,
        ),
    )


def japan_partners(at: Reading) -> Statement | None:
    """Schools with partners in Japan."""
    return _schools(
        at,
        "japan_partner_schools",
        lambda count: ngettext(
            "%(count)s school has partners in Japan (%(school)s)",
            "%(count)s schools have partners in Japan (%(school)s and others)",
            count,
        ),
    )


def labour_pool(at: Reading) -> Statement | None:
    """How many people live there."""
    text = _("%(value)s million people live in the province")
    return _ranged(at, "population", text, 1, 1_000_000)


def ties(at: Reading) -> Statement | None:
    """Where the firm already has ties."""
    slugs = at.snapshot.facts.province_slugs
    named = [slugs.index(slug) for slug in at.question.profile.existing_ties]
    if not named:
        return None
    evidence = at.behind("neighbours", at.province)
    if at.province in named:
        return Statement(_("You already have ties there"), evidence)
    near = [tie for tie in named if at.snapshot.facts.neighbours[at.province, tie]]
    where = listed(said(at.snapshot.provinces[tie].name) for tie in (near or named))
    text = (
        _("It borders on %(province)s, where you have ties")
        if near
        else _("Your ties are elsewhere: %(province)s")
    )
    return Statement(text % {"province": where}, evidence)


def japanese_makers(at: Reading) -> Statement | None:
    """How many Japanese projects there are."""
    return _ranged(at, "japanese_projects", _("Japanese investment projects: %(value)s"))


def growth(at: Reading) -> Statement | None:
    """How fast the province grows."""
    return _ranged(at, "grdp_growth_pct", _("Its economy grew by %(value)s %%"), 1)


def purchasing_power(at: Reading) -> Statement | None:
    """Product per person."""
    text = _("GRDP per person: %(value)s million VND a year")
    return _ranged(at, "grdp_per_capita_vnd_mn", text, 1)


def exports(at: Reading) -> Statement | None:
    """What the province exports."""
    return _ranged(at, "exports_usd_mn", _("Exports of %(value)s million USD a year"))


def wage(at: Reading) -> Statement | None:
    """The minimum wage against the firm's budget."""
    budget = at.question.profile.wage_budget_usd_month
    if budget is None:
        text = _("Minimum wage of up to %(value)s million VND a month")
        return _ranged(at, "minimum_wage_vnd_month", text, 2, 1_000_000)
    text = _(
        "Minimum wage of up to %(value)s million VND a month (your pay budget: %(budget)s USD)"
    )
    return _ranged(at, "minimum_wage_vnd_month", text, 2, 1_000_000, budget=number(budget))


def land_benchmark(at: Reading) -> Statement | None:
    """What industrial land costs in the province."""
    text = _("Industrial land in the province rents for about %(value)s USD/m² for the lease term")
    return _ranged(at, "land_rent_benchmark_usd_m2", text)
