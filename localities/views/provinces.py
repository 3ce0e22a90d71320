"""The list of provinces, and the page of one."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from localities.filters import ProvinceFilter
from localities.models import FormerProvince
from localities.queries import provinces
from localities.queries.kept import kept
from localities.views.addresses import PROFILE, carried_profile, takes
from localities.views.lists import listing, parameters
from localities.views.maps import close_up

ORDERS = {
    "code": ("code",),
    "parks": ("-park_count", "code"),
    "population": ("-population", "code"),
    "area": ("-area_km2", "code"),
}


@require_safe
@takes(*parameters(ProvinceFilter))
def province_list(request: HttpRequest) -> HttpResponse:
    """Provinces by name, region and what they ask for."""
    found = listing(request, ProvinceFilter, provinces.listing(), ORDERS)
    context = {"listing": found, "profile": carried_profile(request)}
    status = 200 if found.valid else 400
    return render(request, "localities/province_list.html", context, status=status)


@require_safe
@takes("was", PROFILE)
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is known of one province. A former province's address leads to today's."""
    found = provinces.find(slug)
    if found is None:
        return _moved(request, slug)
    dossier = kept(f"dossier/{found.key}", lambda: provinces.dossier(found))
    context = {
        "dossier": dossier,
        "map": close_up(found, dossier.parks),
        "was": _merged(found.key, request.GET.get("was", "")),
        "profile": carried_profile(request),
    }
    return render(request, "localities/province.html", context)


def _merged(today: str, was: str) -> FormerProvince | None:
    """The former province whose address led here, where it has another name today."""
    former = provinces.former(was) if was and was != today else None
    return former if former and former.province_id == today else None


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    former = provinces.former(slug)
    if former is None:
        raise Http404(slug)
    address = reverse("localities:province", args=[former.province_id])
    carried = {"was": slug, PROFILE: carried_profile(request)}
    query = urlencode({name: value for name, value in carried.items() if value})
    return redirect(f"{address}?{query}", permanent=True)
