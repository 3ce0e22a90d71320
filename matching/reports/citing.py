"""Numbers the sources of a report in the order in which it names them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from matching.answers import SourceLine


class Sourced(Protocol):
    """A line of an answer that may name its source."""

    @property
    def source(self) -> SourceLine | None:
        """The source, where one is on record."""


@dataclass(frozen=True, slots=True)
class NumberedSource:
    """A source and its number in the report."""

    number: int
    source: SourceLine


@dataclass(slots=True)
class Citing:
    """The sources named so far."""

    _numbers: dict[str, NumberedSource] = field(default_factory=dict)

    def read(self, lines: Iterable[Sourced]) -> None:
        """Gives a number to each source of `lines` that has none yet."""
        for line in lines:
            if line.source and line.source.key not in self._numbers:
                number = len(self._numbers) + 1
                self._numbers[line.source.key] = NumberedSource(number, line.source)

    def number(self, source: SourceLine | None) -> int | None:
        """The number of a source; None for no source, or one that was not read."""
        found = self._numbers.get(source.key) if source else None
        return found.number if found else None

    def all(self) -> tuple[NumberedSource, ...]:
        """Every source by its number."""
        return tuple(self._numbers.values())
