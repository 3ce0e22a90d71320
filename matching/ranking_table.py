"""The best places of many profiles as CSV: a line for each row that was read, good or refused."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from matching.engine.batch import Matches
from matching.engine.facts import Facts, Floats, Ints
from matching.engine.must_haves import UNKNOWN
from matching.profile_table import Block, Refusal

FIT_DECIMALS = 4  # of 100 points; a ranking is told apart far above it
HEAD = ("row", "id", "error_column", "error_reason")
PLACE = (
    "place",
    "park",
    "rank",
    "fit",
    "band_low",
    "band_high",
    "coverage_province",
    "coverage_site",
    "to_be_confirmed",
)
_FLOATS = ("fit", "low", "high", "coverage_province", "coverage_site")
_SEVERAL = " | "  # between the columns, and between the reasons, of a row refused for more than one


class _File(Protocol):
    def write(self, text: str, /) -> object: ...


def header(top: int) -> list[str]:
    """The names of the columns: those of the row, then those of each of the `top` places."""
    return [*HEAD, *(f"{name}_{rank}" for rank in range(1, top + 1) for name in PLACE)]


class RankingTable:
    """Writes the answers to blocks of profiles."""

    def __init__(self, file: _File, facts: Facts, level: str, top: int) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._cells = PlaceCells(facts, level)
        self._writer.writerow(header(top))

    def write(self, block: Block, matches: Matches) -> None:
        """Writes one line for each row of `block`; `matches` has its good rows, in order."""
        found = dict(zip(block.good.tolist(), self._cells.of(matches), strict=True))
        self._writer.writerows([*head, *found.get(at, ())] for at, head in enumerate(_heads(block)))


class PlaceCells:
    """What a table says of the places of a level."""

    def __init__(self, facts: Facts, level: str) -> None:
        self._slugs = _with_blank(facts.park_slugs if level == "park" else facts.province_slugs)
        self._parks = _with_blank(facts.park_slugs)

    def of(self, matches: Matches) -> list[list[Any]]:
        """The cells of every profile, those of PLACE for each place; "" where there is none."""
        nobody = matches.place < 0
        columns: list[Any] = [self._slugs[matches.place], self._parks[matches.park]]
        columns.append(_or_blank(matches.rank, nobody))
        for name in _FLOATS:
            values = np.round(getattr(matches, name), FIT_DECIMALS)
            columns.append(_or_blank(values, nobody | np.isnan(values)))
        columns.append(_or_blank((matches.status == UNKNOWN).astype(int), nobody))
        profiles, top = nobody.shape
        cells = np.stack(columns, axis=2).reshape(profiles, top * len(columns))
        rows: list[list[Any]] = cells.tolist()
        return rows


def _with_blank(slugs: Sequence[str]) -> np.ndarray:
    """Slugs by index; the last, -1, is blank."""
    return np.array([*slugs, ""], dtype=object)


def _or_blank(values: Ints | Floats, blank: np.ndarray) -> np.ndarray:
    cells = values.astype(object)
    cells[blank] = ""
    return cells


def _heads(block: Block) -> Iterator[list[object]]:
    for at, (number, identifier) in enumerate(zip(block.numbers, block.identifiers, strict=True)):
        yield [number, identifier, *_refused(block.refusals.get(at, ()))]


def _refused(refusals: Iterable[Refusal]) -> list[str]:
    found = list(refusals)
    return [
        _SEVERAL.join(refusal.column for refusal in found),
        _SEVERAL.join(refusal.reason for refusal in found),
    ]
