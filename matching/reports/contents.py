"""What a report holds: the answer for every place, its first page, and its sources numbered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone, translation

from localities.queries import catalogue
from matching.answers import Answer, MustHaveLine, ResultLine
from matching.matchmaking import answer
from matching.questions import Question
from matching.reports.board import Board, board_of
from matching.reports.citing import Citing, NumberedSource
from matching.reports.profile import ProfileRow, profile_rows
from matching.snapshot import Snapshot

ALL_PLACES = 500
IN_DETAIL = 5


@dataclass(frozen=True, slots=True)
class OpenMustHave:
    """A must-have of a ranked place that nobody has confirmed."""

    result: ResultLine
    must: MustHaveLine


@dataclass(frozen=True, slots=True)
class Report:
    """One match, whole: every place with every criterion."""

    question: Question
    answer: Answer
    board: Board
    profile: Sequence[ProfileRow]
    detailed: Sequence[ResultLine]  # the first five
    to_be_confirmed: Sequence[OpenMustHave]
    citing: Citing
    sources: Sequence[NumberedSource]  # those that the printed report names
    all_sources: Sequence[NumberedSource]  # and behind them those of the further places
    province_names: dict[str, str]
    language: str
    made: date  # today
    catalogue_date: date | None  # of the last change of the catalogue


def report_of(question: Question, *, snapshot: Snapshot, language: str) -> Report:
    """The report on `question` in `language`; how many places were asked for plays no part."""
    whole = replace(question, limit=ALL_PLACES, detail="full")
    found = answer(whole, snapshot=snapshot, language=language)
    with translation.override(language):
        board = board_of(question, found, snapshot)
        citing = Citing()
        detailed = found.results[:IN_DETAIL]
        _read_printed(citing, board, found, detailed)
        printed = citing.all()
        _read_rest(citing, found)
        changed = catalogue.last_change()
        return Report(
            question=whole,
            answer=found,
            board=board,
            profile=profile_rows(question, snapshot),
            detailed=detailed,
            to_be_confirmed=_open(found),
            citing=citing,
            sources=printed,
            all_sources=citing.all(),
            province_names=board.province_names,
            language=language,
            made=timezone.localdate(),
            catalogue_date=timezone.localdate(changed.decided_at)
            if changed and changed.decided_at
            else None,
        )


def _read_printed(
    citing: Citing, board: Board, found: Answer, detailed: Sequence[ResultLine]
) -> None:
    for place in board.places:
        citing.read((*place.reasons, *place.cautions))
    for result in detailed:
        citing.read((*result.reasons, *result.cautions, *result.criteria, *result.must_haves))
    for line in found.excluded:
        citing.read(line.failed)


def _read_rest(citing: Citing, found: Answer) -> None:
    for result in (*found.results, *found.too_little_data):
        citing.read((*result.criteria, *result.must_haves))


def _open(found: Answer) -> list[OpenMustHave]:
    return [
        OpenMustHave(result, must)
        for result in found.results
        for must in result.must_haves
        if must.question
    ]
