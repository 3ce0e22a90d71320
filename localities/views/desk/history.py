"""The history of the catalogue, and of one record, with the people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from localities.models import KINDS, Citation, Province
from localities.queries import history
from localities.views.addresses import WrongParameter, page_number, takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only


@officers_only
@require_safe
@takes("page")
def versions(request: HttpRequest) -> HttpResponse:
    """All versions of the catalogue, the newest first."""
    part = history.latest(page_number(request))
    context = {**frame(standing_of(request), "history"), "part": part}
    return render(request, "desk/history.html", context)


@officers_only
@require_safe
@takes("page", "field")
def record(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Who said what of a record, by field, and its versions; of a province, all its records'.

    Raises Http404 for a record that no version knows.
    """
    if kind not in KINDS or kind == Citation.kind:
        raise Http404(kind)
    told = history.said(kind, key)
    if told is None:
        raise Http404(key)
    field = request.GET.get("field", "")
    if field and field not in {one.field for one in told.fields}:
        raise WrongParameter("field", ", ".join(one.field for one in told.fields))
    page = page_number(request)
    everything = kind == Province.kind and not field
    part = (
        history.of_province(key, page) if everything else history.of_record(kind, key, page, field)
    )
    context = {
        **frame(standing_of(request), "history"),
        "told": told,
        "fields": [one for one in told.fields if not field or one.field == field],
        "field": field,
        "part": part,
    }
    return render(request, "desk/record_history.html", context)
