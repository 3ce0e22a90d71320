"""The first sheet of a workbook: the page for the board."""

from collections.abc import Callable, Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from localities.models import Dimension
from matching.answers import ReasonLine
from matching.reports.board import BoardPlace
from matching.reports.contents import Report
from matching.templatetags.match_display import weight_change
from portal.sheets import Cell, Column, Link, Sheet, Strong

Row = Sequence[Cell]


def summary(report: Report, absolute: Callable[[str], str]) -> Sheet:
    """The question, the first five with reasons, what would change it, and what to ask."""
    columns = [
        Column(_("Candidate places in Viet Nam"), 30),
        Column("", 46, wraps=True),
        Column(_("Fit"), 9, 1),
        Column(_("Band, lowest"), 9, 1),
        Column(_("Band, highest"), 9, 1),
        Column(_("Chance of being first"), 10, 0, percent=True),
        Column(_("Sources"), 14),
    ]
    rows: list[Row] = [
        *_head(report),
        *_places(report),
        *_changes(report),
        *_ask(report),
        [],
        [
            _("Please note"),
            _(
                "A match is not a recommendation to go. Staying at home, or starting with a small "
                "step, may be the better choice."
            ),
        ],
        [_("Readiness check"), Link(absolute(reverse("matching:readiness")))],
    ]
    return Sheet(_("Summary"), columns, rows)


def _head(report: Report) -> Iterable[Row]:
    board, answer = report.board, report.answer
    separator = pgettext("list", ", ")
    yield [_("Made on"), report.made]
    yield [_("Catalogue version"), answer.catalogue_version]
    yield [_("Catalogue last changed"), report.catalogue_date]
    yield [_("Engine version"), answer.engine_version]
    yield [_("What was asked"), separator.join(board.chips)]
    yield [_("Must-haves"), separator.join(board.musts)]
    yield [_("Places ranked"), answer.ranked]
    yield [_("Places excluded"), answer.excluded_count]
    yield [_("Places with too little data"), answer.too_little_data_count]
    yield [_("Mean fit of all places"), "", answer.mean_fit]
    yield []
    yield [Strong(_("Weights"))]
    for code, weight in answer.weights.items():
        yield [str(Dimension(code).label), weight]


def _places(report: Report) -> Iterable[Row]:
    yield []
    yield [Strong(_("The first five"))]
    for place in report.board.places:
        yield from _place(report, place)


def _place(report: Report, place: BoardPlace) -> Iterable[Row]:
    result = place.result
    named = f"{result.rank or '–'}  {result.place.name}"
    park = result.best_park.name if result.best_park else None
    yield [named, park, result.fit, *result.band, result.p_first]
    for line in place.reasons:
        yield _sentence(report, _("Reason"), line)
    for line in place.cautions:
        yield _sentence(report, _("Caution"), line)


def _sentence(report: Report, kind: str, line: ReasonLine) -> Row:
    number = report.citing.number(line.source)
    return [kind, line.text, "", "", "", "", f"[{number}]" if number else None]


def _changes(report: Report) -> Iterable[Row]:
    yield []
    yield [Strong(_("What would change it"))]
    for line in report.board.changes:
        yield [str(Dimension(line.dimension).label), weight_change(line)]


def _ask(report: Report) -> Iterable[Row]:
    yield []
    yield [Strong(_("Open questions"))]
    for each in report.board.ask:
        yield [each.whom, each.line.question]
