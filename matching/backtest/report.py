"""The engine beside its baselines, over all cases and over those that do not tell the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import cast

import numpy as np
from django.core.cache import caches

from matching.backtest.baselines import BASELINES
from matching.backtest.cases import CASES, FEWEST, Case, known_cases
from matching.backtest.scoring import MEASURES, Matching, Standing, compare, points, standing
from matching.engine.batch import match_many
from matching.engine.criteria import CODES, CRITERIA, ENGINE_VERSION
from matching.engine.evaluation import evaluate
from matching.engine.facts import Facts, Floats, Ints
from matching.engine.requirements import Requirements
from matching.requirements import requirements_of, weights_of
from matching.snapshot import Snapshot

JAPANESE_PRESENCE = frozenset(c.code for c in CRITERIA if c.japanese_presence)
LOST_BEYOND = 10  # a firm does not read further down a list of 34
GAPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One way of ranking: the share of firms found in the first 1, 3, 5, 10; mean 1/rank."""

    code: str
    hits: tuple[float, ...]
    reciprocal: float


@dataclass(frozen=True, slots=True)
class Table:
    """All ways of ranking over one set of cases; `matching` is engine minus shuffled."""

    cases: int
    lines: tuple[Line, ...]
    matching: Line
    standard_error: Line
    p: Line


@dataclass(frozen=True, slots=True)
class Gap:
    """What the engine's first place has over the place the firm went to, in points of fit."""

    criterion: str
    points: float
    unknown: bool  # at the place the firm went to


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Where the engine ranked the province that a firm went to."""

    case: Case
    rank: float
    first: str  # slug of the engine's own first
    shuffled_rank: float  # mean, with the profiles of the other firms
    gaps: tuple[Gap, ...]  # of cases that are lost

    @property
    def lost(self) -> bool:
        """Whether the place stands too far down to be seen."""
        return self.rank > LOST_BEYOND


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the back-test."""

    catalogue_version: int
    engine_version: str
    places: int
    without_japanese_presence: bool
    whole: Table
    untold: Table | None  # cases whose profile does not name the province itself
    results: tuple[CaseResult, ...]  # best first


def run(
    snapshot: Snapshot, cases: Sequence[Case], *, without_japanese_presence: bool = False
) -> Report:
    """Rank every case with every profile; default weights, no must-haves."""
    facts, disabled = (
        snapshot.facts,
        JAPANESE_PRESENCE if without_japanese_presence else frozenset(),
    )
    answers = np.array([facts.province_slugs.index(case.province) for case in cases])
    key = _engine_key(facts, cases, disabled)
    found = standing(key, answers)
    fixed = {name: standing(make(facts)[None], answers) for name, make in BASELINES.items()}
    untold = np.flatnonzero([not case.told for case in cases])
    return Report(
        catalogue_version=snapshot.version,
        engine_version=ENGINE_VERSION,
        places=facts.provinces,
        without_japanese_presence=without_japanese_presence,
        whole=_table(found, fixed, np.arange(len(cases))),
        untold=_table(found, fixed, untold) if len(untold) >= FEWEST else None,
        results=_results(facts, cases, found, key, disabled),
    )


def _engine_key(facts: Facts, cases: Sequence[Case], disabled: frozenset[str]) -> Floats:
    """Return [n, N]: minus the rank of every province for every profile; not ranked comes last."""
    rows = [requirements_of(case.question, facts) for case in cases]
    req = Requirements(
        **{f.name: np.concatenate([getattr(row, f.name) for row in rows]) for f in fields(rows[0])}
    )
    weights = np.stack([weights_of(case.question, facts) for case in cases])
    found = match_many(facts, req, weights, top=facts.provinces, disabled=disabled)
    key = np.full((len(cases), facts.provinces), -np.inf)
    profile, at = np.nonzero(found.place >= 0)
    key[profile, found.place[profile, at]] = -found.rank[profile, at]
    return key


def _table(found: Standing, fixed: dict[str, Standing], chosen: Ints) -> Table:
    """Score the chosen cases; profiles are shuffled among them alone."""
    matrix = points(found)[np.ix_(chosen, chosen, np.arange(MEASURES))]
    told = compare(matrix)
    lines = [_line(name, points(s)[chosen, 0].mean(axis=0)) for name, s in fixed.items()]
    return Table(
        cases=len(chosen),
        lines=(
            _line("engine", told.own),
            _line("shuffled", told.shuffled),
            *reversed(lines),
        ),
        **_differences(told),
    )


def _differences(told: Matching) -> dict[str, Line]:
    return {
        "matching": _line("matching", told.own - told.shuffled),
        "standard_error": _line("standard-error", told.standard_error),
        "p": _line("p", told.p),
    }


def _line(code: str, measures: Floats) -> Line:
    *hits, reciprocal = measures.tolist()
    return Line(code, tuple(hits), reciprocal)


def _results(
    facts: Facts,
    cases: Sequence[Case],
    found: Standing,
    key: Floats,
    disabled: frozenset[str],
) -> tuple[CaseResult, ...]:
    rank = found.rank
    foreign = (rank.sum(axis=1) - rank.diagonal()) / (len(cases) - 1)
    results = [
        CaseResult(
            case=case,
            rank=float(rank[i, i]),
            first=facts.province_slugs[int(key[i].argmax())],
            shuffled_rank=float(foreign[i]),
            gaps=_gaps(facts, case, disabled) if rank[i, i] > LOST_BEYOND else (),
        )
        for i, case in enumerate(cases)
    ]
    return tuple(sorted(results, key=lambda result: (result.rank, result.case.key)))


def _gaps(facts: Facts, case: Case, disabled: frozenset[str]) -> tuple[Gap, ...]:
    """The criteria in which the engine's first place is furthest ahead of the firm's own."""
    result = evaluate(
        facts,
        requirements_of(case.question, facts),
        weights_of(case.question, facts),
        draws=0,
        disabled=disabled,
    )
    chosen, first = facts.province_slugs.index(case.province), int(result.order[0])
    ahead = result.contribution[first] - result.contribution[chosen]
    worst = np.argsort(-ahead, kind="stable")[:GAPS_SHOWN]
    return tuple(
        Gap(CODES[c], float(ahead[c]), bool(np.isnan(result.value[chosen, c])))
        for c in worst.tolist()
        if ahead[c] > 0
    )


def cached_report(snapshot: Snapshot, *, without_japanese_presence: bool = False) -> Report:
    """The report on `snapshot`, made once per catalogue, engine and file of cases."""
    digest = sha256(CASES.read_bytes()).hexdigest()[:16]
    variant = "blind" if without_japanese_presence else "whole"
    key = f"backtest/{snapshot.version}/{ENGINE_VERSION}/{digest}/{variant}"
    found = cast(Report | None, caches["kept"].get(key))
    if found is None:
        found = run(
            snapshot,
            known_cases(snapshot),
            without_japanese_presence=without_japanese_presence,
        )
        caches["kept"].set(key, found, timeout=None)
    return found
