"""Organisations, founded and closed by the operator's administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from localities.curation.closing import close, reopen, ties_of
from localities.rules import Standing
from localities.views.addresses import takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts import founding
from portal.accounts.access import officers_only, person
from portal.accounts.forms import FoundingForm, NamesForm
from portal.accounts.models import Organisation
from portal.accounts.roles import may_found, require


@officers_only
@takes()
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """All organisations of the portal; POST founds one."""
    who = _founder(request)
    form = FoundingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = founding.found(person(request), **form.cleaned_data)
        messages.success(request, gettext("The organisation is founded. Invite its first people."))
        return redirect("desk:organisation", made.key)
    found = Organisation.objects.annotate(people=Count("memberships"))
    context = {
        **frame(who, "organisations"),
        "form": form,
        "organisations": found.order_by("-is_active", "kind", "key"),
    }
    status = 400 if form.is_bound else 200
    return render(request, "desk/organisations.html", context, status=status)


@officers_only
@takes()
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """One organisation and what it has to do with the portal; POST renames it."""
    who = _founder(request)
    found = get_object_or_404(Organisation, key=key)
    posted = request.POST if request.method == "POST" else None
    form = NamesForm(posted, instance=Organisation.objects.get(key=key))
    if form.is_valid():
        founding.rename(person(request), found, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("desk:organisation", key)
    return _page(request, who, found, form, 400 if form.is_bound else 200)


@officers_only
@takes()
@require_POST
def close_organisation(request: HttpRequest, key: str) -> HttpResponse:
    """Closes an organisation; where work is open its page says which."""
    who = _founder(request)
    found = get_object_or_404(Organisation, key=key)
    try:
        close(person(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, who, found, NamesForm(instance=found), 409)
    messages.success(request, gettext("The organisation is closed."))
    return redirect("desk:organisation", key)


@officers_only
@takes()
@require_POST
def reopen_organisation(request: HttpRequest, key: str) -> HttpResponse:
    """Opens a closed organisation again."""
    _founder(request)
    reopen(person(request), get_object_or_404(Organisation, key=key))
    messages.success(request, gettext("The organisation is open again."))
    return redirect("desk:organisation", key)


def _founder(request: HttpRequest) -> Standing:
    who = standing_of(request)
    require(may_found(who))
    return who


def _page(
    request: HttpRequest, who: Standing, found: Organisation, form: NamesForm, status: int
) -> HttpResponse:
    context = {
        **frame(who, "organisations"),
        "organisation": found,
        "form": form,
        "ties": ties_of(found),
        "is_operator": found.key == who.operator,
    }
    return render(request, "desk/organisation.html", context, status=status)
