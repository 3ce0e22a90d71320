"""A question and a snapshot make an answer: the one path for pages, API and command line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from django.utils import translation

from matching import plot_lines, wording
from matching.answers import (
    Answer,
    BestPark,
    ChangeLine,
    DimensionLine,
    ExcludedLine,
    OtherPark,
    PlaceLine,
    QuestionLine,
    ResultLine,
)
from matching.engine.criteria import ENGINE_VERSION
from matching.engine.evaluation import evaluate
from matching.engine.facts import DIMENSIONS, MACROS
from matching.engine.must_haves import UNKNOWN
from matching.engine.requirements import MUST_HAVES
from matching.engine.result import Result
from matching.engine.robustness import DRAWS
from matching.engine.turning import Turnings
from matching.questions import Question
from matching.requirements import requirements_of, weights_of
from matching.sentences import Reading, Readings
from matching.snapshot import Snapshot


def evaluate_question(question: Question, *, snapshot: Snapshot) -> Result:
    """The numbers of a match, without words."""
    return evaluate(
        snapshot.facts,
        requirements_of(question, snapshot.facts),
        weights_of(question, snapshot.facts),
        level="park" if question.level == "park" else "province",
        draws=DRAWS if question.robustness else 0,
    )


def answer(question: Question, *, snapshot: Snapshot, language: str) -> Answer:
    """The ranked places with reasons, in `language`; nothing is stored."""
    result = evaluate_question(question, snapshot=snapshot)
    with translation.override(language):
        return _telling(question, snapshot, result).answer()


def lines(
    question: Question, slugs: Sequence[str], *, snapshot: Snapshot, language: str
) -> tuple[ResultLine, ...]:
    """What a match says of the places with `slugs`, in their order, also of those not ranked."""
    result = evaluate_question(question, snapshot=snapshot)
    facts = snapshot.facts
    known = facts.park_slugs if result.level == "park" else facts.province_slugs
    with translation.override(language):
        return _telling(question, snapshot, result).lines(map(known.index, slugs))


def _telling(question: Question, snapshot: Snapshot, result: Result) -> "_Telling":
    readings = Readings.of(snapshot, question, result)
    turnings = Turnings(snapshot.facts, readings.wants, result)
    return _Telling(question, snapshot, result, readings, turnings)


@dataclass(frozen=True, slots=True)
class _Telling:
    """Puts a result into words."""

    question: Question
    snapshot: Snapshot
    result: Result
    readings: Readings
    turnings: Turnings

    def answer(self) -> Answer:
        result = self.result
        shown = result.order[: self.question.limit]
        return Answer(
            catalogue_version=self.snapshot.version,
            engine_version=ENGINE_VERSION,
            level=result.level,
            weights=dict(zip(DIMENSIONS, result.dimension_weights.tolist(), strict=True)),
            ranked=len(result.order),
            excluded_count=len(result.excluded),
            too_little_data_count=len(result.set_aside),
            mean_fit=result.mean_fit,
            results=tuple(self._line(int(place)) for place in shown),
            by_region={
                macro: tuple(self._place(int(place)) for place in places)
                for macro, places in zip(MACROS, result.by_macro, strict=True)
            },
            ask=tuple(self._ask()),
            excluded=tuple(self._excluded(int(place)) for place in result.excluded),
            too_little_data=tuple(self._line(int(place)) for place in result.set_aside),
            what_would_change=tuple(self._changes()),
            ranking=tuple(self._brief(int(place)) for place in result.order),
            trade_off=plot_lines.trade_off(result, self._place),
            acceptability=plot_lines.acceptability(result, self._place),
            central_weights=plot_lines.central_weights(result, self._place),
        )

    def lines(self, places: Iterable[int]) -> tuple[ResultLine, ...]:
        return tuple(self._line(place) for place in places)

    def _place(self, place: int) -> PlaceLine:
        if self.result.level == "park":
            return wording.park_line(self.snapshot, place)
        return wording.province_line(self.snapshot, place)

    def _brief(self, place: int) -> tuple[int, PlaceLine, float]:
        return int(self.result.rank[place]), self._place(place), float(self.result.fit[place])

    def _line(self, place: int) -> ResultLine:
        result, at = self.result, self.readings.at(place)
        robust = result.robustness if result.rank[place] else None
        return ResultLine(
            rank=int(result.rank[place]) or None,
            place=self._place(place),
            fit=float(result.fit[place]),
            band=(float(result.band[place, 0]), float(result.band[place, 1])),
            province_coverage=_number(result.coverage_province[place]),
            site_coverage=_number(result.coverage_site[place]),
            could_be_first=bool(result.could_be_first[place]),
            could_be_first_by=self._first_by(place),
            p_first=_number(robust.p_first[place]) if robust else None,
            p_top3=_number(robust.p_top3[place]) if robust else None,
            expected_rank=_number(robust.expected_rank[place]) if robust else None,
            dimensions=tuple(self._dimensions(place)),
            criteria=tuple(wording.criteria(result, place, at)) if self._full else (),
            reasons=tuple(wording.reasons(result, place, at)),
            cautions=tuple(wording.cautions(result, place, at, self.turnings)),
            must_haves=tuple(wording.must_haves(result, place, at)),
            best_park=self._best_park(place, at),
            to_be_confirmed=bool(result.status[place] == UNKNOWN),
            too_little_data=bool(result.too_little[place]),
        )

    def _first_by(self, place: int) -> OtherPark | None:
        park = int(self.result.first_by[place])
        if park < 0 or park == self.result.park[place]:
            return None
        return wording.other_park(self.snapshot, park, float(self.result.first_by_fit[place]))

    @property
    def _full(self) -> bool:
        return self.question.detail == "full"

    def _best_park(self, place: int, at: Reading) -> BestPark | None:
        if self.result.level == "park" or at.park is None:
            return None
        return wording.best_park(at, float(self.result.fit[place]))

    def _dimensions(self, place: int) -> Iterable[DimensionLine]:
        for index, code in enumerate(DIMENSIONS):
            yield DimensionLine(
                code=code,
                fit=_number(self.result.dimension_fit[place, index]),
                coverage=_number(self.result.dimension_coverage[place, index]),
                weight=float(self.result.dimension_weights[index]),
            )

    def _excluded(self, place: int) -> ExcludedLine:
        at = self.readings.at(place)
        return ExcludedLine(self._place(place), tuple(wording.failed(self.result, place, at)))

    def _ask(self) -> Iterable[QuestionLine]:
        for question in self.result.questions:
            at = self.readings.at(question.place)
            if question.criterion >= 0:
                code, text = wording.criterion_question(question.criterion, at)
            else:
                code = MUST_HAVES[question.must_have]
                text = wording.must_have_question(code, at)
            yield QuestionLine(
                self._place(question.place),
                code,
                text,
                question.could_reach_rank,
                question.together,
            )

    def _changes(self) -> Iterable[ChangeLine]:
        for change in self.result.changes:
            yield ChangeLine(
                dimension=DIMENSIONS[change.dimension],
                weight_from=change.weight,
                weight_to=change.to,
                first=self._place(change.first),
            )


def _number(value: float | np.floating[Any] | None) -> float | None:
    """A number; None where it is not known."""
    return None if value is None or isnan(value) else float(value)
