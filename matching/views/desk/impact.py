"""What a changeset would change in matches: the box on its page, and a page of its own."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from localities.curation.errors import Conflict, Refused
from localities.models import Changeset
from localities.queries import desk
from localities.views.addresses import takes
from localities.views.desk.officer import frame, standing_of
from matching.engine.must_haves import FAILED, MET
from matching.impact import FEWEST, Count, Impact, Move, StateChange, impact
from matching.sentences import must_haves as conditions
from matching.sentences.reading import said
from portal.accounts.access import officers_only

OPEN = (Changeset.State.DRAFT, Changeset.State.PROPOSED, Changeset.State.RETURNED)
SHOWN = 50  # rows of a table


@dataclass(frozen=True, slots=True)
class StateRow:
    """A changed must-have in words."""

    condition: str
    place: str
    before: str
    after: str
    count: Count


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A moved place in words."""

    place: str
    enters: bool
    count: Count


@officers_only
@require_safe
@takes()
def changeset_impact(request: HttpRequest, number: int) -> HttpResponse:
    """What applying the changeset would change; a part of a page where the page asks for it.

    Raises Http404 for a changeset that the officer may not see.
    """
    who = standing_of(request)
    if (found := desk.visible(who, number)) is None:
        raise Http404(number)
    changeset = found[0]
    context = {"changeset": changeset, "fewest": FEWEST, "more": 0}
    if changeset.state in OPEN:
        try:
            context |= _told(impact(changeset))
        except (Conflict, Refused):
            context["stopped"] = True
    else:
        context["decided"] = True
    if getattr(request, "htmx", False):
        return render(request, "desk/parts/impact.html", context)
    return render(request, "desk/impact.html", {**frame(who, "changesets"), **context})


def _told(found: Impact) -> dict[str, object]:
    states = [_state_row(each) for each in found.states[:SHOWN]]
    moves = [_move_row(each) for each in found.moves[:SHOWN]]
    left = len(found.states) + len(found.moves) - len(states) - len(moves)
    return {"impact": found, "states": states, "moves": moves, "more": left}


def _state_row(each: StateChange) -> StateRow:
    label = conditions.label(each.code)
    return StateRow(label, said(each.name), _state(each.before), _state(each.after), each.count)


def _move_row(each: Move) -> MoveRow:
    return MoveRow(said(each.name), each.enters, each.count)


def _state(state: int) -> str:
    if state == MET:
        return _("met")
    return pgettext("must-have", "not met") if state == FAILED else _("to be confirmed")
