"""The form of a record, kept as one goes: the parts of its page that tell of it."""

from django.http import HttpResponse
from django.shortcuts import render

from localities.curation.errors import WrongState
from localities.forms.entries import entry_of
from localities.forms.keeping import keep
from localities.forms.sheet import confirmed_in, sheet
from localities.forms.sources import options
from localities.models import Source
from localities.views.desk.record_desk import RecordDesk, address_of

OF_SOURCE = (
    "source_title", "source_publisher", "source_url", "source_published", "note", "as_of"
)  # fmt: skip


def kept_parts(desk: RecordDesk) -> HttpResponse:
    """Keeps what was typed so far, and answers with the parts of the page that tell of it."""
    posted = desk.request.POST
    try:
        kept = keep(desk.entry, desk.inputs, posted, desk.author, desk.title())
    except WrongState:
        return HttpResponse(status=409)
    if kept.entry.draft is not None:
        kept.entry.draft.refresh_from_db()
    entry = entry_of(kept.entry.kind, kept.entry.key, kept.entry.draft)
    titles = {one.key: one.title for one in options(entry, "", "").at_hand}
    page = sheet(entry, desk.inputs, desk.who, titles, errors=kept.errors)
    context = {
        "sheet": page,
        "entry": entry,
        "pin": desk.pin(entry),
        "shown": kept.shown(desk.inputs, entry.values),
        "confirmed": " ".join(set(confirmed_in(entry)) & set(posted.getlist("confirm"))),
        "begun": desk.entry.draft is None and entry.draft is not None,
        "organisations": desk.entry.draft is None and len(desk.organisations) > 1,
        "field_errors": kept.errors,
        "whole_errors": kept.errors.get("", ()),
        "source_errors": [(name, kept.errors.get(name)) for name in ("source", *OF_SOURCE)],
        "has_sources": entry.kind != Source.kind,
        "missing": [desk.inputs[name].label for name in kept.missing],
        "replaced": desk.replacements(kept.typed),
        "again": [*posted.getlist("again"), *(name or "+whole" for name in kept.named)],
        "kept": True,
    }
    answer = render(desk.request, "desk/edit_kept.html", context)
    begins = not entry.key
    answer.headers["HX-Replace-Url"] = address_of(
        entry, desk.province if begins else None, desk.of if begins else None
    )
    return answer
