"""The visitor's own list of places, and one that was sent: no account, no table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_cookie

from localities.views.addresses import PROFILE, WrongParameter, takes
from matching import snapshot
from matching.answers import PlaceLine, ResultLine
from matching.carried import Carried, carried, read_carried
from matching.comparison import MOST as SIDE_BY_SIDE
from matching.matchmaking import lines
from matching.named_places import PARK, PROVINCE, Found, find_places
from matching.sentences.reading import said
from matching.shortlist import (
    LONGEST_NOTE,
    LONGEST_SLUG,
    LONGEST_WHY,
    MOST,
    REASONS,
    Kept,
    Refused,
    Shortlist,
    Tampered,
    shared,
    signed,
    unsigned,
)
from matching.snapshot import Snapshot

COOKIE = "shortlist"
A_YEAR = 365 * 24 * 3600
KEEP, NOTES, DONE, PLACE, DO = "keep", "notes", "done", "place", "do"
LONGEST_LINK = 3_900  # of the part behind the host: what every server and mail program takes
STEPS: Mapping[str, Literal[-1, 1]] = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the list as the page shows it; `typed` is what a refused form held."""

    kept: Kept
    place: PlaceLine | None  # None: no longer in the catalogue
    line: ResultLine | None
    former: bool  # the list knows it by the name of a former province
    typed: Mapping[str, str]
    error: str

    @property
    def note(self) -> str:
        """The note in the field."""
        return self.typed.get("note", self.kept.note)

    @property
    def reason_label(self) -> str:
        """Why it was dropped."""
        return str(REASONS.get(self.kept.reason, ""))


@never_cache
@vary_on_cookie
@require_http_methods(["GET", "HEAD", "POST"])
@takes(KEEP, NOTES, DONE, PLACE, PROFILE)
def shortlist(request: HttpRequest) -> HttpResponse:
    """The visitor's list; with places in the address, the list that somebody sent."""
    known = snapshot.current()
    if request.method == "POST":
        return _change(request, known)
    if request.GET.getlist(KEEP):
        return _shared(request, known)
    own, readable = _own(request)
    return _page(request, known, own, readable=readable)


@never_cache
@vary_on_cookie
@csrf_exempt  # the button stands on pages that shared caches keep; `_from_own_page` judges instead
@require_http_methods(["GET", "HEAD", "POST"])
@takes()
def keep(request: HttpRequest) -> HttpResponse:
    """Keeps one place, asked for by the button of another page of the portal."""
    if request.method != "POST":
        return redirect("matching:shortlist")
    known = snapshot.current()
    found = find_places([request.POST.get(PLACE, "")[:LONGEST_SLUG]], known)
    profile = read_carried(request.POST.get(PROFILE, ""), known)
    own, readable = _own(request)
    if not found.places:
        refusal = _("The place is not in the catalogue. Nothing was kept.")
        return _page(request, known, own, readable=readable, refusal=refusal, status=400)
    place = found.places[0]
    if not _from_own_page(request):
        context = {"place": place, "profile": profile.query if profile.question else ""}
        return render(request, "matching/shortlist_confirm.html", context, status=403)
    return _keep(request, known, place, profile)


def _keep(
    request: HttpRequest, known: Snapshot, place: PlaceLine, profile: Carried
) -> HttpResponse:
    own, readable = _own(request)
    in_place = bool(getattr(request, "htmx", False))
    context: dict[str, object] = {"profile": profile.query if profile.question else ""}
    try:
        changed = own.keep(place.slug)
    except Refused as refused:
        refusal = _refusal(refused)
        if in_place:
            return render(request, "matching/shortlist_kept.html", {**context, "refusal": refusal})
        return _page(request, known, own, readable=readable, refusal=refusal, status=409)
    response = (
        render(request, "matching/shortlist_kept.html", context)
        if in_place
        else redirect(_address(profile, done="kept", place=place.slug))
    )
    return _written(response, changed)


def _from_own_page(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this portal sent the form."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _own(request: HttpRequest) -> tuple[Shortlist, bool]:
    """The list of the visitor's cookie, and whether it could be read."""
    text = request.COOKIES.get(COOKIE, "")
    if not text:
        return Shortlist(), True
    try:
        return unsigned(text), True
    except Tampered:
        return Shortlist(), False


def _written(response: HttpResponse, own: Shortlist) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        signed(own),
        max_age=A_YEAR,
        secure=settings.CSRF_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _address(profile: Carried, **parts: str) -> str:
    query = {**parts, **({PROFILE: profile.query} if profile.question else {})}
    address = reverse("matching:shortlist")
    return f"{address}?{urlencode(query)}" if query else address


# --- changes ----------------------------------------------------------------------------------


def _change(request: HttpRequest, known: Snapshot) -> HttpResponse:
    """Does what a button of the list says, and saves every note that was typed beside it."""
    own, readable = _own(request)
    profile = carried(request, known)
    action, _colon, slug = request.POST.get(DO, "save").partition(":")
    try:
        changed = _changed(own.noted(_typed_notes(request, own)), action, slug, request, known)
    except Refused as refused:
        status = 409 if refused.code in ("full", "large") else 400
        return _page(
            request, known, own, readable=readable, refused=refused, typed=True, status=status
        )
    return _written(redirect(_address(profile, done=action, place=slug)), changed)


def _changed(
    own: Shortlist, action: str, slug: str, request: HttpRequest, known: Snapshot
) -> Shortlist:
    if action == "save":
        return own
    if action == "take":
        sent, _readable = shared(request.POST.getlist(KEEP), request.POST.get(NOTES, ""))
        return own.take_over(sent.entries)
    if action == "keep" and find_places([slug], known).places:
        return own.keep(slug)
    if action in STEPS:
        return own.moved(slug, STEPS[action])
    if action == "remove":
        return own.remove(slug)
    if action == "back":
        return own.take_back(slug)
    if action == "drop":
        given = request.POST
        return own.drop(slug, given.get(f"reason-{slug}", ""), given.get(f"why-{slug}", ""))
    raise WrongParameter(DO)


def _typed_notes(request: HttpRequest, own: Shortlist) -> dict[str, str]:
    names = {one.slug: f"note-{one.slug}" for one in own.entries}
    return {slug: request.POST[name] for slug, name in names.items() if name in request.POST}


def _refusal(refused: Refused) -> str:
    """Why the list did not change."""
    return {
        "full": _("Nothing was changed: the list holds at most %(most)s places. Remove one first.")
        % {"most": MOST},
        "large": _("Nothing was changed: all the notes together are too long. Shorten one."),
        "long": _("Nothing was changed: a note has at most %(note)s characters, a reason %(why)s.")
        % {"note": LONGEST_NOTE, "why": LONGEST_WHY},
        "reason": _("Choose a reason from the list first."),
    }[refused.code]


# --- pages ------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    known: Snapshot,
    own: Shortlist,
    *,
    readable: bool,
    refusal: str = "",
    refused: Refused | None = None,
    typed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The visitor's own list."""
    profile = carried(request, known)
    if request.method == "POST" and not profile.question:
        profile = read_carried(request.POST.get(PROFILE, ""), known)
    found = find_places([one.slug for one in own.entries], known)
    entries = _entries(own, found, profile, known, request.POST if typed else {}, refused)
    kept = [entry for entry in entries if not entry.kept.dropped]
    link, link_lacks = _link(request, own, profile)
    context = {
        "readable": readable,
        "refusal": _refusal(refused) if refused else refusal,
        "wrong_profile": profile.wrong,
        "profile": profile.query if profile.question else "",
        "done": "" if refusal or refused else _done(request, known),
        "kept": kept,
        "dropped": [entry for entry in entries if entry.kept.dropped],
        "stale": [entry.kept.slug for entry in entries if entry.place is None],
        "most": MOST,
        "longest_note": LONGEST_NOTE,
        "longest_why": LONGEST_WHY,
        "reasons": REASONS.items(),
        "province_names": {place.slug: said(place.name) for place in known.provinces},
        "comparisons": _comparisons(kept, profile),
        "link": link,
        "link_lacks": link_lacks,
    }
    return render(request, "matching/shortlist.html", context, status=status)


def _shared(request: HttpRequest, known: Snapshot) -> HttpResponse:
    """The list of the address, to read and to take over."""
    sent, readable = shared(request.GET.getlist(KEEP), request.GET.get(NOTES, ""))
    profile = carried(request, known)
    found = find_places([one.slug for one in sent.entries], known)
    entries = _entries(sent, found, profile, known, {}, None)
    kept = [entry for entry in entries if not entry.kept.dropped]
    beyond = len(dict.fromkeys(request.GET.getlist(KEEP))) > MOST
    context = {
        "readable": readable,
        "beyond": beyond,
        "wrong_profile": profile.wrong,
        "most": MOST,
        "profile": profile.query if profile.question else "",
        "kept": [entry for entry in kept if entry.place],
        "dropped": [entry for entry in entries if entry.kept.dropped and entry.place],
        "stale": [entry.kept.slug for entry in entries if entry.place is None],
        "sent": [one for one in sent.entries if one.slug not in found.unknown],
        "notes": request.GET.get(NOTES, "") if readable else "",
        "province_names": {place.slug: said(place.name) for place in known.provinces},
        "comparisons": _comparisons(kept, profile),
    }
    whole = readable and not beyond and not profile.wrong and not found.unknown
    return render(request, "matching/shortlist_shared.html", context, status=200 if whole else 400)


def _entries(
    own: Shortlist,
    found: Found,
    profile: Carried,
    known: Snapshot,
    typed: Mapping[str, Any],
    refused: Refused | None,
) -> list[Entry]:
    places = {place.slug: place for place in found.places}
    judged = _judged(found, profile, known)
    entries = []
    for one in own.entries:
        place = places.get(found.moved.get(one.slug, one.slug))
        wrong = refused is not None and refused.slug == one.slug
        entries.append(
            Entry(
                kept=one,
                place=place,
                line=judged.get(place.slug) if place else None,
                former=one.slug in found.moved,
                typed={
                    field: typed[f"{field}-{one.slug}"]
                    for field in ("note", "reason", "why")
                    if f"{field}-{one.slug}" in typed
                },
                error=_refusal(refused) if refused and wrong else "",
            )
        )
    return entries


def _judged(found: Found, profile: Carried, known: Snapshot) -> dict[str, ResultLine]:
    """How the places fit, by slug, where a profile is in hand."""
    if profile.question is None:
        return {}
    judged: dict[str, ResultLine] = {}
    for kind, level in ((PROVINCE, "province"), (PARK, "park")):
        if slugs := [place.slug for place in found.of_kind(kind)]:
            question = replace(profile.question, level=level, robustness=False)
            told = lines(question, slugs, snapshot=known, language=get_language() or "ja")
            judged |= dict(zip(slugs, told, strict=True))
    return judged


def _comparisons(kept: Sequence[Entry], profile: Carried) -> dict[str, str]:
    """The addresses of the first provinces and of the first parks side by side, by kind."""
    found = {}
    for kind in (PROVINCE, PARK):
        of_kind = [entry.place.slug for entry in kept if entry.place and entry.place.kind == kind]
        slugs = list(dict.fromkeys(of_kind))[:SIDE_BY_SIDE]
        if len(slugs) > 1:
            query = [("place", slug) for slug in slugs]
            query += [(PROFILE, profile.query)] if profile.question else []
            found[kind.replace("-", "_")] = f"{reverse('matching:compare')}?{urlencode(query)}"
    return found


def _link(request: HttpRequest, own: Shortlist, profile: Carried) -> tuple[str, str]:
    """An address that shows the list to others, and what of it did not fit in: '' or its name."""
    if not own.entries:
        return "", ""
    places = [(KEEP, one.slug) for one in own.entries]
    said_of = any(one.note or one.dropped for one in own.entries)
    notes = [(NOTES, signed(own))] if said_of else []
    firm = [(PROFILE, profile.query)] if profile.question else []
    attempts = ((places + notes + firm, ""), (places + notes, PROFILE), (places, NOTES))
    for parts, lacks in attempts:
        address = f"{reverse('matching:shortlist')}?{urlencode(parts)}"
        if len(address) <= LONGEST_LINK:
            return request.build_absolute_uri(address), lacks
    return "", NOTES


def _done(request: HttpRequest, known: Snapshot) -> str:
    """What the last button did, in words."""
    found = find_places([request.GET.get(PLACE, "")[:LONGEST_SLUG]], known)
    name = found.places[0].name if found.places else ""
    patterns = {
        "kept": _("%(name)s is on your shortlist."),
        "keep": _("%(name)s is on your shortlist."),
        "drop": _("%(name)s now stands among the dropped places."),
        "back": _("%(name)s is on your shortlist again."),
        "remove": _("%(name)s was removed from your shortlist."),
        "up": _("%(name)s was moved up."),
        "down": _("%(name)s was moved down."),
    }
    done = request.GET.get(DONE, "")
    if done in patterns:
        return patterns[done] % {"name": name} if name else ""
    return {"save": _("Your notes are saved."), "take": _("The list was taken over.")}.get(done, "")
