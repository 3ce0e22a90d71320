"""The profile form: what a firm makes and needs."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from localities.views.addresses import takes
from matching import forms, snapshot
from matching.forms import PARAMETERS, ProfileForm
from matching.sentences.reading import said
from matching.trades import SHOWN_FIRST, TRADES, sectors_for

LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A sector that the words of the reader may mean."""

    code: str
    name: str


@require_safe
@takes(*PARAMETERS, "what")
def profile(request: HttpRequest) -> HttpResponse:
    """The form, filled with what the address says; nothing is judged before it is sent."""
    if plain := in_plain_numbers(request):
        return plain
    return render(request, "matching/profile.html", context(request, current_form(request)))


def in_plain_numbers(request: HttpRequest) -> HttpResponseRedirect | None:
    """Leads to the same address with numbers that every language reads alike, where it has others.

    Every link on the page is then one that can be shared.
    """
    plain = forms.in_plain_numbers(request.GET)
    return redirect(f"{request.path}?{plain.urlencode()}") if plain != request.GET else None


def current_form(request: HttpRequest) -> ProfileForm:
    """The form with the address's values and the choices of today's catalogue."""
    return ProfileForm(request.GET, snapshot.current())


def context(request: HttpRequest, form: ProfileForm) -> dict[str, object]:
    """What the form's page takes."""
    what = request.GET.get("what", "").strip()[:LONGEST_WORD]
    suggestions = _suggestions(what, form) if what else []
    chosen = request.GET.get("sector") or (suggestions[0].code if suggestions else "")
    return {
        "form": form,
        "what": what,
        "suggestions": suggestions,
        "chosen_sector": chosen,
        "trades": TRADES,
        "trades_first": SHOWN_FIRST,
    }


def _suggestions(what: str, form: ProfileForm) -> list[Suggestion]:
    names = form.snapshot.sectors
    return [Suggestion(code, said(names[code])) for code in sectors_for(what) if code in names]
