"""What curators look after: stale facts, facts without a source, proposals that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from localities.models import KINDS, IndustrialPark, Province
from localities.queries import desk, staleness
from localities.queries.differences import field_label
from localities.queries.record_names import Name, Names
from localities.queries.todo import is_curated
from localities.rules import Standing, deciding_organisation, scopes_of_each
from localities.views.addresses import page_number, takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only

PAGE_SIZE = 50
LISTS = {
    "stale": _("Stale facts"),
    "unsourced": _("Facts without a source"),
    "waiting": _("Waiting proposals"),
}


class WorkFilter(forms.Form):
    """Which facts to list."""

    of = forms.ChoiceField(
        label=_("whose"),
        required=False,
        choices=[("", _("Those that we curate")), ("all", _("All"))],
    )
    province = forms.ModelChoiceField(
        label=_("province"),
        required=False,
        queryset=Province.objects.filter(is_active=True),
        empty_label=_("Any"),
    )
    kind = forms.ChoiceField(label=_("kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, KINDS[kind]._meta.verbose_name) for kind in staleness.FACT_KINDS]
        self.fields["kind"].choices = [("", _("Any")), *kinds]  # type: ignore[attr-defined]
        self.fields["province"].label_from_instance = desk.label  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Row:
    """A fact on a list, with its name."""

    fact: Any  # staleness.Stale or staleness.Bare
    name: Name
    field: str


@officers_only
@require_safe
@takes()
def worklists(request: HttpRequest) -> HttpResponse:
    """Leads to the first list."""
    return redirect("desk:worklist", next(iter(LISTS)))


@officers_only
@require_safe
@takes(*WorkFilter.base_fields, "page")
def worklist(request: HttpRequest, which: str) -> HttpResponse:
    """One list; Http404 where there is none of the name."""
    if which not in LISTS:
        raise Http404(which)
    who = standing_of(request)
    form = WorkFilter(request.GET)
    context = {**frame(who, "worklists"), "lists": LISTS, "which": which, "form": form}
    valid = form.is_valid()
    if valid and which == "waiting":
        rows = desk.waiting(who)
        context["part"] = desk.cut(rows, page_number(request), PAGE_SIZE)
        context["mine"] = _to_decide(who, context["part"].rows)
    elif valid:
        ledger = staleness.ledger()
        facts: Sequence[Any] = ledger.stale if which == "stale" else ledger.bare
        found = _chosen(facts, who, form.cleaned_data)
        context["total"] = len(found)
        context["part"] = _named(found, page_number(request))
    status = 200 if valid else 400
    return render(request, "desk/worklist.html", context, status=status)


def _to_decide(who: Standing, rows: Sequence[Any]) -> set[int]:
    scopes = scopes_of_each(rows)
    return {
        one.pk for one in rows if deciding_organisation(who, one, scopes.get(one.pk, frozenset()))
    }


def _chosen(facts: Sequence[Any], who: Standing, wanted: dict[str, Any]) -> list[Any]:
    province = wanted["province"].key if wanted["province"] else None
    return [
        fact
        for fact in facts
        if (wanted["of"] == "all" or is_curated(who, fact.province, fact.kind))
        and province in (None, fact.province)
        and wanted["kind"] in ("", fact.kind)
    ]


def _named(found: Sequence[Any], number: int) -> desk.Slice:
    start = (number - 1) * PAGE_SIZE
    shown = found[start : start + PAGE_SIZE]
    names = Names((fact.kind, fact.key) for fact in shown)
    rows = [Row(fact, names.of(fact.kind, fact.key), _field(fact)) for fact in shown]
    return desk.Slice(rows, number, len(found) > start + PAGE_SIZE)


def _field(fact: Any) -> str:
    field = getattr(fact, "field", "")
    if field:
        return field_label(KINDS[fact.kind], field)
    whole = isinstance(fact, staleness.Stale) and fact.kind == IndustrialPark.kind
    return gettext("date of its newest source") if whole else ""
