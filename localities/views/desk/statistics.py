"""How well the catalogue is kept, and by whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from localities.queries import filled, staleness, work_done
from localities.views.addresses import takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only


@officers_only
@require_safe
@takes()
def statistics(request: HttpRequest) -> HttpResponse:
    """Coverage and freshness by province and kind, contributions, and the time to a decision."""
    ledger, known = staleness.ledger(), filled.filled()
    context = {
        **frame(standing_of(request), "statistics"),
        "ledger": ledger,
        "provinces": work_done.by_province(ledger, known),
        "kinds": work_done.by_kind(ledger, known),
        "contributions": work_done.contributions(),
        "decisions": work_done.decisions(),
    }
    return render(request, "desk/statistics.html", context)
