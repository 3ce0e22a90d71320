"""Reads what is known of provinces into arrays."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from localities import periods
from localities.models import (
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    Expressway,
    FormerProvince,
    InvestmentPriority,
    ProvinceInfrastructure,
    ProvinceProfile,
    Strength,
    SupportOrganisation,
    TalentInstitution,
)
from localities.queries.figures import Figure, latest_figures
from localities.text import fold
from matching.engine.facts import PLEDGE_CATEGORIES, PREFECTURES, SUPPORT_FUNCTIONS, Floats
from matching.snapshot.contents import Name
from matching.snapshot.index import Index, prefecture_index
from matching.snapshot.notebook import Notebook

# Facts of the engine that are figures of the province, by the indicator that measures them.
FIGURES = {
    "grdp_growth_pct": "grdp_growth_pct",
    "grdp_per_capita_vnd_mn": "grdp_per_capita_vnd_mn",
    "exports_usd_mn": "exports_usd_mn",
    "minimum_wage_vnd_month": "minimum_wage_zone_max_vnd_month",
    "papi_procedures": "papi_administrative_procedures",
    "papi_corruption_control": "papi_control_of_corruption",
    "papi_law_and_order": "papi_law_and_order",
    "papi_e_responsiveness": "papi_e_responsiveness",
}
FULL_YEAR_ONLY = {"grdp_growth_pct", "grdp_per_capita_vnd_mn", "exports_usd_mn"}
TIE_LEVEL = {"other": 1, "mou": 2, "training-project": 2, "desk": 3, "friendship": 3}
TIE_LEVEL |= {"sister-city": 3}
LAPSED_TIE = 1  # an agreement no longer active counts as talks
LAPSED = "lapsed"  # its kind, as sentences read it
PEOPLE_FIELDS = {"human-resources", "education-hr"}
# Who can be a prefecture's office in Viet Nam: public bodies, among them the ministry in Ha Noi
# that hosts a prefecture's desk. A chamber, a bank, a firm or an association may come from a
# prefecture without speaking for it.
_ORGANISATION = SupportOrganisation.Kind
DESK_KINDS = {
    _ORGANISATION.PREFECTURE,
    _ORGANISATION.CITY,
    _ORGANISATION.NATIONAL,
    _ORGANISATION.PROVINCE_DESK,
    _ORGANISATION.VIETNAM_NATIONAL,
}
CITY_NAMES = {"hanoi": "ha-noi", "viet-tri": "phu-tho"}  # as cost surveys spell them


def read_sector_facts(
    notebook: Notebook,
    index: Index,
    priorities: Iterable[InvestmentPriority],
    strengths: Iterable[Strength],
    agreements: Iterable[CooperationAgreement],
) -> None:
    """What each province asks for, is strong in, and works on with Japan, by sector."""
    shape = len(index.provinces), len(index.sectors)
    level, asks = notebook.blank("priority", *shape), notebook.blank("asks_japan", *shape)
    # A top priority last, so that its words stand beside the fact.
    for priority in sorted(priorities, key=lambda p: (p.priority, p.key)):
        at = index.province[priority.province_id], index.sector[priority.sector_id]
        words = Name(ja=priority.statement_ja, en=priority.statement_en)
        notebook.note("priority", at, [priority], "priority", priority.period, words)
        if priority.wants_japan or np.isnan(asks[at]):
            notebook.note("asks_japan", at, [priority], "wants_japan", priority.period, words)
        level[at] = np.fmax(level[at], priority.priority)
        asks[at] = np.fmax(asks[at], float(priority.wants_japan))
    strong = notebook.blank("strength", *shape)
    for strength in strengths:
        at = index.province[strength.province_id], index.sector[strength.sector_id]
        strong[at] = strength.level
        words = Name(ja=strength.evidence_ja, en=strength.evidence_en)
        notebook.note("strength", at, [strength], "level", None, words)
    _read_cooperation(notebook, index, agreements, notebook.blank("cooperation", *shape))


def _read_cooperation(
    notebook: Notebook, index: Index, agreements: Iterable[CooperationAgreement], counts: Floats
) -> None:
    """How many agreements with Japan name each sector."""
    for agreement in agreements:
        for sector in agreement.sectors.all():
            at = index.province[agreement.province_id], index.sector[sector.key]
            counts[at] = np.nan_to_num(counts[at]) + 1
            notebook.note(
                "cooperation", at, [agreement], "sectors", agreement.signed_on, _partner(agreement)
            )


def _partner(agreement: CooperationAgreement) -> Name:
    return Name(ja=agreement.japan_locality_ja, en=agreement.japan_locality_en)


def read_ties(
    notebook: Notebook,
    index: Index,
    agreements: Iterable[CooperationAgreement],
    organisations: Iterable[SupportOrganisation],
) -> None:
    """Ties of each province with each Japanese prefecture; the strongest one is cited."""
    shape = len(index.provinces), PREFECTURES
    levels, people = notebook.blank("tie_level", *shape), notebook.blank("people_tie", *shape)
    desks = notebook.blank("home_desk", *shape)
    for agreement in agreements:
        prefecture = prefecture_index(agreement.japan_prefecture_code)
        if prefecture is None:
            continue
        at = index.province[agreement.province_id], prefecture
        kind = LAPSED if agreement.active is False else agreement.agreement_kind
        level = TIE_LEVEL.get(kind, LAPSED_TIE)
        if not levels[at] >= level:
            levels[at] = level
            notebook.note("tie_kind", at, [agreement], "agreement_kind", None, Name(en=kind))
            notebook.note(
                "tie_level",
                at,
                [agreement],
                "agreement_kind",
                agreement.signed_on,
                _partner(agreement),
            )
        if (field := _names_people(agreement)) and agreement.active is not False:
            people[at] = 1
            notebook.note(
                "people_tie", at, [agreement], field, agreement.signed_on, _partner(agreement)
            )
    for organisation in organisations:
        prefecture = prefecture_index(organisation.prefecture_code)
        public = organisation.organisation_kind in DESK_KINDS
        if public and organisation.province_id and prefecture is not None:
            at = index.province[organisation.province_id], prefecture
            desks[at] = 1
            notebook.note("home_desk", at, [organisation], "province", None, _name(organisation))


def _names_people(agreement: CooperationAgreement) -> str | None:
    """The field of `agreement` that names work on people, if one does."""
    if any(sector.key in PEOPLE_FIELDS for sector in agreement.sectors.all()):
        return "sectors"
    return "other_fields" if PEOPLE_FIELDS & set(agreement.other_fields) else None


def _name(record: Any) -> Name:
    return Name(ja=record.name_ja, en=record.name_en, vi=record.name_vi)


def read_people(
    notebook: Notebook, index: Index, institutions: Iterable[TalentInstitution]
) -> None:
    """Institutions by field, those that teach Japanese, those with a partner in Japan."""
    count = len(index.provinces)
    taught = notebook.blank("talent_fields", count, len(index.talent_field))
    japanese = notebook.blank("japanese_language_schools", count)
    partnered = notebook.blank("japan_partner_schools", count)

    def add(fact: str, array: Floats, at: Any, school: TalentInstitution, field: str) -> None:
        place = at if isinstance(at, tuple) else (at,)
        if np.isnan(array[at]):
            array[at] = 0
            notebook.note(fact, place, [school], field, None, _name(school))
        array[at] += 1

    for school in institutions:
        province = index.province[school.province_id]
        for field in school.fields:
            at = province, index.talent_field[field]
            add("talent_fields", taught, at, school, "fields")
        if school.japanese_language_programme:
            field = "japanese_language_programme"
            add("japanese_language_schools", japanese, province, school, field)
        if school.japan_partners:
            add("japan_partner_schools", partnered, province, school, "japan_partners")


def read_help(
    notebook: Notebook,
    index: Index,
    organisations: Iterable[SupportOrganisation],
    commitments: Iterable[Commitment],
) -> None:
    """Who helps in Japanese on the spot, and what a province has pledged."""
    count = len(index.provinces)
    functions = notebook.blank("support_functions", count, len(SUPPORT_FUNCTIONS))
    for organisation in organisations:
        if organisation.province_id is None or "ja" not in organisation.languages:
            continue
        for function in organisation.functions:
            at = index.province[organisation.province_id], SUPPORT_FUNCTIONS.index(function)
            if np.isnan(functions[at]):
                functions[at] = 1
                words = _name(organisation)
                notebook.note("support_functions", at, [organisation], "functions", None, words)
    pledges = notebook.blank("pledges", count, len(PLEDGE_CATEGORIES))
    for commitment in sorted(commitments, key=lambda c: c.made_on or "", reverse=True):
        if commitment.category not in PLEDGE_CATEGORIES:
            continue
        at = index.province[commitment.province_id], PLEDGE_CATEGORIES.index(commitment.category)
        if np.isnan(pledges[at]):
            pledges[at] = 1
            words = Name(ja=commitment.pledge_ja, en=commitment.pledge_en)
            notebook.note("pledges", at, [commitment], "pledge_en", commitment.made_on, words)


def read_figures(
    notebook: Notebook,
    index: Index,
    observations: Sequence[Any],
    predecessors: Sequence[FormerProvince],
) -> None:
    """What is measured of provinces: the newest figure of which the whole is known."""
    for fact, indicator in FIGURES.items():
        array = notebook.blank(fact, len(index.provinces), 2)
        chosen = [
            observation
            for observation in observations
            if observation.indicator_id == indicator
            and (fact not in FULL_YEAR_ONLY or len(observation.period) == len("2025"))
        ]
        for (province, _indicator), figure in latest_figures(chosen, predecessors).items():
            _write_figure(notebook, fact, array, index.province[province], figure)


def _write_figure(notebook: Notebook, fact: str, array: Floats, place: int, figure: Figure) -> None:
    array[place] = figure.low, figure.high
    top = figure.observations[0].indicator.highest
    words = None if top is None else Name(en=str(top))  # the end of the scale
    notebook.note(fact, (place,), figure.observations, "value_min", figure.period, words)


def read_identity(
    notebook: Notebook,
    index: Index,
    infrastructure: Iterable[ProvinceInfrastructure],
    expressways: Sequence[Expressway],
) -> None:
    """Population, distance to flights, expressways and reported shortages of power."""
    count = len(index.provinces)
    people = notebook.blank("population", count, 2)
    for place, province in enumerate(index.provinces):
        people[place] = province.population
        notebook.note("population", (place,), [province], "population")
        notebook.note("neighbours", (place,), [province], "neighbours")
    flights = notebook.blank("km_to_japan_flights", count, 2)
    road, shortage = (
        notebook.blank("has_expressway", count),
        notebook.blank("power_shortage", count),
    )
    road[:] = 0
    network = notebook.widest_first(expressways)
    for record in infrastructure:
        place = index.province[record.province_id]
        flights[place] = record.km_to_airport_with_japan_flights
        airport = _name(record.nearest_airport_with_japan_flights)
        field = "km_to_airport_with_japan_flights"
        notebook.note("km_to_japan_flights", (place,), [record], field, None, airport)
        road[place] = float(record.has_expressway)
        if record.has_expressway:
            notebook.note("has_expressway", (place,), [record], "has_expressway")
        else:  # no source says that a road is missing: it is none of the sections on record
            crossing = [e for e in network if record.province in e.provinces.all()]
            notebook.note("has_expressway", (place,), crossing or network, "status")
        if record.power_shortage_reported:
            shortage[place] = 1
            notebook.note(
                "power_shortage",
                (place,),
                [record],
                "power_shortage_reported",
                record.power_shortage_period,
                Name(en=record.power_shortage_period),
            )


def read_japanese_projects(
    notebook: Notebook,
    index: Index,
    profiles: Iterable[ProvinceProfile],
    observations: Sequence[Any],
    predecessors: Sequence[FormerProvince],
) -> None:
    """Japanese projects of a province; where only a former part is counted, 'at least' so many."""
    array = notebook.blank("japanese_projects", len(index.provinces), 2)
    counted = [o for o in observations if o.indicator_id == "japan_fdi_projects"]
    for (province, _indicator), figure in latest_figures(counted, predecessors).items():
        _write_figure(notebook, "japanese_projects", array, index.province[province], figure)
    for profile in profiles:
        place, number = index.province[profile.province_id], profile.japanese_fdi_projects_count
        if number is not None and np.isnan(array[place, 0]):
            whole = profile.japanese_fdi_projects_scope is None
            array[place] = number, number if whole else np.nan
            notebook.note(
                "japanese_projects",
                (place,),
                [profile],
                "japanese_fdi_projects_count",
                profile.japanese_fdi_projects_period,
            )
    for part in counted:
        if part.former_province is None:
            continue
        place = index.province[part.former_province.province_id]
        if np.isnan(array[place, 0]):
            array[place] = part.value_min, np.nan
            notebook.note("japanese_projects", (place,), [part], "value_min", part.period)


def read_land_rents(
    notebook: Notebook,
    index: Index,
    benchmarks: Iterable[CostBenchmark],
    predecessors: Sequence[FormerProvince],
) -> None:
    """Rents of industrial land by province, from surveys that name it or all its former parts."""
    array = notebook.blank("land_rent_benchmark_usd_m2", len(index.provinces), 2)
    former_of = {fold(former.name_en): former for former in predecessors}
    parts_of: dict[str, set[str]] = defaultdict(set)
    for former in predecessors:
        parts_of[former.province_id].add(former.key)
    latest: dict[str, dict[str, CostBenchmark]] = defaultdict(dict)
    for benchmark in sorted(benchmarks, key=_age):
        if benchmark.item != "industrial-land-rent-lease-term" or benchmark.province_id is None:
            continue
        former_key = former_of.get(fold(benchmark.place))
        part = former_key.key if former_key else CITY_NAMES.get(fold(benchmark.place))
        if part in parts_of[benchmark.province_id]:
            latest[benchmark.province_id][str(part)] = benchmark
    for province, parts in latest.items():
        if set(parts) == parts_of[province]:
            place, found = index.province[province], list(parts.values())
            array[place] = min(b.value_min for b in found), max(b.value_max for b in found)
            newest = max(found, key=_age)
            notebook.note("land_rent_benchmark_usd_m2", (place,), found, "value_min", newest.period)


def _age(benchmark: CostBenchmark) -> tuple[str, str]:
    end = periods.parse(benchmark.period).end.isoformat() if benchmark.period else ""
    return end, benchmark.key
