"""Provinces as pages list them, and all that is known of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from localities.models import (
    AnchorCompany,
    Citation,
    Commitment,
    CooperationAgreement,
    CostBenchmark,
    FormerProvince,
    Indicator,
    IndustrialPark,
    InvestmentPriority,
    Observation,
    Province,
    ProvinceInfrastructure,
    ProvinceProfile,
    Strength,
    SupportOrganisation,
    TalentInstitution,
    TransportNode,
)
from localities.queries.discrepancies import OtherValue, OtherValues, other_values
from localities.queries.distances import great_circle_km
from localities.queries.evidence import Cited, Evidence, grouped
from localities.queries.figures import Figure, latest_figures, observations_of
from localities.queries.freshness import is_stale
from localities.queries.kept import kept

TOP_PRIORITY = 3
# The fields of a province that its page has a line for.
IDENTITY = ("code", "admin_centre", "area_km2", "population", "population_year", "coastal")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """An indicator of a province: the whole where it is known, and the parts behind or beside."""

    indicator: Indicator
    figure: Figure | None
    parts: Sequence[Cited[Observation]]  # what was measured of former provinces
    citations: Sequence[Citation]
    others: Sequence[OtherValue]  # what other sources say of these observations
    stale: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A port, airport or gate in a province, and how far it is from the province's centre."""

    record: TransportNode
    citations: Sequence[Citation]
    km: float | None  # as the crow flies; None where a position is not known


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the province page shows."""

    province: Province
    predecessors: Sequence[FormerProvince]
    profile: Cited[ProvinceProfile] | None
    infrastructure: Cited[ProvinceInfrastructure] | None
    strengths: Sequence[Cited[Strength]]
    anchors: Sequence[Cited[AnchorCompany]]
    priorities: Sequence[Cited[InvestmentPriority]]
    commitments: Sequence[Cited[Commitment]]
    agreements: Sequence[Cited[CooperationAgreement]]
    figures: Sequence[FigureRow]
    parks: Sequence[IndustrialPark]
    nodes: Sequence[Node]
    institutions: Sequence[Cited[TalentInstitution]]
    organisations: Sequence[Cited[SupportOrganisation]]
    costs: Sequence[Cited[CostBenchmark]]
    citations: Sequence[Citation]  # of the province's own record
    others: OtherValues  # what other sources say of any of these
    unplaced: Sequence[OtherValue]  # of the province's own record, on fields that have no line


def listing() -> QuerySet[Province]:
    """Active provinces with `park_count`, `rental_count` and `top_priorities`: two queries."""
    top = InvestmentPriority.objects.filter(is_active=True, priority=TOP_PRIORITY)
    return (
        Province.objects.filter(is_active=True)
        .select_related("region", "infrastructure", "infrastructure__nearest_deep_seaport")
        .annotate(park_count=_parks_of(), rental_count=_parks_of(rental_factory=True))
        .prefetch_related(
            Prefetch("priorities", top.select_related("sector"), to_attr="top_priorities")
        )
    )


def _parks_of(**conditions: object) -> Coalesce:
    counted = (
        IndustrialPark.objects.filter(is_active=True, province=OuterRef("pk"), **conditions)
        .order_by()
        .values("province")
        .annotate(count=Count("*"))
        .values("count")
    )
    return Coalesce(Subquery(counted), 0)


def priority_pairs() -> Iterable[tuple[str, str]]:
    """Each province's key with each sector that it asks for: one query."""
    return InvestmentPriority.objects.filter(is_active=True).values_list("province", "sector")


def find(key: str) -> Province | None:
    """The active province with the key."""
    return Province.objects.filter(is_active=True, key=key).select_related("region").first()


def former(key: str) -> FormerProvince | None:
    """The former province with the key, and what it is a part of today."""
    return FormerProvince.objects.filter(is_active=True, key=key).select_related("province").first()


def names() -> QuerySet[Province]:
    """The active provinces in the order of their codes, for a list to choose from."""
    return Province.objects.filter(is_active=True)


def kept_dossier(key: str, version: int) -> Dossier | None:
    """Everything on record for the province with the key: no query once it is kept.

    `version` is the catalogue's, read before. What is old changes with the day.
    """
    return kept(f"dossier/{key}", lambda: _dossier_of(key), version=version)


def _dossier_of(key: str) -> Dossier | None:
    found = find(key)
    return dossier(found) if found else None


def dossier(province: Province) -> Dossier:
    """Everything on record for a province, each record with its sources."""
    predecessors = list(province.predecessors.filter(is_active=True))
    profile = ProvinceProfile.objects.filter(is_active=True, province=province).first()
    infrastructure = _infrastructure(province)
    strengths = _active(province.strengths.select_related("sector").order_by("-level", "key"))
    anchors = _active(province.anchor_companies.select_related("former_province"))
    priorities = _active(
        province.priorities.select_related("sector", "former_province").order_by("-priority", "key")
    )
    commitments = _active(province.commitments.select_related("former_province"))
    agreements = _active(
        province.agreements.select_related("former_province")
        .prefetch_related("sectors")
        .order_by("-signed_on", "key")
    )
    parks = _active(province.parks.order_by("status", "key"))
    nodes = _active(province.transport_nodes.order_by("node_kind", "key"))
    institutions = _active(province.talent_institutions.order_by("institution_kind", "key"))
    organisations = _active(province.support_organisations.all())
    costs = _active(province.cost_benchmarks.order_by("item", "place", "-period"))
    observations = observations_of({province.key})
    singles = [record for record in (profile, infrastructure) if record is not None]
    shown = [
        province, *singles, *strengths, *anchors, *priorities, *commitments, *agreements, *nodes,
        *institutions, *organisations, *costs, *observations,
    ]  # fmt: skip
    evidence, others = Evidence(shown), other_values(shown)
    own = others.get((province.kind, province.key), ())
    return Dossier(
        province=province,
        predecessors=predecessors,
        profile=Cited(profile, evidence.of(profile)) if profile else None,
        infrastructure=Cited(infrastructure, evidence.of(infrastructure))
        if infrastructure
        else None,
        strengths=evidence.beside(strengths),
        anchors=evidence.beside(anchors),
        priorities=evidence.beside(priorities),
        commitments=evidence.beside(commitments),
        agreements=evidence.beside(agreements),
        figures=_figure_rows(province, predecessors, observations, evidence, others),
        parks=parks,
        nodes=[Node(node, evidence.of(node), _km(infrastructure, node)) for node in nodes],
        institutions=evidence.beside(institutions),
        organisations=evidence.beside(organisations),
        costs=evidence.beside(costs),
        citations=evidence.of(province),
        others=others,
        unplaced=[one for one in own if one.discrepancy.field not in IDENTITY],
    )


def _km(infrastructure: ProvinceInfrastructure | None, node: TransportNode) -> float | None:
    if infrastructure is None or node.lat is None or node.lon is None:
        return None
    centre = infrastructure.centre_lat, infrastructure.centre_lon
    return great_circle_km(*centre, node.lat, node.lon)


def _active(records: QuerySet) -> list:  # type: ignore[type-arg]
    return list(records.filter(is_active=True))


def _infrastructure(province: Province) -> ProvinceInfrastructure | None:
    return (
        ProvinceInfrastructure.objects.filter(is_active=True, province=province)
        .select_related(
            "nearest_international_airport",
            "nearest_airport_with_japan_flights",
            "nearest_deep_seaport",
        )
        .prefetch_related("expressways", "expressways_under_construction")
        .first()
    )


def _figure_rows(
    province: Province,
    predecessors: Sequence[FormerProvince],
    observations: Sequence[Observation],
    evidence: Evidence,
    others: OtherValues,
) -> list[FigureRow]:
    """One row an indicator, in the order of dimensions and names."""
    figures = latest_figures(observations, predecessors)
    today = timezone.localdate()
    rows = []
    for _key, same in grouped(observations, lambda o: o.indicator_id).items():
        indicator = same[0].indicator
        figure = figures.get((province.key, indicator.key))
        parts = _parts(figure, same, several=len(predecessors) > 1)
        newest = figure.observations[0] if figure else parts[0]
        rows.append(
            FigureRow(
                indicator=indicator,
                figure=figure,
                parts=evidence.beside(parts),
                citations=evidence.of(newest),
                others=[
                    one
                    for observation in (figure.observations if figure else parts)
                    for one in others.get((observation.kind, observation.key), ())
                ],
                stale=is_stale(newest.period, indicator.shelf_life_months, today),
            )
        )
    return sorted(rows, key=lambda row: (row.indicator.dimension or "", row.indicator.key))


def _parts(
    figure: Figure | None, observations: Iterable[Observation], *, several: bool
) -> list[Observation]:
    """What is known of former parts: those behind the figure, or the newest of each."""
    if figure is not None:
        return [o for o in figure.observations if o.former_province_id and several]
    newest = {o.former_province_id: o for o in reversed(list(observations))}
    return list(newest.values())
