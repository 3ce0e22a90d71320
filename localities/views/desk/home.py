"""The first page of the desk: what there is to do, and one changeset opened."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from localities.queries import history
from localities.queries.todo import beside, charges, todo
from localities.views.addresses import WrongParameter, takes
from localities.views.desk.officer import frame, standing_of
from localities.views.desk.worklists import rows_of
from portal.accounts.access import officers_only

STALE_SHOWN = 7  # where no changeset is open
VERSIONS_SHOWN = 6


@officers_only
@require_safe
@takes("open")
def home(request: HttpRequest) -> HttpResponse:
    """The numbers, what to do, the changeset that is asked for or most urgent, its record's past.

    Raises Http404 for a changeset that is not on the reader's list.
    """
    who = standing_of(request)
    found = todo(who)
    wanted = request.GET.get("open", "")
    if wanted and not (wanted.isascii() and wanted.isdigit()):
        raise WrongParameter("open")
    ordered = found.ordered
    shown = next((one for one in ordered if not wanted or str(one.pk) == wanted), None)
    if wanted and shown is None:
        raise Http404(wanted)
    context = {
        **frame(who, "home"),
        "todo": found,
        "charges": charges(who, found.ledger),
        "shown": shown,
    }
    if shown is not None:
        moved = found.moved.get(shown.pk, {})
        scopes = found.scopes.get(shown.pk, frozenset())
        context["opened"], context["events"] = beside(who, shown, scopes, moved)
    else:
        overdue = sorted(found.stale, key=lambda one: -one.overdue)
        context["overdue"] = rows_of(overdue[:STALE_SHOWN])
        context["versions"] = history.latest().rows[:VERSIONS_SHOWN]
    return render(request, "desk/home.html", context)
