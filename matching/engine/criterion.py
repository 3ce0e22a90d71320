"""What a criterion is made of: its declaration and the three kinds of value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from matching.engine.facts import Floats
from matching.engine.requirements import Requirements
from matching.engine.switches import Key, Switch
from matching.engine.tables import Table
from matching.engine.values import Anchors


@dataclass(frozen=True)
class Linear:
    """The value is the profile's shares [P, Kd] times a table [Kd, n] made from the facts."""

    key: Key
    table: Table


@dataclass(frozen=True)
class Ramp:
    """The value of a fact falls (or rises) from 1 to 0 between two points set by the profile."""

    fact: str
    points: Callable[[Requirements], tuple[Floats, Floats]]  # one [P], zero [P]


@dataclass(frozen=True)
class Membership:
    """The value says how well the best of the sizes on offer suits the size needed."""

    fact: str
    need: str
    anchors: Anchors
    within: float


@dataclass(frozen=True)
class Criterion:
    """One thing judged. `label` is in ja, en, vi; `basis` says where bounds come from."""

    code: str
    level: Literal["province", "park"]
    specific: bool
    weight: float
    label: tuple[str, str, str]
    reads: tuple[str, ...]
    value: Linear | Ramp | Membership
    applies: Switch
    basis: str
    searched: bool = False
    japanese_presence: bool = False

    @property
    def dimension(self) -> str:
        """The part of the code before the dot."""
        return self.code.split(".")[0]
