"""Editing one record: what is typed goes into the person's draft, and from there to review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from localities.curation.confirming import following
from localities.curation.disputed import DISPUTABLE
from localities.curation.editing import LONGEST_NOTE, drop_edits, set_active
from localities.curation.errors import Conflict, Refused, WrongState
from localities.curation.propose import checked, propose, reason_needed
from localities.curation.twins import said
from localities.forms.entries import (
    NEW_DRAFT,
    Draft,
    Entry,
    NotOpen,
    chosen_draft,
    entry_of,
    is_wish,
    open_drafts,
)
from localities.forms.faults import summary
from localities.forms.layout import EDITABLE
from localities.forms.saving import Typed, Wrong, begin_draft, errors_of, save, typed
from localities.forms.sheet import (
    Sheet,
    confirmed_in,
    filled_inputs,
    names_at_hand,
    place_name,
    sheet,
)
from localities.forms.sources import LONGEST_SEARCH, NEW_SOURCE, Errors, options
from localities.models import Changeset, Discrepancy, Province, Source
from localities.rules import Standing, has_written
from localities.views.addresses import WrongParameter, takes
from localities.views.desk.keeping import OF_SOURCE, kept_parts
from localities.views.desk.officer import frame, standing_of
from localities.views.desk.record_desk import RecordDesk, address_of
from portal.accounts.access import officers_only, person
from portal.accounts.roles import Role, require

FIND, SAVE, KEEP, PROPOSE = "find", "save", "keep", "propose"
OUT, BACK, DROP = "take-out", "put-back", "drop:"


@officers_only
@takes("draft")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What the catalogue and the draft say of a record, to be changed; POST saves."""
    who = _editor(request)
    if kind not in EDITABLE:
        raise Http404(kind)
    bare = entry_of(kind, key)
    wish = _wish(request)
    drafts = open_drafts(person(request), who, bare, wish=wish)
    try:
        draft = chosen_draft(wish, drafts)
    except NotOpen:
        return _closed(request, who, bare, drafts)
    entry = bare.within(draft)
    if not entry.known:
        raise Http404(key)
    return _answer(_opened(request, who, entry, drafts))


@officers_only
@takes("draft", "province", "record_kind", "record")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new record, with nothing in it but its province; POST saves it into the draft."""
    who = _editor(request)
    if kind not in EDITABLE:
        raise Http404(kind)
    province = request.GET.get("province") or None
    if province and not Province.objects.filter(key=province[:200], is_active=True).exists():
        raise WrongParameter("province", str(_("the key of a province")))
    bare = entry_of(kind, "")
    wish = _wish(request)
    drafts = open_drafts(person(request), who, bare, province, wish)
    try:
        draft = chosen_draft(wish, drafts)
    except NotOpen as error:
        raise Http404(str(error)) from error
    of = _spoken_of(request, kind)
    return _answer(_opened(request, who, bare.within(draft), drafts, province, of))


def _spoken_of(request: HttpRequest, kind: str) -> dict[str, str]:
    """The record that a new discrepancy speaks of, as the address says."""
    if kind != Discrepancy.kind:
        return {}
    given = {name: request.GET.get(name, "") for name in ("record_kind", "record")}
    return {name: text.replace("\x00", "\ufffd") for name, text in given.items() if text}


def _opened(
    request: HttpRequest,
    who: Standing,
    entry: Entry,
    drafts: list[Draft],
    province: str | None = None,
    of: Mapping[str, str] | None = None,
) -> RecordDesk:
    names, of = names_at_hand(), of or {}
    inputs = filled_inputs(entry, names, of.get("record_kind", ""))
    return RecordDesk(request, who, entry, inputs, drafts, names, province, of)


def _editor(request: HttpRequest) -> Standing:
    who = standing_of(request)
    require(bool(who.at_least(Role.EDITOR)))
    return who


def _wish(request: HttpRequest) -> str:
    wish = request.POST.get("draft", request.GET.get("draft", ""))
    if not is_wish(wish):
        raise WrongParameter("draft", f"{NEW_DRAFT}, 1, 2, 3 …")
    return wish


def _closed(request: HttpRequest, who: Standing, entry: Entry, drafts: list[Draft]) -> HttpResponse:
    """The draft that was asked for can't be edited any more; what was typed goes to a new one."""
    own = Changeset.objects.filter(pk=_wish(request)).first()
    if request.method != "POST" or not entry.known or own is None or not has_written(who, own):
        raise Http404(entry.key)
    return _page(_opened(request, who, entry, drafts), 409, errors={"": [_gone()]})


def _gone() -> str:
    return gettext(
        "This draft can no longer be edited: it was proposed, withdrawn or taken over meanwhile. "
        "Save again, and a new draft begins."
    )


def _answer(desk: RecordDesk) -> HttpResponse:
    if desk.request.method != "POST":
        return _page(desk)
    step = desk.request.POST.get("step", SAVE)
    if step == FIND:
        return _page(desk, keep=True)
    if step == KEEP:
        return kept_parts(desk)
    try:
        found = typed(desk.entry, desk.inputs, desk.request.POST)
        if step == PROPOSE:
            _check_comment(desk.request.POST.get("comment", ""))
        with transaction.atomic():
            entry = _do(desk, step, found)
    except Wrong as wrong:
        return _page(desk, 400, errors=wrong.errors)
    except WrongState:
        return _page(replace(desk, entry=replace(desk.entry, draft=None)), 409, {"": [_gone()]})
    _tell(desk, found, entry)
    if step == PROPOSE and entry.draft is not None:
        return _propose(replace(desk, entry=entry), entry.draft)
    after = entry_of(entry.kind, entry.key, entry.draft)
    if not after.known:
        return redirect("desk:add", entry.kind)
    return redirect(address_of(after))


def _do(desk: RecordDesk, step: str, found: Typed) -> Entry:
    """Saves what was typed, then does what the button says."""
    entry, author = desk.entry, desk.author
    if found.anything or not entry.known:
        entry = save(entry, found, author, desk.title())
    if step.startswith(DROP) and entry.draft is not None and step[len(DROP) :].isdecimal():
        own = desk.entry.edits.values()
        number = int(step[len(DROP) :][:18])
        gone = [edit for edit in own if edit.pk == number]
        gone += following(own, [edit.field for edit in gone])
        drop_edits(entry.draft, actor=author.user, ids={edit.pk for edit in gone})
    elif step in (OUT, BACK):
        reason = " ".join(desk.request.POST.get("reason", "").split())
        if step == OUT:
            _check_reason(reason)
        draft = entry.draft or begin_draft(author, desk.title())
        entry = replace(entry, draft=draft)
        backing = found.source.backing(draft, author.user)
        try:
            set_active(
                draft,
                actor=author.user,
                kind=entry.kind,
                key=entry.key,
                active=step == BACK,
                reason=reason,
                backing=backing,
            )
        except Refused as refused:
            errors = errors_of(refused.refusals, entry.kind, entry.key, entry.values)
            raise Wrong(errors) from refused
    return entry


def _tell(desk: RecordDesk, found: Typed, entry: Entry) -> None:
    """Says what was saved, and what of another window it took the place of."""
    saved = (*found.changed, *found.confirmed, *found.again)
    names = [desk.inputs[name].label for name in dict.fromkeys(saved) if name]
    draft = entry.draft
    if draft is None:
        messages.info(desk.request, gettext("Nothing was changed."))
        return
    if names:
        told = {"number": draft.pk, "fields": pgettext("list", ", ").join(names)}
        text = gettext("Saved in draft #%(number)s: %(fields)s.")
        messages.success(desk.request, text % told)
    else:
        messages.success(
            desk.request, gettext("Saved in draft #%(number)s.") % {"number": draft.pk}
        )
    for text in desk.replacements(found):
        messages.warning(desk.request, text)


def _check_reason(text: str) -> None:
    if not text:
        raise Wrong({"reason": [reason_needed()]})
    if len(text) > LONGEST_NOTE or "\x00" in text:
        message = gettext("A reason has at most %(most)s characters.") % {"most": LONGEST_NOTE}
        raise Wrong({"reason": [message]})


def _check_comment(text: str) -> None:
    try:
        checked(text)
    except ValidationError as error:
        raise Wrong({"comment": error.messages}) from error


def _propose(desk: RecordDesk, draft: Changeset) -> HttpResponse:
    comment = desk.request.POST.get("comment", "")
    entry = desk.entry
    errors: Errors
    try:
        propose(draft, actor=person(desk.request), comment=comment)
    except Refused as refused:
        errors = errors_of(refused.refusals, entry.kind, entry.key, entry.values)
    except Conflict as conflict:
        count = len(conflict.clashes)
        text = ngettext(
            "In conflict: %(count)s value has changed in the catalogue since this was begun",
            "In conflict: %(count)s values have changed in the catalogue since this was begun",
            count,
        )
        errors = {"": [text % {"count": count}, *filter(None, said(conflict.clashes))]}
    except WrongState:
        errors = {"": [_gone()]}
    except ValidationError as wrong:
        errors = {"": wrong.messages}
    else:
        messages.success(desk.request, gettext("The changeset waits for review."))
        return redirect("desk:changeset", draft.pk)
    draft.refresh_from_db()
    after = entry_of(entry.kind, entry.key, draft)
    drafts = open_drafts(person(desk.request), desk.who, after)
    desk = _opened(desk.request, desk.who, after, drafts, desk.province)
    return _page(desk, 400, errors, typed_again=False)


def _page(
    desk: RecordDesk,
    status: int = 200,
    errors: Errors | None = None,
    *,
    keep: bool = False,
    typed_again: bool = True,
) -> HttpResponse:
    """The form; with what was typed, where something is wrong with it or it is to be kept."""
    posted = desk.request.POST if keep or (errors and typed_again) else None
    data: Mapping[str, Any] = posted if posted is not None else {}
    search = str(data.get("find", "")).replace("\x00", "").strip()[:LONGEST_SEARCH]
    chosen = str(data.get("source", "")).replace("\x00", "")
    organisations = desk.organisations
    first: dict[str, str] = (
        {"province": desk.province} if desk.province and "province" in desk.inputs else {}
    )
    sources = options(desk.entry, search, chosen)
    titles = {one.key: one.title for one in sources.at_hand}
    page = sheet(
        desk.entry,
        desk.inputs,
        desk.who,
        titles,
        posted=posted,
        errors=errors,
        first={**first, **desk.of},
    )
    return render(
        desk.request,
        "desk/edit.html",
        {
            **frame(desk.who, "edit"),
            "sheet": page,
            "entry": desk.entry,
            "kind": desk.entry.model._meta.verbose_name,
            "disputable": desk.entry.kind in DISPUTABLE,
            "place": desk.entry.place,
            "place_name": place_name(desk.names, desk.entry.place) if desk.entry.place else None,
            "drafts": desk.drafts,
            "organisations": organisations if len(organisations) > 1 else [],
            "chosen_organisation": data.get("organisation", ""),
            "errors": summary(errors or {}, page.labels),
            "field_errors": errors or {},
            "has_sources": desk.entry.kind != Source.kind,
            "sources": sources,
            "find": search,
            "chosen": chosen,
            "new_source": NEW_SOURCE,
            "typed": {name: data.get(name, "") for name in OF_SOURCE},
            "comment": desk.request.POST.get("comment", ""),
            "reason": data.get("reason", ""),
            "again": _again(page, posted),
            "pin": desk.pin(desk.entry),
            "shown": page.shown,
            "confirmed": data.get("confirmed", " ".join(confirmed_in(desk.entry))),
        },
        status=status,
    )


def _again(page: Sheet, posted: QueryDict | None) -> list[str]:
    """What is ticked to come from the source of this save: at first, all that has none."""
    if posted is not None:
        return posted.getlist("again")
    return [one.edit.field or "+whole" for one in page.changes if one.needs_source]
