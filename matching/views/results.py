"""The results: places ranked for the firm, on a map and as cards, with reasons and questions."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from localities.views.addresses import takes
from matching.answers import Answer, PlaceLine
from matching.engine.robustness import DRAWS
from matching.forms import PARAMETERS, ProfileForm, weights_shown
from matching.matchmaking import answer
from matching.qualifying import qualifying
from matching.questions import Question
from matching.sentences.reading import said
from matching.views import plots
from matching.views import profile as profile_page
from matching.views.fit_map import fit_map
from matching.views.qualifying import Relaxed, relaxed
from matching.views.summary import chips, must_chips

WHOLE = 500  # every place: those to be confirmed stand beside the ranking wherever they rank


@require_safe
@takes(*PARAMETERS, *profile_page.STEERING)
def results(request: HttpRequest) -> HttpResponse:
    """The ranking for the profile in the address; the form with its errors where it has some."""

    def page(form: ProfileForm, question: Question, query: str) -> HttpResponse:
        whole = replace(question, limit=WHOLE)
        found = answer(whole, snapshot=form.snapshot, language=get_language() or "ja")
        context = _context(form, question, found, query)
        return render(request, "matching/results.html", context)

    return profile_page.answered(request, page)


def _context(form: ProfileForm, question: Question, found: Answer, query: str) -> dict[str, object]:
    return {
        "question": question,
        "answer": found,
        "cards": found.results[: question.limit],
        "rest": found.ranking[question.limit :],
        "confirm": [result for result in found.results if result.to_be_confirmed],
        "province_names": {place.slug: said(place.name) for place in form.snapshot.provinces},
        "provinces": form.snapshot.facts.provinces,
        "parks": form.snapshot.facts.parks,
        "regions": _regions(found),
        "map": fit_map(form.snapshot, found),
        "plot": plots.scatter(found),
        "strips": plots.strips(found),
        "winners": plots.winners(found),
        "draws": DRAWS,
        "shades": plots.shade_labels(),
        "weights": weights_shown(found.weights),
        "kept": _kept(form),
        "chips": chips(question, form.snapshot),
        "musts": must_chips(question),
        "query": query,
        "relaxed": _relaxed(form, question) if found.excluded_count and not found.ranked else [],
    }


def _regions(found: Answer) -> list[tuple[str, list[tuple[int, PlaceLine, float]]]]:
    """North, central and south, each with rank, place and fit of its best three."""
    standing = {place.slug: (rank, place, fit) for rank, place, fit in found.ranking}
    return [
        (macro, [standing[place.slug] for place in places])
        for macro, places in found.by_region.items()
    ]


def _relaxed(form: ProfileForm, question: Question) -> list[Relaxed]:
    """Which must-have to take out where none of the places is left."""
    counted = qualifying(question, snapshot=form.snapshot)
    return relaxed(counted, question.level, form.address, f"{reverse('matching:results')}?")


def _kept(form: ProfileForm) -> list[tuple[str, str]]:
    """Everything in the address but the weights, for the form that changes those alone."""
    return [
        (name, value)
        for name, values in form.address.lists()
        if not name.startswith("w_")
        for value in values
    ]
