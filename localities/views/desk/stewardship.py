"""Who curates what: named and ended by the operator's administrators, reviewed as any change."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from localities.curation.errors import Refused
from localities.curation.stewarding import end_stewardship, name_steward
from localities.forms.stewarding import StewardForm
from localities.models import Changeset
from localities.queries.curators import named_stewards
from localities.views.addresses import takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only, person
from portal.accounts.models import Organisation
from portal.accounts.roles import may_found, require

END = "end"


@officers_only
@takes()
@require_http_methods(["GET", "HEAD", "POST"])
def stewardship(request: HttpRequest) -> HttpResponse:
    """Who is named for what; POST drafts a changeset that names somebody, or ends it."""
    who = standing_of(request)
    require(may_found(who))
    ends = request.method == "POST" and request.POST.get("step") == END
    names = request.method == "POST" and not ends
    form = StewardForm(request.POST if names else None)
    wrong, reason = "", request.POST.get("reason", "").strip()
    try:
        if ends:
            keys = [key for key in request.POST.getlist("ended") if "\x00" not in key]
            return _drafted(request, end_stewardship(person(request), keys, reason))
        if form.is_valid():
            return _drafted(request, _named(request, form))
    except ValidationError as error:
        wrong = " ".join(error.messages)
    except Refused as refused:
        wrong = " ".join(one.message for one in refused.refusals)
    context = {
        **frame(who, "stewardship"),
        "form": form,
        "named": named_stewards(),
        "wrong": wrong,
        "end": END,
        "reason": reason,
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "desk/stewardship.html", context, status=status)


def _named(request: HttpRequest, form: StewardForm) -> Changeset:
    told = form.cleaned_data
    return name_steward(
        person(request),
        Organisation.objects.get(key=told["organisation"]),
        scopes=form.scopes,
        source=form.source,
    )


def _drafted(request: HttpRequest, made: Changeset) -> HttpResponse:
    text = gettext("Drafted. Propose it; a reviewer of the operator who is not you decides on it.")
    messages.success(request, text)
    return redirect("desk:changeset", made.pk)
