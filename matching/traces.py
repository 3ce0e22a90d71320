"""From a criterion back to the catalogue: the edits that touched a record behind it.

A criterion reads facts; a fact is read from fields of records of some kinds. What can be told of a
record (its place, its sector, its indicator) narrows the search; what can't be told leaves an edit
in, so that nothing that may have moved a place goes unnamed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from localities.curation.values import Values, stored
from localities.models import KINDS, Changeset, Edit, FormerProvince
from matching.coverage import OFFER_COLUMNS
from matching.engine.criterion import Criterion
from matching.engine.facts import OFFERS, Facts
from matching.engine.must_haves import READS
from matching.engine.supply import BUYERS
from matching.questions import Profile
from matching.snapshot.parks import COLUMNS
from matching.snapshot.provinces import FIGURES

PARK, PROVINCE, NODE = "industrial-park", "province", "transport-node"


@dataclass(frozen=True, slots=True)
class Trace:
    """Fields of one kind of record; `only` narrows it to records with given values."""

    kind: str
    fields: frozenset[str]
    only: tuple[tuple[str, frozenset[Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """An applied changeset that touched what stands behind a fact."""

    version: int
    title: str
    applied_on: date | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where the records behind a fact may lie."""

    parks: Collection[str]
    provinces: Collection[str]


def _trace(kind: str, fields: str, **only: str) -> Trace:
    narrowed = tuple((name, frozenset({value})) for name, value in only.items())
    return Trace(kind, frozenset(fields.split()), narrowed)


def _observed(indicator: str) -> Trace:
    fields = "value_min value_max period province former_province indicator"
    return _trace("observation", fields, indicator=indicator)


def _distance(target: str, **node: Any) -> tuple[Trace, ...]:
    return (
        _trace(PARK, f"{target}_km {target}_name lat lon"),
        _trace(
            NODE, "lat lon status node_kind deep_water international name_en other_names", **node
        ),
    )


_PORT = _distance("seaport", node_kind="seaport")
_AIRPORT = _distance("airport", node_kind="airport")
_AGREEMENT = "agreement_kind active japan_prefecture_code province sectors other_fields"
TRACES: dict[str, tuple[Trace, ...]] = {
    **{
        fact: (Trace(PARK, frozenset(c for c in (low, high, dated) if c)),)
        for fact, (low, high, _factor, dated) in COLUMNS.items()
    },
    **{fact: (_observed(indicator),) for fact, indicator in FIGURES.items()},
    "offers": (_trace(PARK, " ".join(OFFERS)),),
    "operating": (_trace(PARK, "status"),),
    "japanese_developer": (_trace(PARK, "japanese_developer"),),
    "tax_incentive": (_trace(PARK, "incentives_en"),),
    "target_sectors": (_trace(PARK, "target_sectors"),),
    "rental_units_m2": (_trace(PARK, "rental_units_m2"),),
    "km_to_seaport": _PORT,
    "km_to_seaport_computed": _PORT,
    "km_to_airport": _AIRPORT,
    "km_to_airport_computed": _AIRPORT,
    "km_to_expressway": (_trace(PARK, "expressway_km"),),
    "km_to_provinces": (
        _trace(PARK, "lat lon"),
        _trace(PROVINCE, "admin_centre_lat admin_centre_lon"),
    ),
    "park_province": (_trace(PARK, "province"),),
    "priority": (_trace("investment-priority", "priority sector province"),),
    "asks_japan": (_trace("investment-priority", "wants_japan sector province"),),
    "strength": (_trace("strength", "level sector province"),),
    "cooperation": (_trace("agreement", _AGREEMENT),),
    "tie_level": (_trace("agreement", _AGREEMENT),),
    "people_tie": (_trace("agreement", _AGREEMENT),),
    "home_desk": (_trace("support-organisation", "prefecture_code province"),),
    "support_functions": (_trace("support-organisation", "functions languages province"),),
    "talent_fields": (_trace("talent-institution", "fields province"),),
    "japanese_language_schools": (
        _trace("talent-institution", "japanese_language_programme province"),
    ),
    "japan_partner_schools": (_trace("talent-institution", "japan_partners province"),),
    "pledges": (_trace("commitment", "category province made_on"),),
    "population": (_trace(PROVINCE, "population"),),
    "neighbours": (_trace(PROVINCE, "neighbours"),),
    "province_macro": (_trace(PROVINCE, "region"), _trace("region", "macro")),
    "sector_parent": (_trace("sector", "parent"),),
    "km_to_japan_flights": (
        _trace(
            "province-infrastructure",
            "km_to_airport_with_japan_flights nearest_airport_with_japan_flights province",
        ),
    ),
    "has_expressway": (_trace("province-infrastructure", "has_expressway province"),),
    "power_shortage": (_trace("province-infrastructure", "power_shortage_reported province"),),
    "japanese_projects": (
        _observed("japan_fdi_projects"),
        _trace(
            "province-profile",
            "japanese_fdi_projects_count japanese_fdi_projects_scope province",
        ),
    ),
    "land_rent_benchmark_usd_m2": (
        _trace(
            "cost-benchmark",
            "item place period province value_min value_max",
            item="industrial-land-rent-lease-term",
        ),
    ),
}
# Records that belong to no province: an edit of one may have moved any place.
EVERYWHERE = {NODE, "region", "sector"}
_KINDS = {trace.kind for traces in TRACES.values() for trace in traces}


def traces_of(criterion: Criterion, profile: Profile, facts: Facts) -> list[Trace]:
    """What the value of `criterion` for `profile` is read from."""
    found = traces_of_any(criterion)
    if narrow := _NARROWED.get(criterion.code):
        name, values = narrow[0], frozenset(narrow[1](profile, facts))
        found = [_narrowed(trace, name, values) for trace in found]
    return found


def traces_of_any(criterion: Criterion) -> list[Trace]:
    """What the value of `criterion` is read from, whoever asks."""
    if criterion.code in OFFER_COLUMNS:
        return [_trace(PARK, " ".join(OFFER_COLUMNS[criterion.code]))]
    return [trace for fact in criterion.reads for trace in TRACES[fact]]


def traces_of_condition(code: str) -> list[Trace]:
    """What the state of a must-have is read from."""
    if code in OFFERS:
        return [_trace(PARK, code)]
    return [trace for fact in READS[code] for trace in TRACES[fact]]


def _narrowed(trace: Trace, name: str, values: frozenset[Any]) -> Trace:
    """`trace` for records whose `name` is one of `values`, where the kind has such a field."""
    if name not in trace.fields:
        return trace
    return Trace(trace.kind, trace.fields, (*trace.only, (name, values)))


def _own(profile: Profile, _facts: Facts) -> set[str]:
    return {profile.sector, *profile.other_sectors}


def _own_and_parents(profile: Profile, facts: Facts) -> set[str]:
    own = _own(profile, facts)
    parents = facts.sector_parent[[facts.sector_codes.index(sector) for sector in own]]
    return own | {facts.sector_codes[parent] for parent in parents if parent >= 0}


def _buyers(profile: Profile, facts: Facts) -> set[str]:
    return {buyer for sector in _own(profile, facts) for buyer in BUYERS.get(sector, {})}


def _sellers(profile: Profile, facts: Facts) -> set[str]:
    own = _own(profile, facts)
    return {sector for sector, buyers in BUYERS.items() if own & buyers.keys()}


def _prefecture(profile: Profile, _facts: Facts) -> set[str | None]:
    return {profile.prefecture}


_Narrow = tuple[str, Callable[[Profile, Facts], set[Any]]]
_NARROWED: dict[str, _Narrow] = {
    "sector.priority": ("sector", _own_and_parents),
    "sector.asks_japan": ("sector", _own),
    "sector.cluster": ("sector", _own),
    "sector.customers": ("sector", _buyers),
    "market.buyers": ("sector", _buyers),
    "market.suppliers": ("sector", _sellers),
    "soft.prefecture_tie": ("japan_prefecture_code", _prefecture),
    "talent.people_tie": ("japan_prefecture_code", _prefecture),
    "soft.home_desk": ("prefecture_code", _prefecture),
}


@dataclass(frozen=True)
class History:
    """The edits that led from one catalogue version to a later one."""

    edits: list[Edit]
    values: dict[tuple[str, str], Values] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)  # former province -> province

    @classmethod
    def between(cls, version: int, later: int) -> "History":
        """What was applied after `version`, up to `later`."""
        edits = list(
            Edit.objects.filter(
                changeset__version__gt=version,
                changeset__version__lte=later,
                record_kind__in=_KINDS,
            )
            .select_related("changeset__reverts")
            .defer("old", "new")
            .order_by("changeset__version", "position")
        )
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for edit in edits:
            keys[edit.record_kind].add(edit.record)
        values = {
            (kind, key): record.values
            for kind, wanted in keys.items()
            for key, record in stored(KINDS[kind], wanted).items()
        }
        former = dict(FormerProvince.objects.values_list("key", "province"))
        return cls(edits, values, former)

    def causes(self, traces: Iterable[Trace], places: Places) -> tuple[Cause, ...]:
        """The changesets whose edits touched what `traces` lead to, at `places`."""
        followed = list(traces)
        found: dict[int, Changeset] = {}
        for edit in self.edits:
            if any(self._touched(edit, trace, places) for trace in followed):
                found[edit.changeset.version or 0] = edit.changeset
        return tuple(
            Cause(version, changeset.heading, changeset.decided_at and changeset.decided_at.date())
            for version, changeset in found.items()
        )

    def _touched(self, edit: Edit, trace: Trace, places: Places) -> bool:
        """Whether `edit` is of such a record there: of such a field, or of the whole record."""
        if edit.record_kind != trace.kind or (edit.field and edit.field not in trace.fields):
            return False
        values = self.values.get((edit.record_kind, edit.record), {})
        if not all(values.get(name) in wanted for name, wanted in trace.only):
            return False
        return self._lies_at(edit, values, places)

    def _lies_at(self, edit: Edit, values: Values, places: Places) -> bool:
        if edit.record_kind in EVERYWHERE:
            return True
        if edit.record_kind == PARK:
            return edit.record in places.parks
        if edit.record_kind == PROVINCE:
            return edit.record in places.provinces
        former = self.former.get(values.get("former_province") or "")
        return (former or values.get("province")) in places.provinces


def any_fact_of(*parks: str) -> tuple[list[Trace], Places]:
    """Whatever the engine reads of parks: why one of them came to stand for its province."""
    traces = [trace for found in TRACES.values() for trace in found if trace.kind == PARK]
    return traces, Places(parks, ())
