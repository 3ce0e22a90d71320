"""The list of changesets, and the page of one."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from localities.models import Changeset, Province
from localities.queries import desk, history
from localities.rules import Standing, deciding_organisation, scopes_of_each, visible_to
from localities.views.addresses import page_number, takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only
from portal.accounts.models import Organisation

LIST_SIZE = 30


class ChangesetFilter(forms.Form):
    """Which changesets to list."""

    state = forms.ChoiceField(
        label=_("state"), required=False, choices=[("", _("Any")), *Changeset.State.choices]
    )
    of = forms.ChoiceField(
        label=_("whose"),
        required=False,
        choices=[("", _("Any")), ("me", _("my own")), ("decide", _("for me to decide"))],
    )
    organisation = forms.ModelChoiceField(
        label=_("organisation"), required=False, queryset=Organisation.objects.order_by("key")
    )
    province = forms.ModelChoiceField(
        label=_("province"), required=False, queryset=Province.objects.filter(is_active=True)
    )
    q = forms.CharField(label=_("text"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("organisation", "province"):
            field = self.fields[name]
            field.empty_label = _("Any")  # type: ignore[attr-defined]
            field.label_from_instance = desk.label  # type: ignore[attr-defined]


@officers_only
@require_safe
@takes(*ChangesetFilter.base_fields, "page")
def changeset_list(request: HttpRequest) -> HttpResponse:
    """The changesets that the officer may see, the newest first."""
    who = standing_of(request)
    form = ChangesetFilter(request.GET)
    rows = desk.changesets().filter(visible_to(who)).order_by("-pk")
    part = desk.Slice([], 1, False)
    if form.is_valid():
        part = desk.cut(_filtered(rows, who, form.cleaned_data), page_number(request), LIST_SIZE)
    context = {**frame(who, "changesets"), "form": form, "part": part}
    status = 200 if form.is_valid() else 400
    return render(request, "desk/changesets.html", context, status=status)


def _filtered(
    rows: QuerySet[Changeset], who: Standing, wanted: dict[str, Any]
) -> QuerySet[Changeset]:
    if wanted["of"] == "decide":
        found = list(desk.waiting(who))
        scopes = scopes_of_each(found)
        mine = [one.pk for one in found if deciding_organisation(who, one, scopes.get(one.pk, ()))]
        rows = rows.filter(pk__in=mine)
    elif wanted["of"] == "me":
        rows = rows.filter(author=who.user)
    if wanted["state"]:
        rows = rows.filter(state=wanted["state"])
    if wanted["organisation"]:
        rows = rows.filter(organisation=wanted["organisation"])
    if wanted["province"]:
        there = history.edits_in(wanted["province"].pk)
        rows = rows.filter(Exists(there.filter(changeset=OuterRef("pk"))))
    if text := wanted["q"].strip():
        rows = rows.filter(Q(title__icontains=text) | Q(comment__icontains=text))
    return rows


@officers_only
@require_safe
@takes("page")
def changeset(request: HttpRequest, number: int) -> HttpResponse:
    """One changeset: what it changes, what was said of it, and what can be done with it."""
    return show(request, number)


def show(
    request: HttpRequest, number: int, *, error: str = "", comment: str = "", status: int = 200
) -> HttpResponse:
    """The page of a changeset, with what went wrong and the comment that was typed.

    Raises Http404 for one that the officer may not see.
    """
    who = standing_of(request)
    found = desk.visible(who, number)
    if found is None:
        raise Http404(number)
    one, scopes = found
    page = page_number(request) if request.method != "POST" else 1
    context = {
        **frame(who, "changesets"),
        "opened": desk.opened(who, one, scopes, page),
        "error": error,
        "comment": comment,
    }
    return render(request, "desk/changeset.html", context, status=status)
