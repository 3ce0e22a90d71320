"""The list of industrial parks, and the page of one."""

from collections.abc import Iterable

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from localities.filters import IndustrialParkFilter
from localities.models import IndustrialPark, Province, Sector
from localities.models.places import PARK_OFFERS, PARK_SERVICES
from localities.queries import catalogue, freshness, parks
from localities.queries.freshness import NO_DATE
from localities.vietnam.drawing import Drawing
from localities.views import exports, maps
from localities.views.addresses import PROFILE, carried_profile, takes
from localities.views.browse import Browsing, Kind, named_choices, plain_address

ORDERS = {
    "province": (_("by province"), ("province__code", "key")),
    "rent": (
        _("lowest factory rent"), (F("factory_rent_usd_m2_month_min").asc(nulls_last=True), "key")
    ),
    "land": (_("lowest land rent"), (F("land_rent_usd_m2_min").asc(nulls_last=True), "key")),
    "size": (_("largest area"), (F("total_area_ha").desc(nulls_last=True), "key")),
    "seaport": (_("nearest to a seaport"), (F("seaport_km").asc(nulls_last=True), "key")),
    "airport": (_("nearest to an airport"), (F("airport_km").asc(nulls_last=True), "key")),
    "tenants": (
        _("most Japanese tenants"), (F("japanese_tenants_count").desc(nulls_last=True), "key")
    ),
    "newest": (_("newest facts"), (parks.newest_source().desc(nulls_last=True), "key")),
}  # fmt: skip


def _ages(version: int) -> Iterable[tuple[str, str]]:
    return ((key, age.state) for key, age in freshness.parks(version).items())


PARKS = Kind(
    filterset=IndustrialParkFilter,
    orders=ORDERS,
    sets={"sector": lambda _version: parks.sector_pairs(), "freshness": _ages},
    labels={"province": named_choices(Province), "sector": named_choices(Sector)},
)


@require_safe
@takes(*PARKS.parameters)
def park_list(request: HttpRequest) -> HttpResponse:
    """Parks by name, place, offer, price, distance and age of what is known."""
    if plain := plain_address(request, IndustrialParkFilter):
        return redirect(plain)
    version = catalogue.version()
    found = Browsing(request, PARKS, parks.listing(), version)
    places = list(found.ordered if found.view == "map" else found.page)
    ages = freshness.parks(version)
    facets = found.facets
    context = {
        "browsing": found,
        "rows": [(park, ages.get(park.key, NO_DATE)) for park in places],
        "facets": facets,
        "offers": [facets[code] for code in ("japanese_developer", *PARK_OFFERS)],
        "services": (services := [facets[code] for code in PARK_SERVICES]),
        "services_in_use": found.in_use(services),
        "unplaced": sum(park.lat is None for park in places),
        "map": maps.scattered(places) if found.view == "map" else None,
        "profile": carried_profile(request),
    }
    status = 200 if found.valid else 400
    return render(request, "localities/park_list.html", context, status=status)


@require_safe
@takes(*exports.parameters(PARKS))
def park_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The parks of the list, all pages of it, as CSV or XLSX."""
    version = catalogue.version()
    found = exports.found(request, PARKS, parks.listing(), version)
    return exports.response(request, exports.of_parks(found, freshness.parks(version)), form)


@require_safe
@takes(PROFILE)
def park(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is known of one park."""
    found = parks.find(slug)
    if found is None:
        raise Http404(slug)
    context = {
        "sheet": parks.sheet(found),
        "map": _map(found),
        "profile": carried_profile(request),
    }
    return render(request, "localities/park.html", context)


def _map(park: IndustrialPark) -> Drawing | None:
    return maps.close_up(park.province, [park]) if park.lat is not None else None
