"""The list of provinces, and the page of one."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from localities.filters import ProvinceFilter
from localities.models import FormerProvince, Region, Sector
from localities.queries import catalogue, freshness, provinces
from localities.queries.freshness import NO_DATE
from localities.views import exports, maps
from localities.views.addresses import PROFILE, carried_profile, takes
from localities.views.browse import Browsing, Kind, named_choices, plain_address

ORDERS = {
    "code": (_("official code"), ("code",)),
    "parks": (_("most industrial parks"), ("-park_count", "code")),
    "population": (_("largest population"), ("-population", "code")),
    "area": (_("largest area"), ("-area_km2", "code")),
    "seaport": (
        _("nearest to a deep seaport"),
        (F("infrastructure__km_to_deep_seaport").asc(nulls_last=True), "code"),
    ),
    "airport": (
        _("nearest to an international airport"),
        (F("infrastructure__km_to_international_airport").asc(nulls_last=True), "code"),
    ),
}


def _ages(version: int) -> Iterable[tuple[str, str]]:
    return ((key, age.state) for key, age in freshness.provinces(version).items())


PROVINCES = Kind(
    filterset=ProvinceFilter,
    orders=ORDERS,
    sets={
        "priority_sector": lambda _version: provinces.priority_pairs(),
        "freshness": _ages,
    },
    labels={"region": named_choices(Region), "priority_sector": named_choices(Sector)},
)
FLAGS = ("coastal", "has_expressway", "metro", "power_shortage_reported")


@require_safe
@takes(*PROVINCES.parameters)
def province_list(request: HttpRequest) -> HttpResponse:
    """Provinces by name, region, what they ask for, size, distances and age of their figures."""
    if plain := plain_address(request, ProvinceFilter):
        return redirect(plain)
    version = catalogue.version()
    found = Browsing(request, PROVINCES, provinces.listing(), version)
    places = list(found.ordered if found.view == "map" else found.page)
    ages = freshness.provinces(version)
    facets = found.facets
    context = {
        "browsing": found,
        "rows": [(province, ages.get(province.key, NO_DATE)) for province in places],
        "facets": facets,
        "flags": (flags := [facets[name] for name in FLAGS]),
        "flags_in_use": found.in_use(flags),
        "map": maps.chosen(places) if found.view == "map" else None,
        "profile": carried_profile(request),
    }
    status = 200 if found.valid else 400
    return render(request, "localities/province_list.html", context, status=status)


@require_safe
@takes(*exports.parameters(PROVINCES))
def province_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The provinces of the list as CSV or XLSX."""
    version = catalogue.version()
    found = exports.found(request, PROVINCES, provinces.listing(), version)
    ages = freshness.provinces(version)
    return exports.response(request, exports.of_provinces(found, ages), form)


@require_safe
@takes("was", PROFILE)
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is known of one province. A former province's address leads to today's."""
    dossier = provinces.kept_dossier(slug, catalogue.version())
    if dossier is None:
        return _moved(request, slug)
    context = {
        "dossier": dossier,
        "map": maps.close_up(
            dossier.province, dossier.parks, (row.record for row in dossier.nodes)
        ),
        "was": _merged(dossier.province.key, request.GET.get("was", "")),
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
