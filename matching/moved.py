"""What moved since a match was kept: each place that stands elsewhere today, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from matching import snapshot as snapshots
from matching.engine.criteria import CRITERIA
from matching.engine.must_haves import FAILED, MET
from matching.engine.requirements import MUST_HAVES
from matching.engine.result import Result
from matching.matchmaking import evaluate_question
from matching.models import Match
from matching.questions import Question
from matching.sentences import SENTENCES, Reading, Readings, Statement
from matching.sentences import must_haves as conditions
from matching.sentences.reading import number, said
from matching.snapshot import Snapshot
from matching.stored import CannotRerun, Standing, question_of, snapshot_of, standings
from matching.traces import (
    Cause,
    History,
    Places,
    any_fact_of,
    traces_of,
    traces_of_condition,
)
from matching.wording import label

NEARLY = 1e-9  # fits are rounded there
_STATES = {FAILED: "failed", MET: "met"}


@dataclass(frozen=True, slots=True)
class MovedFact:
    """A criterion or a must-have that reads otherwise today.

    `points` of fit it gave or took; None for a must-have, which gives none. A sentence is None
    where nothing was known. Where both sentences are the same, `unchanged` says what is not: a
    sentence names what is strongest, and more than that may count.
    """

    code: str
    label: str
    points: float | None
    before: str | None
    now: str | None
    causes: tuple[Cause, ...]
    unchanged: str | None = None
    state_before: str | None = None  # of a must-have: met, unknown or failed
    state_now: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A place whose rank, fit or best park is another one today.

    Rank and fit are None where the catalogue did not know the place; the rank alone where it was
    excluded or had too little data. Without `facts`, it was others that moved.
    """

    slug: str
    name: str
    rank_before: int | None
    rank_now: int | None
    fit_before: float | None
    fit_now: float | None
    park_before: str | None
    park_now: str | None
    facts: tuple[MovedFact, ...]
    causes: tuple[Cause, ...]


def what_moved(match: Match, *, language: str) -> tuple[Moved, ...]:
    """Every place that stands elsewhere on today's catalogue, best of today first.

    The weights are those of the match, so that facts alone move places: a place's points add up
    to the change of its fit. Raises CannotRerun where the question can't be asked of today's
    catalogue, or of the kept one (see `matching.stored.rerun`).
    """
    with translation.override(language):
        then, today = snapshot_of(match), snapshots.current()
        question = question_of(match, snapshot=then)
        try:
            question_of(match, snapshot=today)
        except ValidationError as error:
            text = _("Today's catalogue no longer knows something that was asked: %(what)s")
            raise CannotRerun(text % {"what": error.detail}) from error
        history = History.between(then.version, today.version)
        return _Comparison(_Side(then, question), _Side(today, question), history).moved()


@dataclass(frozen=True)
class _Side:
    """The question answered by one version of the catalogue."""

    snapshot: Snapshot
    question: Question

    @cached_property
    def result(self) -> Result:
        return evaluate_question(self.question, snapshot=self.snapshot)

    @cached_property
    def standing(self) -> dict[str, Standing]:
        return {each.slug: each for each in standings(self.result, self.snapshot)}

    @cached_property
    def index(self) -> dict[str, int]:
        facts = self.snapshot.facts
        slugs = facts.park_slugs if self.result.level == "park" else facts.province_slugs
        return {slug: place for place, slug in enumerate(slugs)}

    @cached_property
    def readings(self) -> Readings:
        return Readings.of(self.snapshot, self.question, self.result)

    def reading(self, place: int) -> Reading:
        """The place with the park that stands for it."""
        return self.readings.at(place)

    def park(self, place: int | None) -> str | None:
        """The slug of the park that stands for a place."""
        at = None if place is None else self.reading(place).park
        return None if at is None else self.snapshot.facts.park_slugs[at]

    def name(self, place: int) -> str:
        """What the place is called."""
        places = self.snapshot.parks if self.result.level == "park" else self.snapshot.provinces
        return said(places[place].name)

    def provinces(self, place: int, *, and_next_door: bool) -> set[str]:
        """The place's province and, where asked for, its neighbours."""
        facts, province = self.snapshot.facts, self.reading(place).province
        near = np.flatnonzero(facts.neighbours[province]) if and_next_door else ()
        return {facts.province_slugs[at] for at in (province, *near)}


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two answers to one question."""

    then: _Side
    today: _Side
    history: History

    def moved(self) -> tuple[Moved, ...]:
        """The places that differ: those ranked today first, in their order."""
        known = dict.fromkeys((*self.today.standing, *self.then.standing))
        lines = (self._line(slug) for slug in known)
        return tuple(line for line in lines if _differs(line))

    def _line(self, slug: str) -> Moved:
        then, today = self.then, self.today
        before, now = then.standing.get(slug), today.standing.get(slug)
        old, new = then.index.get(slug), today.index.get(slug)
        parks = then.park(old), today.park(new)
        facts: tuple[MovedFact, ...] = ()
        if old is not None and new is not None:
            facts = (*self._criteria(old, new), *self._conditions(old, new))
        return Moved(
            slug=slug,
            name=today.name(new) if new is not None else then.name(old or 0),
            rank_before=before.rank if before else None,
            rank_now=now.rank if now else None,
            fit_before=before.fit if before else None,
            fit_now=now.fit if now else None,
            park_before=parks[0],
            park_now=parks[1],
            facts=facts,
            causes=self._causes(facts, parks),
        )

    def _causes(
        self, facts: Iterable[MovedFact], parks: tuple[str | None, str | None]
    ) -> tuple[Cause, ...]:
        """Those of the facts; where another park stands for the place, also those of both parks."""
        found = {cause for fact in facts for cause in fact.causes}
        if parks[0] != parks[1]:
            found |= set(self.history.causes(*any_fact_of(*filter(None, parks))))
        return tuple(sorted(found, key=lambda cause: cause.version))

    def _criteria(self, old: int, new: int) -> list[MovedFact]:
        """The criteria whose value or blank is another one, what moved most first."""
        then, today = self.then.result, self.today.result
        value = np.nan_to_num(today.value[new]) - np.nan_to_num(then.value[old])
        points = 100 * today.weights * value
        blank = today.unknown[new] - then.unknown[old]
        differs = (np.abs(value) > NEARLY) | (np.abs(blank) > NEARLY)
        order = np.argsort(-np.abs(points), kind="stable")
        chosen = [int(c) for c in order if differs[c] and today.weights[c] > 0]
        return [self._criterion(c, float(points[c]), old, new) for c in chosen]

    def _criterion(self, index: int, points: float, old: int, new: int) -> MovedFact:
        criterion = CRITERIA[index]
        sides = ((self.then, old), (self.today, new))
        known = [not np.isnan(side.result.value[at, index]) for side, at in sides]
        before, now = (
            SENTENCES[criterion.code](side.reading(at)) if told else None
            for (side, at), told in zip(sides, known, strict=True)
        )
        traces = traces_of(criterion, self.then.question.profile, self.then.snapshot.facts)
        places = self._places(old, new, and_next_door="neighbours" in criterion.reads)
        return MovedFact(
            code=criterion.code,
            label=label(criterion),
            points=points,
            before=_text(before),
            now=_text(now),
            causes=self.history.causes(traces, places),
            unchanged=self._unchanged(index, old, new) if _text(before) == _text(now) else None,
        )

    def _unchanged(self, index: int, old: int, new: int) -> str:
        """What moved behind a sentence that reads the same: the level, else what is known of it."""
        then, today = self.then.result, self.today.result
        levels = then.value[old, index], today.value[new, index]
        if not np.isnan(levels).any() and abs(levels[1] - levels[0]) > NEARLY:
            text = _("the wording is the same; the level went from %(before)s to %(now)s of 100")
            return text % _of_100(*levels)
        known = 1 - then.unknown[old, index], 1 - today.unknown[new, index]
        text = _("the wording is the same; what is known of it went from %(before)s%% to %(now)s%%")
        return text % _of_100(*known)

    def _places(self, old: int, new: int, *, and_next_door: bool) -> Places:
        parks = {self.then.park(old), self.today.park(new)} - {None}
        provinces = self.then.provinces(old, and_next_door=and_next_door)
        provinces |= self.today.provinces(new, and_next_door=and_next_door)
        return Places({park for park in parks if park}, provinces)

    def _conditions(self, old: int, new: int) -> Iterator[MovedFact]:
        """The must-haves whose state is another one."""
        then, today = self.then.result, self.today.result
        for column, condition in enumerate(today.must_haves):
            states = int(then.must_states[old, column]), int(today.must_states[new, column])
            if states[0] != states[1]:
                yield self._condition(MUST_HAVES[condition], states, old, new)

    def _condition(self, code: str, states: tuple[int, int], old: int, new: int) -> MovedFact:
        places = self._places(old, new, and_next_door=False)
        return MovedFact(
            code=code,
            label=conditions.label(code),
            points=None,
            before=_text(conditions.fact(code, self.then.reading(old))),
            now=_text(conditions.fact(code, self.today.reading(new))),
            causes=self.history.causes(traces_of_condition(code), places),
            state_before=_STATES.get(states[0], "unknown"),
            state_now=_STATES.get(states[1], "unknown"),
        )


def _of_100(before: float, now: float) -> dict[str, str]:
    """Two shares of 1 as numbers of 100, with as many places as tell them apart."""
    places = next((p for p in (0, 1, 2) if round(100 * before, p) != round(100 * now, p)), 3)
    return {"before": number(100 * before, places), "now": number(100 * now, places)}


def _text(statement: Statement | None) -> str | None:
    return statement.text if statement else None


def _differs(line: Moved) -> bool:
    """Whether the place stands elsewhere: another rank, fit, best park or must-have."""
    if line.fit_before is None or line.fit_now is None or line.rank_before != line.rank_now:
        return True
    told = any(fact.points is None for fact in line.facts)
    return told or line.fit_before != line.fit_now or line.park_before != line.park_now
