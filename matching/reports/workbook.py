"""A report as the sheets of a workbook: numbers as the engine gave them, words as on the page."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from django.utils import translation
from django.utils.translation import gettext as _

from localities.models import Dimension, Region
from localities.templatetags.wording import period
from matching.answers import (
    CriterionLine,
    MustHaveLine,
    PlaceLine,
    ResultLine,
)
from matching.reports.asking import state_of, whom
from matching.reports.contents import Report
from matching.reports.summary_sheet import summary
from matching.templatetags.match_display import weight_change
from portal.sheets import Cell, Column, Link, Sheet

Absolute = Callable[[str], str]


def sheets_of(report: Report, *, absolute: Absolute) -> Iterator[Sheet]:
    """The sheets, in the language of the report; `absolute` completes the address of a page."""
    with translation.override(report.language):
        book = _Book(report, absolute)
        yield summary(report, absolute)
        yield book.ranking()
        yield book.criteria()
        yield book.must_haves()
        yield book.questions()
        yield book.excluded()
        yield book.too_little_data()
        yield book.changes()
        yield book.profile()
        yield book.sources()


class _Book:
    """Makes the tables."""

    def __init__(self, report: Report, absolute: Absolute) -> None:
        self.report, self.answer, self.absolute = report, report.answer, absolute

    def ranking(self) -> Sheet:
        """Every ranked place."""
        columns = [
            Column(_("Rank"), 7, 0),
            *self._place_columns(),
            Column(_("Best park"), 34),
            Column(_("Fit"), 9, 1),
            Column(_("Band, lowest"), 9, 1),
            Column(_("Band, highest"), 9, 1),
            Column(_("Chance of being first"), 10, 1, percent=True),
            Column(_("Chance of the first three"), 10, 1, percent=True),
            Column(_("Expected rank"), 9, 1),
            Column(_("Known facts: province"), 10, 0, percent=True),
            Column(_("Known facts: park"), 10, 0, percent=True),
            Column(_("Could be first"), 9),
            Column(_("Must-haves"), 16),
            *(Column(str(label), 9, 1) for _code, label in Dimension.choices),
            Column(_("Page of the place"), 44),
        ]
        return Sheet(_("Ranking"), columns, map(self._ranked, self.answer.results))

    def _place_columns(self) -> list[Column]:
        return [
            Column(_("Place"), 26),
            Column(_("Vietnamese name"), 26),
            Column(_("Province"), 18),
            Column(_("Part of the country"), 10),
        ]

    def _place(self, place: PlaceLine) -> list[Cell]:
        province = self.report.province_names.get(place.province or place.slug, "")
        return [place.name, place.name_local, province, str(Region.Macro(place.macro).label)]

    def _ranked(self, line: ResultLine) -> Sequence[Cell]:
        return [
            line.rank,
            *self._place(line.place),
            line.best_park.name if line.best_park else None,
            line.fit,
            *line.band,
            line.p_first,
            line.p_top3,
            line.expected_rank,
            line.province_coverage,
            line.site_coverage,
            _("yes") if line.could_be_first else _("no"),
            _("to be confirmed") if line.to_be_confirmed else _("met"),
            *(dimension.fit for dimension in line.dimensions),
            Link(self.absolute(line.place.url)),
        ]

    def criteria(self) -> Sheet:
        """Every criterion of every place that is not excluded."""
        columns = [
            Column(_("Rank"), 7, 0),
            Column(_("Place"), 24),
            Column(_("Dimension"), 14),
            Column(_("Criterion"), 30),
            Column(_("Code"), 22),
            Column(_("Value (0 to 1)"), 9, 3),
            Column(_("Share unknown"), 9, 0, percent=True),
            Column(_("Spread"), 9, 3),
            Column(_("Weight"), 9, 2, percent=True),
            Column(_("Points (of 100)"), 9, 2),
            Column(_("Contribution"), 11, 2),
            Column(_("Fact"), 48, wraps=True),
            *self._source_columns(),
        ]
        places = chain(self.answer.results, self.answer.too_little_data)
        return Sheet(_("Criteria"), columns, chain.from_iterable(map(self._criteria, places)))

    def _criteria(self, line: ResultLine) -> Iterable[Sequence[Cell]]:
        for each in line.criteria:
            yield [
                line.rank,
                line.place.name,
                str(Dimension(each.dimension).label),
                each.label,
                each.code,
                _("unknown") if each.value is None else each.value,
                each.unknown,
                each.spread,
                each.weight,
                100 * each.weight * (each.value or 0),
                each.contribution,
                each.fact,
                *self._source(each),
            ]

    def _source_columns(self) -> list[Column]:
        return [
            Column(_("As of"), 12),
            Column(_("Source no."), 9, 0),
            Column(_("Source"), 44),
            Column(_("Address of the source"), 44),
        ]

    def _source(self, line: CriterionLine | MustHaveLine) -> list[Cell]:
        source = line.source
        if source is None:
            return [period(line.as_of) if line.as_of else None, None, None, None]
        address = Link(source.url) if source.url else None
        date = period(line.as_of or source.published)
        return [date, self.report.citing.number(source), source.title, address]

    def must_haves(self) -> Sheet:
        """Every must-have of every ranked place."""
        columns = [
            Column(_("Rank"), 7, 0),
            Column(_("Place"), 24),
            Column(_("Must-have"), 26),
            Column(_("State"), 14),
            Column(_("Fact"), 44, wraps=True),
            Column(_("What to ask"), 44, wraps=True),
            *self._source_columns(),
        ]
        return Sheet(_("Must-haves"), columns, self._must_haves())

    def _must_haves(self) -> Iterable[Sequence[Cell]]:
        for line in self.answer.results:
            for must in line.must_haves:
                yield [line.rank, line.place.name, *self._must(must)]

    def _must(self, must: MustHaveLine) -> list[Cell]:
        return [must.label, state_of(must), must.fact, must.question, *self._source(must)]

    def questions(self) -> Sheet:
        """What to ask whom, what could move the ranking first."""
        columns = [
            Column(_("Question"), 60, wraps=True),
            Column(_("Whom to ask"), 34),
            Column(_("Place"), 26),
            Column(_("Could reach rank"), 9, 0),
            Column(_("Code"), 24),
        ]
        rows: Iterable[Sequence[Cell]] = (
            [line.question, whom(line), line.place.name, line.could_reach_rank, line.criterion]
            for line in self.answer.ask
        )
        return Sheet(_("Questions"), columns, rows)

    def excluded(self) -> Sheet:
        """The places that fail a must-have, with the fact."""
        columns = [
            *self._place_columns(),
            Column(_("Must-have"), 26),
            Column(_("Fact"), 44, wraps=True),
            *self._source_columns(),
        ]
        rows: Iterable[Sequence[Cell]] = (
            [*self._place(line.place), must.label, must.fact, *self._source(must)]
            for line in self.answer.excluded
            for must in line.failed
        )
        return Sheet(_("Excluded"), columns, rows)

    def too_little_data(self) -> Sheet:
        """The parks that stand apart, since too little is known of them."""
        columns = [
            *self._place_columns(),
            Column(_("Fit"), 9, 1),
            Column(_("Band, highest"), 9, 1),
            Column(_("Known facts: park"), 10, 0, percent=True),
        ]
        rows: Iterable[Sequence[Cell]] = (
            [*self._place(line.place), line.fit, line.band[1], line.site_coverage]
            for line in self.answer.too_little_data
        )
        return Sheet(_("Too little data"), columns, rows)

    def changes(self) -> Sheet:
        """The weights, and which change of one of them would bring another place first."""
        columns = [
            Column(_("Dimension"), 22),
            Column(_("Weight (0 to 5)"), 10, 2),
            Column(_("Another is first from"), 12, 2),
            Column(_("Which place"), 30),
            Column(_("In words"), 70, wraps=True),
        ]
        return Sheet(_("Weights and flip points"), columns, self._changes())

    def _changes(self) -> Iterable[Sequence[Cell]]:
        for code, weight in self.answer.weights.items():
            found = [line for line in self.answer.what_would_change if line.dimension == code]
            label = str(Dimension(code).label)
            if not found:
                yield [label, weight]
            for line in found:
                yield [label, weight, line.weight_to, line.first.name, weight_change(line)]

    def profile(self) -> Sheet:
        """What was asked."""
        columns = [Column(_("Field"), 34), Column(_("Answer"), 60, wraps=True), Column(_("Unit"))]
        rows: Iterable[Sequence[Cell]] = (
            [row.label, row.value, row.unit] for row in self.report.profile
        )
        return Sheet(_("Profile"), columns, rows)

    def sources(self) -> Sheet:
        """Every source by its number."""
        columns = [
            Column(_("Source no."), 9, 0),
            Column(_("Source"), 60, wraps=True),
            Column(_("Published"), 14),
            Column(_("Address of the source"), 60),
            Column(_("Code"), 30),
        ]
        rows: Iterable[Sequence[Cell]] = (
            [
                each.number,
                each.source.title,
                period(each.source.published),
                Link(each.source.url) if each.source.url else None,
                each.source.key,
            ]
            for each in self.report.all_sources
        )
        return Sheet(_("Sources"), columns, rows)
