"""The back-test as a page: how often the engine finds where published firms went, and where not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from localities.models import FormerProvince
from localities.naming import ORDER, localized, reader_language
from localities.views.addresses import takes
from matching import snapshot
from matching.backtest import Case, CaseResult, Line, Report, Table, cached_report
from matching.backtest.cases import all_cases
from matching.backtest.scoring import DEPTHS
from matching.engine.criteria import CODES, CRITERIA
from matching.sentences.reading import said
from matching.snapshot import Snapshot
from matching.views.summary import chips

_LINES: dict[str, str | Promise] = {
    "engine": _("This engine"),
    "shuffled": _("This engine, with another firm's profile"),
    "projects": _("Most Japanese projects first"),
    "hubs": _("Nearest to Ha Noi or Ho Chi Minh City first"),
    "chance": _("By chance"),
    "matching": _("Difference between the first two lines: only this is matching"),
}
_SURE = 0.05  # the usual bound; shown beside the value itself


@dataclass(frozen=True, slots=True)
class Row:
    """One way of ranking, in firms found."""

    code: str
    label: str
    found: Sequence[float]
    reciprocal: float


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one set of cases, and what they say."""

    cases: int
    rows: Sequence[Row]
    matching: Row
    error: float
    p: float
    sure: bool
    beaten_by: Sequence[str]  # rankings that look at no firm and do better


@dataclass(frozen=True, slots=True)
class Shown:
    """One case in the reader's language."""

    result: CaseResult
    firm: str | None
    profile: Sequence[str]
    province: str
    former: str
    park: str
    first: str
    gaps: Sequence[tuple[str, bool]]  # criterion, nothing known


@require_safe
@takes()
def backtest(request: HttpRequest) -> HttpResponse:
    """The method, the figures and every case, on today's catalogue."""
    known = snapshot.current()
    report = cached_report(known)
    blind = cached_report(known, without_japanese_presence=True)
    cases = _Telling(known, report).cases()
    context = {
        "report": report,
        "left_out": all_cases() - report.whole.cases,
        "depths": DEPTHS,
        "whole": _part(report.whole),
        "untold": _part(report.untold) if report.untold else None,
        "blind": _part(blind.whole),
        "cases": cases,
        "lost": [case for case in cases if case.result.lost],
    }
    return render(request, "matching/backtest.html", context)


def _part(table: Table) -> Part:
    engine, _shuffled, *others = table.lines
    return Part(
        cases=table.cases,
        rows=[_row(line, table.cases) for line in table.lines],
        matching=_row(table.matching, table.cases),
        error=table.standard_error.reciprocal,
        p=table.p.reciprocal,
        sure=table.p.reciprocal < _SURE,
        beaten_by=[str(_LINES[o.code]) for o in others if o.reciprocal > engine.reciprocal],
    )


def _row(line: Line, cases: int) -> Row:
    found = [share * cases for share in line.hits]
    return Row(line.code, str(_LINES[line.code]), found, line.reciprocal)


class _Telling:
    """Puts cases into words. One query."""

    def __init__(self, known: Snapshot, report: Report) -> None:
        self.known, self.report = known, report
        self.provinces = {place.slug: said(place.name) for place in known.provinces}
        self.parks = {place.slug: said(place.name) for place in known.parks}
        named = (result.case.former_province for result in report.results)
        self.former = FormerProvince.objects.in_bulk([key for key in named if key])

    def cases(self) -> list[Shown]:
        """Every case, best rank first."""
        return [self._case(result) for result in self.report.results]

    def _case(self, result: CaseResult) -> Shown:
        case = result.case
        return Shown(
            result=result,
            firm=case.firm_ja if reader_language() == "ja" else case.firm_en or case.firm_ja,
            profile=chips(case.question, self.known),
            province=self.provinces[case.province],
            former=self._former(case),
            park=self.parks.get(case.park or "", ""),
            first=self.provinces[result.first],
            gaps=list(self._gaps(result)),
        )

    def _former(self, case: Case) -> str:
        """The name that the province had then, where it was another."""
        record = self.former.get(case.former_province or "")
        found = localized(record, "name") if record else None
        return found.text if found and found.text != self.provinces[case.province] else ""

    def _gaps(self, result: CaseResult) -> Iterable[tuple[str, bool]]:
        at = ORDER.index(reader_language())
        for gap in result.gaps:
            yield CRITERIA[CODES.index(gap.criterion)].label[at], gap.unknown
