"""Which companies that may be found fit the officer's province."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from localities.models import Province
from localities.queries import catalogue
from localities.rules import may_look_for_companies
from localities.views.addresses import WrongParameter, takes
from localities.views.desk.officer import frame, standing_of
from matching import snapshot as snapshots
from matching.impact import FEWEST
from matching.reverse import FITS, SIZES, outdated, told
from matching.sentences import must_haves as conditions
from matching.sentences.reading import said
from portal.accounts.access import officers_only
from portal.jobs.queue import enqueue_once


@officers_only
@require_safe
@takes("province")
def companies(request: HttpRequest) -> HttpResponse:
    """Counts, sectors, sizes and unmet must-haves of a province that the officer curates."""
    who = standing_of(request)
    provinces = Province.objects.filter(is_active=True).order_by("code")
    own = [one for one in provinces if may_look_for_companies(who, one.key)]
    wanted = request.GET.get("province")
    chosen = next((one for one in own if wanted in (None, "", one.key)), None)
    if wanted and chosen is None:
        raise WrongParameter("province", ", ".join(one.key for one in own[:10]))
    context = {**frame(who, "companies"), "provinces": own, "province": chosen, "fewest": FEWEST}
    if chosen is not None:
        context |= {"reckoning": _ask(), **_told(chosen.key)}
    return render(request, "desk/companies.html", context)


def _ask() -> bool:
    """Asks for what is not reckoned yet, once a state; whether anything is not."""
    version = catalogue.version()
    newest = outdated(version).values_list("updated_at", flat=True).first()
    if newest is None:
        return False
    enqueue_once(FITS, f"{FITS}.{version}.{newest.isoformat()}")
    return True


def _told(province: str) -> dict[str, object]:
    found = told(province)
    sectors = snapshots.current().sectors

    def called(code: str) -> str:
        return said(sectors[code]) if code in sectors else code

    return {
        "told": found,
        "sectors": [(called(code), count) for code, count in found.sectors],
        "sizes": [(_size(size), count) for size, count in found.sizes],
        "failing": [(conditions.label(code), count) for code, count in found.failing],
        "companies": [(one, called(one.sector)) for one in found.companies],
    }


def _size(size: int | None) -> str:
    if size is None:
        return _("size not stated")
    if size == len(SIZES):
        return _("%(from)s employees and more") % {"from": SIZES[-1]}
    low = SIZES[size - 1] if size else 1
    return _("%(from)s to %(to)s employees") % {"from": low, "to": SIZES[size] - 1}
