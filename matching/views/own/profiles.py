"""A person's own profiles: list, keep, rename, consent, stored results and what moved since."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework.exceptions import ValidationError as Unreadable

from localities.views.addresses import PROFILE, takes
from matching import profiles, snapshot
from matching.carried import read_carried
from matching.models import StoredProfile
from matching.moved import what_moved
from matching.stored import CannotRerun
from matching.views.summary import chips, must_chips
from portal.accounts.access import person, signed_in


@signed_in
@require_safe
@takes()
def own(request: HttpRequest) -> HttpResponse:
    """The profiles that the reader keeps."""
    found = StoredProfile.objects.filter(owner=person(request))
    return render(request, "matching/own/profiles.html", {"profiles": found})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@takes(PROFILE)
def new(request: HttpRequest) -> HttpResponse:
    """Asks for a title for the profile in the address; POST keeps it."""
    sent = request.POST if request.method == "POST" else request.GET
    read = read_carried(sent.get(PROFILE, ""), snapshot.current())
    title, error = request.POST.get("title", ""), ""
    if request.method == "POST":
        try:
            kept = profiles.save(person(request), title=title, query=sent.get(PROFILE, ""))
            messages.success(request, _("The profile is kept."))
            return redirect("matching:own-profile", key=kept.pk)
        except ValidationError as refused:
            error = " ".join(refused.messages)
    if read.question is None:
        return redirect("matching:profile")
    said = chips(read.question, snapshot.current())
    context = {
        "query": read.query,
        "chips": [*said, *must_chips(read.question)],
        "title": title or " · ".join(said[:2])[: profiles.LONGEST_TITLE],
        "error": error,
    }
    return render(request, "matching/own/new.html", context, status=400 if error else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@takes()
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One profile with its stored results; POST renames it and takes the consent."""
    profile, error = _mine(request, key), ""
    if request.method == "POST":
        try:
            findable = request.POST.get("findable") == "on"
            profiles.change(profile, title=request.POST.get("title", ""), findable=findable)
            messages.success(request, _("Saved."))
            return redirect("matching:own-profile", key=key)
        except ValidationError as refused:
            error = " ".join(refused.messages)
    return _page(request, profile, error)


@signed_in
@require_POST
def delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Deletes a profile with its stored results."""
    profiles.delete(_mine(request, key))
    messages.success(request, _("The profile and its results are deleted."))
    return redirect("matching:own-profiles")


@signed_in
@require_POST
def store(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stores today's results of a profile."""
    profile = _mine(request, key)
    try:
        profiles.store_match(profile)
        messages.success(request, _("Today’s results are stored."))
    except ValidationError as refused:
        return _page(request, profile, " ".join(refused.messages))
    except Unreadable:
        text = _("Today’s catalogue cannot read this profile. Look through its steps again.")
        return _page(request, profile, text)
    return redirect("matching:own-profile", key=key)


@signed_in
@require_safe
@takes()
def moved(request: HttpRequest, key: UUID, match: UUID) -> HttpResponse:
    """What stands elsewhere today than in a stored result."""
    profile = _mine(request, key)
    stored = get_object_or_404(profile.matches.select_related("snapshot"), pk=match)
    context: dict[str, object] = {"profile": profile, "match": stored}
    try:
        context["moved"] = what_moved(stored, language=get_language() or "ja")
    except CannotRerun as reason:
        context["reason"] = str(reason)
    return render(request, "matching/own/moved.html", context)


def _mine(request: HttpRequest, key: UUID) -> StoredProfile:
    try:
        return profiles.find(person(request), key)
    except StoredProfile.DoesNotExist as error:
        raise Http404 from error


def _page(request: HttpRequest, profile: StoredProfile, error: str) -> HttpResponse:
    today = snapshot.current()
    question = read_carried(profile.query, today).question
    context = {
        "profile": profile,
        "chips": [*chips(question, today), *must_chips(question)] if question else [],
        "readable": question is not None,
        "matches": profile.matches.all(),
        "error": error,
    }
    status = 400 if error else 200
    return render(request, "matching/own/profile.html", context, status=status)
