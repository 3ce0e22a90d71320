"""Reads the whole catalogue into one snapshot."""

from typing import Any

import numpy as np

from localities.models import (
    Citation,
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    Expressway,
    FormerProvince,
    InvestmentPriority,
    Province,
    ProvinceInfrastructure,
    ProvinceProfile,
    StageIssue,
    Strength,
    SupportOrganisation,
    TalentInstitution,
    TransportNode,
)
from localities.queries import catalogue
from localities.queries.figures import observations_of
from matching.engine.facts import MACROS, SURVEY_ISSUES, SURVEY_STAGES, Facts
from matching.snapshot import parks, provinces
from matching.snapshot.contents import Name, Place, Snapshot
from matching.snapshot.index import Index
from matching.snapshot.notebook import Notebook


def read() -> Snapshot:
    """The catalogue of this moment as a snapshot. The caller holds the catalogue's lock."""
    version = catalogue.version()
    index = Index.read()
    notebook = Notebook(_citations())
    computed = _read_parks(notebook, index)
    _read_provinces(notebook, index)
    facts = Facts(
        province_slugs=tuple(province.key for province in index.provinces),
        park_slugs=tuple(park.key for park in index.parks),
        sector_codes=tuple(sector.key for sector in index.sectors),
        talent_field_codes=tuple(index.talent_field),
        sector_parent=index.sector_parent,
        park_province=np.array([index.province[p.province_id] for p in index.parks], np.intp),
        province_macro=np.array([MACROS.index(p.region.macro) for p in index.provinces], np.intp),
        neighbours=_neighbours(index),
        survey_percent=_survey(),
        **{**computed, **notebook.arrays},
    )
    return Snapshot(
        version=version,
        facts=facts,
        provinces=tuple(
            Place(p.key, _name(p), p.region.macro, code=p.code) for p in index.provinces
        ),
        parks=tuple(
            Place(p.key, _name(p), _macro_of(index, p), province=p.province_id) for p in index.parks
        ),
        sectors={sector.key: _name(sector) for sector in index.sectors},
        sources=notebook.sources,
        evidence=notebook.evidence,
    )


def _active(model: Any) -> Any:
    return model.objects.filter(is_active=True).order_by("key")


def _of_provinces(model: Any) -> Any:
    """Active records of provinces that are active too, or of no province."""
    gone = Province.objects.filter(is_active=False)
    return _active(model).exclude(province__in=gone)


def _citations() -> dict[tuple[str, str], list[Citation]]:
    """Every citation by its record, in order: one query for all kinds."""
    found: dict[tuple[str, str], list[Citation]] = {}
    for citation in _active(Citation).select_related("source").order_by("position", "key"):
        found.setdefault((citation.record_kind, citation.record), []).append(citation)
    return found


def _read_parks(notebook: Notebook, index: Index) -> dict[str, Any]:
    parks.read_offers(notebook, index)
    parks.read_measures(notebook, index)
    parks.read_park_sectors(notebook, index)
    return parks.read_distances(notebook, index, _active(TransportNode))


def _read_provinces(notebook: Notebook, index: Index) -> None:
    agreements = list(_of_provinces(CooperationAgreement).prefetch_related("sectors"))
    organisations = list(_of_provinces(SupportOrganisation))
    predecessors = list(_of_provinces(FormerProvince))
    observations = observations_of(list(index.province))
    infrastructure = _of_provinces(ProvinceInfrastructure).select_related(
        "nearest_airport_with_japan_flights", "province"
    )
    expressways = list(_active(Expressway).prefetch_related("provinces"))
    provinces.read_sector_facts(
        notebook, index, _of_provinces(InvestmentPriority), _of_provinces(Strength), agreements
    )
    provinces.read_ties(notebook, index, agreements, organisations)
    provinces.read_people(notebook, index, _of_provinces(TalentInstitution))
    provinces.read_help(notebook, index, organisations, _of_provinces(Commitment))
    provinces.read_identity(notebook, index, infrastructure, expressways)
    provinces.read_figures(notebook, index, observations, predecessors)
    provinces.read_japanese_projects(
        notebook, index, _of_provinces(ProvinceProfile), observations, predecessors
    )
    provinces.read_land_rents(notebook, index, _of_provinces(CostBenchmark), predecessors)


def _neighbours(index: Index) -> np.ndarray:
    touching = np.zeros((len(index.provinces), len(index.provinces)), dtype=bool)
    for place, province in enumerate(index.provinces):
        for neighbour in province.neighbours.all():
            if neighbour.key in index.province:
                touching[place, index.province[neighbour.key]] = True
    return touching


def _survey() -> np.ndarray:
    percent = np.full((len(SURVEY_STAGES), len(SURVEY_ISSUES)), np.nan)
    for issue in _active(StageIssue):
        at = SURVEY_STAGES.index(issue.stage), SURVEY_ISSUES.index(issue.issue)
        percent[at] = issue.percent
    return percent


def _name(record: Any) -> Name:
    return Name(ja=record.name_ja, en=record.name_en, vi=record.name_vi)


def _macro_of(index: Index, park: Any) -> str:
    return index.provinces[index.province[park.province_id]].region.macro
