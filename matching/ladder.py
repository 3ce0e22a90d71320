"""The entry ladder: which of the small steps exist at a place, as far as anything is on record.

A step that nobody has written about is not on record; that is never a no. A no is said only where a
park says it, and of a province only where every park on record says it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from localities.models import Citation, IndustrialPark
from localities.numbers import number
from localities.queries.evidence import Evidence
from matching.choices import ENTRY_MODE_LABELS

# From the smallest step to the largest, by the codes of ways of entry.
RUNGS = ("contract-production", "sublease", "incubation", "rental-factory", "own-factory")
# The column of a park that tells of a rung; own land and plant follows from the free land.
OFFERS = {
    "sublease": "sublease_allowed",
    "incubation": "incubation_without_company",
    "rental-factory": "rental_factory",
}


class State(Enum):
    """What is on record about a rung."""

    YES = "yes"
    PLANNED = "planned"  # only at parks that do not operate yet
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ground:
    """What one park says of a rung, and where that was read."""

    park: IndustrialPark
    state: State
    text: str
    citation: Citation | None
    order: float = 0  # what helps a small firm most comes first: small units, much free land

    @property
    def as_of(self) -> str | None:
        """The date of the source, where it has one."""
        return self.citation.source.published if self.citation else None


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder at a place, with the parks that tell of it."""

    code: str
    state: State
    grounds: Sequence[Ground]

    @property
    def label(self) -> str | Promise:
        """The name of the step."""
        return ENTRY_MODE_LABELS[self.code]


def of_province(parks: Iterable[IndustrialPark]) -> tuple[Rung, ...]:
    """The ladder of a province from the parks on record there: one query for their sources."""
    known = list(parks)
    evidence = Evidence(known)
    ladders = [of_park(park, evidence) for park in known]
    return tuple(
        _joined(code, [ladder[position] for ladder in ladders])
        for position, code in enumerate(RUNGS)
    )


def of_park(park: IndustrialPark, evidence: Evidence) -> tuple[Rung, ...]:
    """The ladder of one park. Nobody has collected yet who takes contract work where."""
    grounds = {code: _offered(park, code, evidence) for code in OFFERS}
    grounds["own-factory"] = _land(park, evidence)
    return tuple(_rung(code, grounds.get(code)) for code in RUNGS)


def _rung(code: str, ground: Ground | None) -> Rung:
    return Rung(code, ground.state, (ground,)) if ground else Rung(code, State.UNKNOWN, ())


def _joined(code: str, rungs: Sequence[Rung]) -> Rung:
    """One rung of a province: the best that any park says, and a no only where all say it."""
    states = {rung.state for rung in rungs}
    for state in (State.YES, State.PLANNED):
        if state in states:
            return Rung(code, state, _grounds(rungs, state))
    state = State.NO if states == {State.NO} else State.UNKNOWN
    return Rung(code, state, _grounds(rungs, State.NO))


def _grounds(rungs: Sequence[Rung], state: State) -> list[Ground]:
    grounds = [ground for rung in rungs if rung.state is state for ground in rung.grounds]
    return sorted(grounds, key=lambda ground: ground.order)


def _offered(park: IndustrialPark, code: str, evidence: Evidence) -> Ground | None:
    field = OFFERS[code]
    offered: bool | None = getattr(park, field)
    if offered is None:
        return None
    text = _said(park, code) if offered else _denied(code)
    smallest = park.rental_units_m2[0] if park.rental_units_m2 else inf
    return Ground(park, _state(park, yes=offered), text, evidence.field(park, field), smallest)


def _state(park: IndustrialPark, *, yes: bool) -> State:
    if not yes:
        return State.NO
    operating = park.status == IndustrialPark.Status.OPERATING
    return State.YES if operating else State.PLANNED


def _said(park: IndustrialPark, code: str) -> str:
    if code == "sublease":
        return _("sublease is allowed")
    if code == "incubation":
        return _("a start without a company of one's own is possible")
    if sizes := park.rental_units_m2:
        low, high = number(sizes[0]), number(sizes[-1])
        area = low if len(sizes) == 1 else _("%(low)s–%(high)s") % {"low": low, "high": high}
        return _("rental units of %(area)s m²") % {"area": area}
    return _("rental factories, sizes unknown")


def _denied(code: str) -> str:
    return {
        "sublease": _("sublease is not allowed"),
        "incubation": _("no start without a company of one's own"),
        "rental-factory": _("no rental factory"),
    }[code]


def _land(park: IndustrialPark, evidence: Evidence) -> Ground | None:
    """What the park says of free land: the area, else how much of its land is taken."""
    free, taken = park.available_area_ha, park.occupancy_pct
    if free is not None:
        text = _("%(area)s ha of land free") % {"area": number(free)} if free else _("no land free")
        source = evidence.field(park, "available_area_ha")
        return Ground(park, _state(park, yes=free > 0), text, source, -free)
    if taken is not None:
        text = _("%(share)s%% of the land is taken") % {"share": number(taken)}
        source = evidence.field(park, "occupancy_pct")
        return Ground(park, _state(park, yes=taken < 100), text, source, taken)
    return None
