"""The catalogue version by version, as everybody may read it: no person is named."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from localities.models import IndustrialPark
from localities.queries import history, parks, provinces
from localities.views.addresses import page_number, takes


@require_safe
@takes("page")
def version_page(request: HttpRequest, number: int) -> HttpResponse:
    """One version of the catalogue: what it changed, who proposed and who approved it."""
    found = history.version(number, page_number(request))
    if found is None:
        raise Http404(number)
    return render(request, "localities/version.html", {"version": found})


@require_safe
@takes("page")
def province_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions that changed what is said of a province; a former one's lead to today's."""
    province = provinces.find(slug)
    if province is None:
        former = provinces.former(slug)
        if former is None:
            raise Http404(slug)
        return redirect("localities:province-history", former.province_id, permanent=True)
    part = history.of_province(province.key, page_number(request))
    return render(request, "localities/history.html", {"place": province, "part": part})


@require_safe
@takes("page")
def park_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions that changed what is said of a park."""
    park = parks.find(slug)
    if park is None:
        raise Http404(slug)
    part = history.of_record(IndustrialPark.kind, park.key, page_number(request))
    return render(request, "localities/history.html", {"place": park, "part": part, "park": True})
