"""Deciding which of two sources is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from localities.forms.decisions import KEEP, TAKE, Question, question
from localities.forms.decisions import decide as decide_on
from localities.forms.entries import entry_of
from localities.forms.saving import PREFIX, Author, Wrong
from localities.forms.sheet import Row, filled_inputs, names_at_hand
from localities.forms.sources import Errors
from localities.models import Discrepancy
from localities.queries.differences import field_label
from localities.queries.record_names import Name, Names
from localities.views.addresses import takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only, person
from portal.accounts.roles import Role, require


@officers_only
@takes()
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Both values with their sources; POST puts the choice and its reason into a draft."""
    who = standing_of(request)
    require(bool(who.at_least(Role.EDITOR)))
    asked = question(key, lambda kind, of: filled_inputs(entry_of(kind, of), names_at_hand()))
    if asked is None:
        raise Http404(key)
    found = asked.discrepancy
    name = Names([(found.record_kind, found.record)]).of(found.record_kind, found.record)
    errors: Errors = {}
    if request.method == "POST":
        author = Author(person(request), who, request.POST.get("organisation") or None)
        title = gettext("%(field)s of %(place)s: which source is right") % {
            "field": asked.input.label, "place": name.whole
        }  # fmt: skip
        try:
            draft = decide_on(asked, request.POST, author, title)
        except Wrong as wrong:
            errors = wrong.errors
        else:
            messages.success(request, gettext("Saved in draft #%(number)s.") % {"number": draft.pk})
            return redirect("desk:changeset", draft.pk)
    able = who.at_least(Role.EDITOR)
    organisations = [one.organisation for one in who.memberships if one.organisation_id in able]
    context = {
        **frame(who, "worklists"),
        **_context(asked, name, request.POST, errors),
        "organisations": organisations if len(organisations) > 1 else [],
        "chosen_organisation": request.POST.get("organisation", ""),
    }
    return render(request, "desk/decide.html", context, status=400 if errors else 200)


def _context(asked: Question, name: Name, data: Any, errors: Errors) -> dict[str, Any]:
    control = PREFIX + asked.discrepancy.field
    texts = [text.replace("\x00", "\ufffd") for text in data.getlist(control)] or asked.guess
    first = asked.citations[0].source_id if asked.citations else ""
    return {
        "asked": asked,
        "name": name,
        "row": Row(replace(asked.input, required=False), texts, errors.get(control, ()), None, ()),
        "reasons": [
            (field, field_label(Discrepancy, field), text, errors.get(field, ()))
            for field in Discrepancy.reasons
            for text in [data.get(field, getattr(asked.discrepancy, field) or "")]
        ],
        "errors": errors,
        "whole": errors.get("", ()),
        "keep": KEEP,
        "take": TAKE,
        "choice": data.get("choice", ""),
        "as_of": data.get("as_of", asked.as_of),
        "chosen_source": data.get("source", first),
    }
