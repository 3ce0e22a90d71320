"""A match to print and to take along: the report as a page and as a workbook."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from localities.views.addresses import takes
from matching.forms import PARAMETERS, ProfileForm
from matching.questions import Question
from matching.reports import Report, report_of, sheets_of
from matching.views import profile as profile_page
from portal.sheets import workbook_response

Shown = Callable[[HttpRequest, Report, str], HttpResponse]


@require_safe
@takes(*PARAMETERS)
def report(request: HttpRequest) -> HttpResponse:
    """The report on the profile in the address: one page for the board, then the detail."""
    return _answered(request, _page)


@require_safe
@takes(*PARAMETERS)
def report_workbook(request: HttpRequest) -> HttpResponse:
    """The same report as XLSX."""
    return _answered(request, _workbook)


def _answered(request: HttpRequest, shown: Shown) -> HttpResponse:
    """What `shown` makes of the report; the form with its errors where the address has some."""

    def report(form: ProfileForm, question: Question, query: str) -> HttpResponse:
        language = get_language() or "ja"
        made = report_of(question, snapshot=form.snapshot, language=language)
        return shown(request, made, query)

    return profile_page.answered(request, report)


def _page(request: HttpRequest, made: Report, query: str) -> HttpResponse:
    context = {
        "report": made,
        "answer": made.answer,
        "board": made.board,
        "query": query,
        "address": request.build_absolute_uri(),
        "host": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "matching/report.html", context)


def _workbook(request: HttpRequest, made: Report, query: str) -> HttpResponse:
    version, day = made.answer.catalogue_version, made.made
    return workbook_response(
        sheets_of(made, absolute=request.build_absolute_uri),
        filename=f"tsunagari-{made.answer.level}-v{version}-{day:%Y%m%d}.xlsx",
        made=made.catalogue_date or day,
        title=_("Candidate places in Viet Nam"),
    )
