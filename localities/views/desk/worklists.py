"""What curators look after: stale facts, blanks, conflicts of sources, dead links, proposals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from localities.curation.confirming import DATES
from localities.forms.layout import EDITABLE
from localities.forms.saving import PREFIX
from localities.models import (
    KINDS,
    Discrepancy,
    IndustrialPark,
    Observation,
    Province,
    Source,
)
from localities.naming import reader_language
from localities.queries import catalogue, dead_links, desk, discrepancies, staleness, weights
from localities.queries.differences import field_label
from localities.queries.record_names import Name, Names
from localities.rules import Scope, Standing, deciding_organisation, scopes_of_each
from localities.views.addresses import page_number, takes
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only
from portal.jobs.queue import enqueue_once

PAGE_SIZE = 50
LISTS = {
    "stale": _("Stale facts"),
    "blanks": _("Blanks"),
    "unsourced": _("Facts without a source"),
    "discrepancies": _("Conflicts between sources"),
    "links": _("Dead links"),
    "waiting": _("Waiting proposals"),
}
UNFILTERED = ("waiting", "links")
WEIGHED = ("stale", "blanks")


class WorkFilter(forms.Form):
    """Which facts to list, and in which order."""

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
    order = forms.ChoiceField(
        label=_("order"),
        required=False,
        choices=[("", _("Weighing in most matches")), ("overdue", _("Longest overdue"))],
    )

    decided = forms.ChoiceField(
        label=_("decision"),
        required=False,
        choices=[
            ("", pgettext_lazy("conflict", "Open")),
            ("yes", pgettext_lazy("conflict", "Decided")),
        ],
    )

    def __init__(self, *args: Any, which: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, KINDS[kind]._meta.verbose_name) for kind in staleness.FACT_KINDS]
        self.fields["kind"].choices = [("", _("Any")), *kinds]  # type: ignore[attr-defined]
        self.fields["province"].label_from_instance = desk.label  # type: ignore[attr-defined]
        if which != "stale":
            del self.fields["order"]
        if which != "discrepancies":
            del self.fields["decided"]


@dataclass(frozen=True, slots=True)
class Row:
    """A fact on a list, with its name, and where it is mended."""

    fact: Any  # staleness.Stale or staleness.Bare, weights.Blank
    name: Name
    field: str
    control: str  # of the field in the form; '' for the whole record
    weight: weights.Weight


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
    form = WorkFilter(request.GET, which=which)
    context = {**frame(who, "worklists"), "lists": LISTS, "which": which, "form": form}
    context["filtered"] = which not in UNFILTERED
    valid = form.is_valid()
    if valid:
        context |= _READ[which](who, form.cleaned_data, page_number(request))
    status = 200 if valid else 400
    return render(request, "desk/worklist.html", context, status=status)


def _waiting(who: Standing, _wanted: Mapping[str, Any], page: int) -> dict[str, Any]:
    part = desk.cut(desk.waiting(who), page, PAGE_SIZE)
    scopes = scopes_of_each(part.rows)
    mine = {
        one.pk
        for one in part.rows
        if deciding_organisation(who, one, scopes.get(one.pk, frozenset()))
    }
    return {"part": part, "mine": mine}


def _links(_who: Standing, _wanted: Mapping[str, Any], page: int) -> dict[str, Any]:
    return {"part": desk.cut(dead_links.dead(), page, PAGE_SIZE), "control": f"{PREFIX}url"}


def _stale(who: Standing, wanted: Mapping[str, Any], page: int) -> dict[str, Any]:
    version = catalogue.version()
    known = _weights(version)
    found = _chosen(staleness.ledger(version).stale, who, wanted)
    if not wanted["order"]:
        found.sort(key=lambda one: (_weight(known, one).order, -one.overdue))
    return {"weights": known, "version": version, **_told(found, page, known)}


def _blanks(who: Standing, wanted: Mapping[str, Any], page: int) -> dict[str, Any]:
    version = catalogue.version()
    known = _weights(version)
    homes = dict(IndustrialPark.objects.values_list("key", "province"))
    found = _chosen(known.blanks, who, wanted, lambda one: one.province or homes.get(one.key))
    return {"weights": known, "version": version, **_told(found, page, known)}


def _unsourced(who: Standing, wanted: Mapping[str, Any], page: int) -> dict[str, Any]:
    found = _chosen(staleness.ledger().bare, who, wanted)
    return _told(found, page, weights.NONE)


def _discrepancies(who: Standing, wanted: Mapping[str, Any], page: int) -> dict[str, Any]:
    decided = bool(wanted["decided"])
    found = _chosen(discrepancies.questions(decided=decided), who, wanted)
    told = _told(found, page, weights.NONE)
    rows = told["part"].rows
    keys = [row.fact.discrepancy.key for row in rows]
    sides = discrepancies.both_sides([row.fact.discrepancy for row in rows])
    begun = desk.others(who, [(Discrepancy.kind, key) for key in keys])
    return {
        **told,
        "decided": decided,
        "disputed": [
            (row, sides[key], begun.get((Discrepancy.kind, key), ()))
            for row, key in zip(rows, keys, strict=True)
        ],
    }


_Read = Callable[[Standing, Mapping[str, Any], int], dict[str, Any]]
_READ: dict[str, _Read] = {
    "stale": _stale,
    "blanks": _blanks,
    "unsourced": _unsourced,
    "discrepancies": _discrepancies,
    "links": _links,
    "waiting": _waiting,
}


def _weights(version: int) -> weights.Weights:
    """The last weighing; one of today's catalogue is asked for where it is not that."""
    known = weights.latest()
    if known.version != version:
        enqueue_once(weights.WEIGHING, f"{weights.WEIGHING}.{version}")
    return known


def _chosen(
    facts: Sequence[Any],
    who: Standing,
    wanted: Mapping[str, Any],
    home: Callable[[Any], str | None] = lambda fact: fact.province,
) -> list[Any]:
    province = wanted["province"].key if wanted["province"] else None
    return [
        fact
        for fact in facts
        if (wanted["of"] == "all" or who.curates_in(Scope(home(fact), fact.kind, fact.park)))
        and province in (None, home(fact))
        and wanted["kind"] in ("", fact.kind)
    ]


def _told(found: Sequence[Any], number: int, known: weights.Weights) -> dict[str, Any]:
    start = (number - 1) * PAGE_SIZE
    rows = rows_of(found[start : start + PAGE_SIZE], known)
    part = desk.Slice(rows, number, len(found) > start + PAGE_SIZE)
    return {"total": len(found), "part": part}


def rows_of(facts: Sequence[Any], known: weights.Weights = weights.NONE) -> list[Row]:
    """`facts` with their names: one query."""
    names = Names((fact.kind, fact.key) for fact in facts)
    return [_row(fact, names.of(fact.kind, fact.key), _weight(known, fact)) for fact in facts]


def _weight(known: weights.Weights, fact: Any) -> weights.Weight:
    if isinstance(fact, staleness.Stale):
        return known.facts.get((fact.kind, fact.key, fact.field), weights.NOTHING)
    return fact.weight if isinstance(fact, weights.Blank) else weights.NOTHING


def _row(fact: Any, name: Name, weight: weights.Weight) -> Row:
    if isinstance(fact, weights.Blank):
        labels = [field_label(KINDS[fact.kind], field) for field in fact.fields]
        what = pgettext("list", ", ").join(labels) or fact.labels[reader_language()]
        return Row(fact, name, what, _control(fact.kind, *fact.fields), weight)
    field = getattr(fact, "field", "")
    if field:
        label = field_label(KINDS[fact.kind], field)
        dated = DATES.get(fact.kind, {}).get(field, (field,))
        return Row(fact, name, label, _control(fact.kind, *dated), weight)
    if isinstance(fact, staleness.Stale) and fact.kind == Observation.kind:
        return Row(fact, name, "", _control(fact.kind, "value_min"), weight)
    whole = isinstance(fact, staleness.Stale) and fact.kind == IndustrialPark.kind
    text = gettext("date of its newest source") if whole else ""
    return Row(fact, name, text, "", weight)


def _control(kind: str, *fields: str) -> str:
    """The id of the first of `fields` in the form of such a record."""
    return f"{PREFIX}{fields[0]}" if fields and kind in EDITABLE and kind != Source.kind else ""
