"""The list of sources, and the page of one with the records that it backs."""

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from localities.filters import SourceFilter
from localities.queries import dead_links, sources
from localities.views.addresses import PROFILE, WrongParameter, page_number, takes
from localities.views.lists import PAGE_SIZE, listing, parameters

ORDERS = {
    "newest": (F("published").desc(nulls_last=True), "key"),
    "most": ("-backs", "key"),
    "title": ("title", "key"),
}


@require_safe
@takes(*parameters(SourceFilter))
def source_list(request: HttpRequest) -> HttpResponse:
    """Sources by title, with how much each of them backs."""
    found = listing(request, SourceFilter, sources.listing(), ORDERS)
    context = {"listing": found}
    status = 200 if found.valid else 400
    return render(request, "localities/source_list.html", context, status=status)


@require_safe
@takes("page", PROFILE)
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """One source and the records that it backs."""
    found = sources.find(slug)
    if found is None:
        raise Http404(slug)
    paginator = Paginator(sources.citations(found), PAGE_SIZE)
    number = page_number(request)
    if number > paginator.num_pages:
        raise WrongParameter("page", f"1–{paginator.num_pages}")
    page = paginator.page(number)
    context = {
        "source": found,
        "dead": dead_links.of_source(found),
        "page": page,
        "rows": sources.backed(list(page)),
    }
    return render(request, "localities/source.html", context)
