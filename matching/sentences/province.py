"""Sentences on the province: ties, help, people, market, wages."""

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from localities import periods
from localities.models import Commitment, CooperationAgreement, SupportFunction, TalentField
from matching.engine.facts import PLEDGE_CATEGORIES, SUPPORT_FUNCTIONS, Floats
from matching.engine.points import VND_PER_USD
from matching.engine.switches import wanted_pledges
from matching.engine.tables import SECTOR_FIELDS, SUPPORT_ON_THE_SPOT
from matching.sentences.reading import (
    Reading,
    Statement,
    in_own_language,
    listed,
    millions,
    number,
    said,
    span,
)
from matching.snapshot.provinces import LAPSED


def _figure(at: Reading, fact: str) -> Floats | None:
    """The two ends of the province's figure; None where neither is known."""
    ends: Floats = getattr(at.snapshot.facts, fact)[at.province]
    return None if np.isnan(ends).all() else ends


def _ranged(at: Reading, fact: str, text: str, decimals: int = 0, **named: str) -> Statement | None:
    """`text` with the province's figure as its %(value)s."""
    ends = _figure(at, fact)
    if ends is None:
        return None
    named["value"] = span(ends, decimals)
    return Statement(text % named, at.behind(fact, at.province))


def _large(
    at: Reading, fact: str, text: str, decimals: int = 0, scale: float = 1, **named: str
) -> Statement | None:
    """`text` with the province's figure as its %(value)s, in words for large numbers."""
    ends = _figure(at, fact)
    if ends is None:
        return None
    named["value"] = millions(ends * scale, decimals)
    return Statement(text % named, at.behind(fact, at.province))


def japan_flights(at: Reading) -> Statement | None:
    """How far the flights to Japan are from the province's centre."""
    airport = said(at.behind("km_to_japan_flights", at.province).words)
    text = _(
        "%(airport)s, with flights to Japan, is %(value)s km from the centre as the crow flies"
    )
    return _ranged(at, "km_to_japan_flights", text, airport=airport)


def expressway(at: Reading) -> Statement | None:
    """Whether an expressway is open."""
    open_road = bool(at.snapshot.facts.has_expressway[at.province])
    text = (
        _("An expressway is open in the province")
        if open_road
        else _("No expressway is on record as open in the province")
    )
    return Statement(text, at.behind("has_expressway", at.province))


def power_shortage(at: Reading) -> Statement | None:
    """A reported shortage of power: a caution, never a score."""
    if at.snapshot.facts.power_shortage[at.province] != 1:
        return None
    evidence = at.behind("power_shortage", at.province)
    stated = said(evidence.words) or evidence.as_of
    if not stated:
        return Statement(_("A shortage of power was reported"), evidence)
    period = {"period": periods.written(stated)}
    return Statement(_("A shortage of power was reported (%(period)s)") % period, evidence)


def prefecture_tie(at: Reading) -> Statement | None:
    """The tie with the firm's prefecture."""
    if at.prefecture is None or np.isnan(at.snapshot.facts.tie_level[at.province, at.prefecture]):
        return None
    evidence = at.behind("tie_level", at.province, at.prefecture)
    named = {"partner": said(evidence.words)}
    kind = at.behind("tie_kind", at.province, at.prefecture).words
    if kind is not None:
        return Statement(_tie(str(kind.en)) % named, evidence)
    text = {  # a snapshot that was kept before kinds were noted
        3: _("%(partner)s has a friendship agreement or a desk there"),
        2: _("%(partner)s has a memorandum or a joint training project with it"),
        1: _("%(partner)s has exchanged visits or talks with it"),
    }[int(at.snapshot.facts.tie_level[at.province, at.prefecture])]
    return Statement(text % named, evidence)


def _tie(kind: str) -> str:
    kinds = CooperationAgreement.Kind
    return {
        kinds.FRIENDSHIP.value: _("It has a friendship agreement with %(partner)s"),
        kinds.SISTER_CITY.value: _("It is twinned with %(partner)s"),
        kinds.DESK.value: _("%(partner)s has a desk there"),
        kinds.MOU.value: _("It has signed a memorandum with %(partner)s"),
        kinds.TRAINING.value: _("It runs a training project with %(partner)s"),
        kinds.OTHER.value: _("It has exchanged visits or talks with %(partner)s"),
        LAPSED: _("It had an agreement or a project with %(partner)s, which has ended"),
    }[kind]


def people_tie(at: Reading) -> Statement | None:
    """Exchange of people with the firm's prefecture."""
    if at.prefecture is None or at.snapshot.facts.people_tie[at.province, at.prefecture] != 1:
        return None
    evidence = at.behind("people_tie", at.province, at.prefecture)
    text = _("%(partner)s works with the province on training people")
    return Statement(text % {"partner": said(evidence.words)}, evidence)


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
    behind = [at.behind("support_functions", at.province, i) for i in found]
    named = {
        "functions": listed(str(SupportFunction(SUPPORT_FUNCTIONS[i]).label) for i in found),
        "organisation": said(behind[0].words),
    }
    text = (
        _("Help in Japanese on the spot (%(functions)s): %(organisation)s")
        if all(each.words == behind[0].words for each in behind)
        else _("Help in Japanese on the spot (%(functions)s): %(organisation)s and elsewhere")
    )
    return Statement(text % named, behind[0])


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


def _survey(at: Reading, fact: str, text: str, of_at_most: str) -> Statement | None:
    """A figure of the citizens' survey, with the top of its scale where that is on record."""
    ends = _figure(at, fact)
    if ends is None:
        return None
    evidence = at.behind(fact, at.province)
    if not evidence.words:
        return Statement(text % {"value": span(ends, 2)}, evidence)
    top = number(float(said(evidence.words)), 2)
    return Statement(of_at_most % {"value": span(ends, 2), "top": top}, evidence)


def procedures(at: Reading) -> Statement | None:
    """PAPI on procedures."""
    return _survey(
        at,
        "papi_procedures",
        _("Citizens' survey PAPI on administrative procedures: %(value)s points"),
        _("Citizens' survey PAPI on administrative procedures: %(value)s of %(top)s points"),
    )


def integrity(at: Reading) -> Statement | None:
    """PAPI on corruption."""
    return _survey(
        at,
        "papi_corruption_control",
        _("Citizens' survey PAPI on the control of corruption: %(value)s points"),
        _("Citizens' survey PAPI on the control of corruption: %(value)s of %(top)s points"),
    )


def law_and_order(at: Reading) -> Statement | None:
    """PAPI on safety."""
    return _survey(
        at,
        "papi_law_and_order",
        _("Citizens' survey PAPI on law and order: %(value)s points"),
        _("Citizens' survey PAPI on law and order: %(value)s of %(top)s points"),
    )


def e_government(at: Reading) -> Statement | None:
    """PAPI on answers online."""
    return _survey(
        at,
        "papi_e_responsiveness",
        _("Citizens' survey PAPI on answers of the online administration: %(value)s points"),
        _("Citizens' survey PAPI on online administration: %(value)s of %(top)s points"),
    )


def _taught(at: Reading, wanted: list[str]) -> Statement | None:
    """The fields taught there, else those taught next door; the school is that of the first."""
    codes = at.snapshot.facts.talent_field_codes
    near = np.flatnonzero(at.snapshot.facts.neighbours[at.province])
    for province in (at.province, *near.tolist()):
        counts = at.snapshot.facts.talent_fields[province]
        found = [code for code in wanted if counts[codes.index(code)] > 0]
        if found:
            evidence = at.behind("talent_fields", province, codes.index(found[0]))
            text = (
                _("Taught there: %(fields)s")
                if province == at.province
                else _("Taught next door in %(province)s: %(fields)s")
            )
            alone = counts[codes.index(found[0])] == 1
            names = [str(TalentField(code).label) for code in found]
            names[0] = (
                _("%(field)s (at %(school)s)") if alone else _("%(field)s (such as at %(school)s)")
            ) % {"field": names[0], "school": said(evidence.words)}
            named = {
                "province": said(at.snapshot.provinces[province].name),
                "fields": listed(names),
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


def _schools(at: Reading, fact: str, one: str, several: str) -> Statement | None:
    """`one` names the only school; `several` counts them and names the first."""
    count = getattr(at.snapshot.facts, fact)[at.province]
    if np.isnan(count):
        return None
    evidence = at.behind(fact, at.province)
    text = one if count == 1 else several
    return Statement(text % {"count": int(count), "school": said(evidence.words)}, evidence)


def _count(at: Reading, fact: str) -> int:
    return int(np.nan_to_num(getattr(at.snapshot.facts, fact)[at.province]))


def japanese(at: Reading) -> Statement | None:
    """Schools that teach Japanese."""
    several = ngettext(
        "%(count)s school teaches Japanese, such as %(school)s",
        "%(count)s schools teach Japanese, such as %(school)s",
        _count(at, "japanese_language_schools"),
    )
    return _schools(
        at, "japanese_language_schools", _("One school teaches Japanese: %(school)s"), several
    )


def japan_partners(at: Reading) -> Statement | None:
    """Schools with partners in Japan."""
    several = ngettext(
        "%(count)s school has partners in Japan, such as %(school)s",
        "%(count)s schools have partners in Japan, such as %(school)s",
        _count(at, "japan_partner_schools"),
    )
    return _schools(
        at, "japan_partner_schools", _("One school has partners in Japan: %(school)s"), several
    )


def labour_pool(at: Reading) -> Statement | None:
    """How many people live there."""
    return _large(at, "population", _("%(value)s people live in the province"), 1)


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
    where = {"province": listed(said(at.snapshot.provinces[tie].name) for tie in (near or named))}
    if near:
        return Statement(_("It borders on %(province)s, where you have ties") % where, evidence)
    text = _("You have no ties there; those you have are in %(province)s") % where
    return Statement(text, evidence, plainly_bad=True)


def japanese_makers(at: Reading) -> Statement | None:
    """How many Japanese projects there are."""
    ends = _figure(at, "japanese_projects")
    if ends is None:
        return None
    evidence = at.behind("japanese_projects", at.province)
    if ends[0] == ends[1]:
        text = ngettext(
            "%(count)s Japanese investment project",
            "%(count)s Japanese investment projects",
            int(ends[0]),
        )
        return Statement(text % {"count": number(ends[0])}, evidence)
    if np.isnan(ends[1]):
        text = ngettext(
            "At least %(count)s Japanese investment project",
            "At least %(count)s Japanese investment projects",
            int(ends[0]),
        )
        return Statement(text % {"count": number(ends[0])}, evidence)
    return Statement(_("Japanese investment projects: %(value)s") % {"value": span(ends)}, evidence)


def growth(at: Reading) -> Statement | None:
    """How fast the province grows."""
    text = _("The province's economy (GRDP) grew by %(value)s%% in the year")
    return _ranged(at, "grdp_growth_pct", text, 1)


def purchasing_power(at: Reading) -> Statement | None:
    """Product per person."""
    text = _("GRDP per person: %(value)s VND a year")
    return _large(at, "grdp_per_capita_vnd_mn", text, 1, scale=1_000_000)


def exports(at: Reading) -> Statement | None:
    """What the province exports."""
    text = _("Exports of %(value)s USD a year")
    return _large(at, "exports_usd_mn", text, scale=1_000_000)


def wage(at: Reading) -> Statement | None:
    """The minimum wage against the firm's budget."""
    budget = at.question.profile.wage_budget_usd_month
    if budget is None:
        text = _("Minimum wage (highest zone of the province): %(value)s VND a month")
        return _large(at, "minimum_wage_vnd_month", text, 2)
    text = _(
        "Minimum wage (highest zone of the province): %(value)s VND a month "
        "(your pay budget: %(budget)s USD, about %(converted)s VND)"
    )
    converted = millions([budget * VND_PER_USD] * 2, 2)
    return _large(at, "minimum_wage_vnd_month", text, 2, budget=number(budget), converted=converted)


def land_benchmark(at: Reading) -> Statement | None:
    """What industrial land costs in the province."""
    text = _("Land rent of parks in the province: about %(value)s USD/m² for the whole lease term")
    return _ranged(at, "land_rent_benchmark_usd_m2", text)
