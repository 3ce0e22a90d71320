"""The first page: what a board needs to read, on one sheet of A4.

The page has room for so many lines. What matters least is left out until the rest fits: it all
stands in the detail behind.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from matching.answers import Answer, ChangeLine, QuestionLine, ReasonLine, ResultLine
from matching.questions import Question
from matching.reports.asking import whom
from matching.sentences.reading import said
from matching.snapshot import Snapshot
from matching.templatetags.match_display import weight_change
from matching.views.summary import chips, must_chips

PLACES = 5
MOST_SENTENCES = ((3, 2), (3, 1), (2, 1), (2, 1), (2, 1))  # reasons and cautions of each place
MOST_CHANGES = 3
MOST_QUESTIONS = 5
MOST_CHIPS = 14
# Lines of text that the page holds under its head, and half-width characters in a line of each
# part; measured in print, with a margin.
LINES = 48
WIDTH = 100  # of what stands beside a label or a rank
WIDTH_OF_HALF = 54
WIDTH_OF_NAME = 66
_WIDE = "WFA"


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """One of the first five, with as many reasons and cautions as there is room for."""

    result: ResultLine
    reasons: Sequence[ReasonLine]
    cautions: Sequence[ReasonLine]


@dataclass(frozen=True, slots=True)
class BoardQuestion:
    """What to ask, and whom."""

    line: QuestionLine
    whom: str


@dataclass(frozen=True, slots=True)
class Board:
    """The first page."""

    chips: Sequence[str]
    further_chips: int
    musts: Sequence[str]
    further_musts: int
    places: Sequence[BoardPlace]
    changes: Sequence[ChangeLine]
    ask: Sequence[BoardQuestion]
    could_be_first: Sequence[ResultLine]  # besides the first
    province_names: dict[str, str]


def board_of(question: Question, found: Answer, snapshot: Snapshot) -> Board:
    """The first page of a report, in the language of now."""
    said_of_firm, musts = chips(question, snapshot), must_chips(question)
    ask = [BoardQuestion(line, whom(line)) for line in found.ask[:MOST_QUESTIONS]]
    changes = found.what_would_change[:MOST_CHANGES]
    head = [" · ".join(said_of_firm[:MOST_CHIPS]), " · ".join(musts[:MOST_CHIPS]), ""]
    questions = [f"{each.line.question} → {each.whom}" for each in ask]
    flips = [*map(weight_change, changes), "x" * 2 * WIDTH_OF_HALF]
    below = max(_lines(questions, WIDTH_OF_HALF), _lines(flips, WIDTH_OF_HALF))
    taken = _lines(head, WIDTH) + below
    return Board(
        chips=said_of_firm[:MOST_CHIPS],
        further_chips=max(len(said_of_firm) - MOST_CHIPS, 0),
        musts=musts[:MOST_CHIPS],
        further_musts=max(len(musts) - MOST_CHIPS, 0),
        places=_places(found.results[:PLACES], LINES - taken),
        changes=changes,
        ask=ask,
        could_be_first=[
            result
            for result in found.results
            if result.could_be_first and result.place != found.results[0].place
        ],
        province_names={place.slug: said(place.name) for place in snapshot.provinces},
    )


def _places(results: Sequence[ResultLine], room: int) -> list[BoardPlace]:
    """The places with the most sentences that fit into `room` lines, the first places' first."""
    wished = [
        (min(most, len(result.reasons)), min(least, len(result.cautions)))
        for result, (most, least) in zip(results, MOST_SENTENCES, strict=False)
    ]
    while True:
        places = [
            BoardPlace(result, result.reasons[:most], result.cautions[:least])
            for result, (most, least) in zip(results, wished, strict=True)
        ]
        if sum(map(_height, places)) <= room or not any(map(sum, wished)):
            return places
        wished = _fewer(wished)


def _fewer(wished: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """One sentence less: of the place that has the most, the last of them, reasons first."""
    most = max(map(sum, wished))
    at = max(at for at, each in enumerate(wished) if sum(each) == most)
    reasons, cautions = wished[at]
    less = (reasons - 1, cautions) if reasons >= cautions else (reasons, cautions - 1)
    return [*wished[:at], less, *wished[at + 1 :]]


def _height(place: BoardPlace) -> int:
    sentences = [f"{line.text} [000] 0000-00-00" for line in (*place.reasons, *place.cautions)]
    park = place.result.best_park
    named = f"{park.name} · {park.offer}" if park else ""
    return 2 + _lines([named], WIDTH_OF_NAME) + _lines(sentences, WIDTH)


def _lines(texts: Sequence[str], width: int) -> int:
    return sum(max(ceil(_length(text) / width), 1) for text in texts)


def _length(text: str) -> int:
    """The length in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


__all__ = ["Board", "BoardPlace", "BoardQuestion", "board_of"]
