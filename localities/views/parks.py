"""The list of industrial parks, and the page of one."""

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from localities.filters import IndustrialParkFilter
from localities.queries import parks
from localities.views.addresses import PROFILE, carried_profile, takes
from localities.views.lists import listing, parameters

ORDERS = {
    "province": ("province__code", "key"),
    "rent": (F("factory_rent_usd_m2_month_min").asc(nulls_last=True), "key"),
    "land": (F("land_rent_usd_m2_min").asc(nulls_last=True), "key"),
    "size": (F("total_area_ha").desc(nulls_last=True), "key"),
    "tenants": (F("japanese_tenants_count").desc(nulls_last=True), "key"),
}
# Filters that stand in the open; the others fold away.
IN_THE_OPEN = (
    "q", "province", "sector", "rental_factory", "japanese_speaking_staff", "macro", "status"
)  # fmt: skip


@require_safe
@takes(*parameters(IndustrialParkFilter))
def park_list(request: HttpRequest) -> HttpResponse:
    """Parks by name, place, offer and price."""
    found = listing(request, IndustrialParkFilter, parks.listing(), ORDERS)
    folded = [field for field in found.form if field.name not in IN_THE_OPEN]
    context = {
        "listing": found,
        "more": folded,
        "more_open": any(request.GET.get(field.name) for field in folded),
        "profile": carried_profile(request),
    }
    status = 200 if found.valid else 400
    return render(request, "localities/park_list.html", context, status=status)


@require_safe
@takes(PROFILE)
def park(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is known of one park."""
    found = parks.find(slug)
    if found is None:
        raise Http404(slug)
    context = {"sheet": parks.sheet(found), "profile": carried_profile(request)}
    return render(request, "localities/park.html", context)
