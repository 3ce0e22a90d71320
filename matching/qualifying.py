"""How many places still qualify, and how many would with one must-have more or less.

What is counted here is what the results then show: the places that are not excluded, those of
them that meet every must-have on record, and those to be confirmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matching.engine.facts import MACROS
from matching.engine.qualifying import counts
from matching.engine.requirements import MUST_HAVE_NEEDS
from matching.questions import PLAIN_MUST_HAVES, Question
from matching.requirements import require, requirements_of
from matching.snapshot import Snapshot

# An operating park is asked for whatever a reader says, so nobody can take it out.
OFFERED = tuple(code for code in PLAIN_MUST_HAVES if code != "operating")


@dataclass(frozen=True, slots=True)
class Count:
    """Places of one level by how they stand to the must-haves."""

    met: int  # all of them, on record
    to_confirm: int
    excluded: int  # one of them fails on record

    @property
    def left(self) -> int:
        """The places that are not excluded."""
        return self.met + self.to_confirm

    @property
    def places(self) -> int:
        """All places of the level."""
        return self.left + self.excluded


@dataclass(frozen=True, slots=True)
class Places:
    """Both levels."""

    province: Count
    park: Count

    def of(self, level: str) -> Count:
        """The count of `level`."""
        return self.park if level == "park" else self.province


@dataclass(frozen=True, slots=True)
class Condition:
    """One must-have: how many places are left with it, and how many without."""

    code: str  # that of a must-have; 'macro' and 'province' stand for all that they accept
    on: bool
    with_it: Places
    without: Places
    lacks: str | None = None  # the field whose number it is measured by, where that is not given


@dataclass(frozen=True, slots=True)
class Qualifying:
    """What is left now, and with one must-have more or less."""

    now: Places
    conditions: tuple[Condition, ...]  # those of OFFERED, in their order
    macros: tuple[Condition, ...]  # each part of the country, accepted or not
    accepted: tuple[Condition, ...]  # 'macro' and 'province' as a whole, where they are asked

    def to_relax(self, level: str) -> list[Condition]:
        """The must-haves without which places come back, the one that frees most first."""
        asked = [condition for condition in (*self.conditions, *self.accepted) if condition.on]
        left = self.now.of(level).left
        freeing = [one for one in asked if one.without.of(level).left > left]
        return sorted(
            freeing, key=lambda one: (-one.without.of(level).left, -one.without.of(level).met)
        )


def qualifying(question: Question, *, snapshot: Snapshot) -> Qualifying:
    """The counts of places for `question` and for each that differs from it by one must-have."""
    conditions = {
        **{code: (with_(question, code), without(question, code)) for code in OFFERED},
        **{code: (_with_macro(question, code), _no_macro(question, code)) for code in MACROS},
        **{code: (question, without(question, code)) for code in _accepting(question)},
    }
    asked = {*question.must_haves, *(question.macros or ()), *_accepting(question)}
    variants = [question, *(variant for pair in conditions.values() for variant in pair)]
    now, *others = _counted(variants, snapshot)
    found = {
        code: Condition(code, code in asked, with_it, without_it, _lacking(question, code))
        for code, with_it, without_it in zip(conditions, others[::2], others[1::2], strict=True)
    }
    return Qualifying(
        now=now,
        conditions=tuple(found[code] for code in OFFERED),
        macros=tuple(found[code] for code in MACROS),
        accepted=tuple(found[code] for code in _accepting(question)),
    )


def _counted(questions: list[Question], snapshot: Snapshot) -> list[Places]:
    """The counts of questions that differ in their must-haves alone, in one pass of the engine."""
    facts = snapshot.facts
    rows = np.zeros(len(questions), dtype=np.intp)
    stacked = requirements_of(questions[0], facts).take(rows)
    for row, question in enumerate(questions):
        require(stacked, question, facts, row)
    provinces, parks = counts(facts, stacked)
    return [
        Places(Count(*province), Count(*park))
        for province, park in zip(provinces.tolist(), parks.tolist(), strict=True)
    ]


def _lacking(question: Question, code: str) -> str | None:
    need = MUST_HAVE_NEEDS.get(code)
    return need if need and getattr(question.profile, need) is None else None


def with_(question: Question, code: str) -> Question:
    """The question with the must-have `code`."""
    return replace(question, must_haves=tuple(dict.fromkeys((*question.must_haves, code))))


def without(question: Question, code: str) -> Question:
    """The question without the must-have `code`; 'macro' and 'province' go as a whole."""
    if code == "macro":
        return replace(question, macros=None)
    if code == "province":
        return replace(question, provinces=None)
    return replace(question, must_haves=tuple(one for one in question.must_haves if one != code))


def _with_macro(question: Question, code: str) -> Question:
    return replace(question, macros=tuple(dict.fromkeys((*(question.macros or ()), code))))


def _no_macro(question: Question, code: str) -> Question:
    return replace(
        question, macros=tuple(one for one in question.macros or () if one != code) or None
    )


def _accepting(question: Question) -> Iterator[str]:
    if question.macros is not None:
        yield "macro"
    if question.provinces is not None:
        yield "province"
