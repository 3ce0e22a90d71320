"""The profile: what a firm makes and needs, in four short steps that all live in the address."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from localities.models import Dimension
from localities.views.addresses import takes
from matching import forms, snapshot
from matching.engine.facts import DIMENSIONS
from matching.forms import PARAMETERS, ProfileForm, pairs, tidy
from matching.qualifying import qualifying
from matching.questions import Question
from matching.requirements import default_weights_of
from matching.sentences.reading import said
from matching.steps import LABELS, STEPS, Step, first_with
from matching.trades import SHOWN_FIRST, TRADES, hits_for
from matching.views.qualifying import groups, relaxed
from matching.views.summary import by_step

STEP, WHAT = "step", "what"
STEERING = (STEP, WHAT)  # of the form alone: no part of the question
LONGEST_WORD = 60
PAGE = "matching:profile"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A sector that the words of the reader may mean, and what they were found in."""

    code: str
    name: str
    found_in: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A step as the progress and the summary show it."""

    step: Step
    current: bool
    wrong: bool
    said: list[str]
    address: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, for the list at the head of the page."""

    name: str
    label: str | Promise
    message: str
    here: bool  # on this step


@dataclass(frozen=True, slots=True)
class WeightField:
    """One of the six weights, with what it is without an answer."""

    field: object
    label: str | Promise
    standard: float


@require_safe
@takes(*PARAMETERS, *STEERING)
def profile(request: HttpRequest) -> HttpResponse:
    """One step of the form, filled with what the address says; 400 where that cannot be."""
    if _is_live(request):
        return _live(request)
    if plain := _in_plain_numbers(request):
        return plain
    form = _current_form(request)
    form.check()
    step = _step(request.GET)
    if step and not form.errors:
        here = _address(request.GET, _held(request.GET, step))
        if here != request.GET.urlencode():
            return redirect(f"{request.path}?{here}" if here else request.path)
    return _page(request, form, step)


def answered(
    request: HttpRequest, shown: Callable[[ProfileForm, Question, str], HttpResponse]
) -> HttpResponse:
    """What `shown` makes of the question in the address, which it also gets as tidy text.

    The form with its errors (400) where it has some; the tidy address where it has another.
    """
    if plain := _in_plain_numbers(request):
        return plain
    form = _current_form(request)
    try:
        question = form.question()
    except ValidationError:
        return _page(request, form, STEPS[0])
    query = tidy(request.GET)
    if query != request.GET.urlencode():
        return redirect(f"{request.path}?{query}")
    return shown(form, question, query)


def _in_plain_numbers(request: HttpRequest) -> HttpResponseRedirect | None:
    """Leads to the same address with numbers that every language reads alike, where it has others.

    Every link on the page is then one that can be shared.
    """
    plain = forms.in_plain_numbers(request.GET)
    return redirect(f"{request.path}?{plain.urlencode()}") if plain != request.GET else None


def _current_form(request: HttpRequest) -> ProfileForm:
    """The form with the address's values and the choices of today's catalogue."""
    return ProfileForm(request.GET, snapshot.current())


def _page(request: HttpRequest, form: ProfileForm, asked: Step | None) -> HttpResponse:
    """The step `asked` (None: one that there is not), or the first one with an error."""
    step = asked or STEPS[0]
    if form.errors and not any(name in form.errors for name in step.fields):
        step = first_with(form.errors) or step
    context = {**_context(form, step), **_of_step(form, step), "no_such_step": asked is None}
    status = 400 if form.errors or asked is None else 200
    response = render(request, "matching/profile.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _is_live(request: HttpRequest) -> bool:
    """Whether a script asks for the counts alone."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def _live(request: HttpRequest) -> HttpResponse:
    """The counts and the summary for what is ticked and typed; the page's address follows."""
    data = forms.in_plain_numbers(request.GET)
    form = ProfileForm(data, snapshot.current())
    form.check()
    step = _step(data) or STEPS[0]
    response = render(request, "matching/profile_live.html", _context(form, step))
    if not form.errors:
        response["HX-Replace-Url"] = f"{reverse(PAGE)}?{_address(data, step)}"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _step(data: QueryDict) -> Step | None:
    """The step that the address names, the first where it names none; None for one there is not."""
    given = [value for _name, value in pairs(data, STEP)]
    named = {str(step.number): step for step in STEPS}
    return named.get(given[0] if len(given) == 1 else "") if given else STEPS[0]


def _held(data: QueryDict, step: Step) -> Step:
    """The first step as long as a word is looked up whose sectors nobody chose from yet."""
    unchosen = step is not STEPS[0] and not pairs(data, "sector")
    return STEPS[0] if unchosen and hits_for(_word(data)).sectors else step


def _word(data: QueryDict) -> str:
    return data.get(WHAT, "").strip()[:LONGEST_WORD]


def _address(data: QueryDict, step: Step) -> str:
    """The query string of a step: one address for one state of the form."""
    word = _word(data) if step is STEPS[0] else ""
    head = [
        *([(STEP, str(step.number))] if pairs(data, STEP) else []),
        *([(WHAT, word)] if word else []),
    ]
    return "&".join(filter(None, [urlencode(head), tidy(data)]))


def _context(form: ProfileForm, step: Step) -> dict[str, object]:
    """What the page and its live part take."""
    question = form.so_far()
    found = qualifying(question, snapshot=form.snapshot)
    page = f"{reverse(PAGE)}?{STEP}={step.number}&"
    return {
        "form": form,
        "step": step,
        "stages": _stages(form, question, step),
        "now": found.now,
        "none_left": found.now.of(question.level).left == 0,
        "groups": groups(found, form.address) if "must" in step.fields else [],
        "relaxed": relaxed(found, question.level, form.address, page),
    }


def _stages(form: ProfileForm, question: Question, current: Step) -> list[Stage]:
    told = by_step(question, form.snapshot, sector=bool(pairs(form.address, "sector")))
    query = tidy(form.address)
    return [
        Stage(
            step=step,
            current=step is current,
            wrong=any(name in form.errors for name in step.fields),
            said=told[step.number],
            address="&".join(filter(None, [f"{STEP}={step.number}", query])),
        )
        for step in STEPS
    ]


def _of_step(form: ProfileForm, step: Step) -> dict[str, object]:
    """What the fields of one step take."""
    others = [name for name in PARAMETERS if name not in step.fields]
    context: dict[str, object] = {
        "kept": pairs(form.address, *others),
        "faults": [
            Fault(
                name,
                LABELS.get(name, ""),
                " ".join(map(str, form.errors[name])),
                name in step.fields,
            )
            for name in form.errors
        ],
        "before": STEPS[step.number - 2] if step.number > 1 else None,
        "after": STEPS[step.number] if step.number < len(STEPS) else None,
        "fields": f"matching/profile_step{step.number}.html",
    }
    if step is STEPS[0]:
        context |= _sectors(form)
    if "w_cost" in step.fields:
        context["weights"] = _weights(form)
    return context


def _weights(form: ProfileForm) -> list[WeightField]:
    standard = default_weights_of(form.so_far(), form.snapshot.facts)
    return [
        WeightField(form[f"w_{code}"], Dimension(code).label, float(weight))
        for code, weight in zip(DIMENSIONS, standard, strict=True)
    ]


def _sectors(form: ProfileForm) -> dict[str, object]:
    """The sectors that the reader's word may mean, and those to choose from."""
    word = _word(form.address)
    hits = hits_for(word)
    names = form.snapshot.sectors
    suggestions = [
        Suggestion(hit.code, said(names[hit.code]), hit.found_in)
        for hit in hits.sectors
        if hit.code in names
    ]
    found = bool(suggestions)
    chosen = next((value for _name, value in pairs(form.address, "sector")), "")
    if found and not chosen:
        chosen = suggestions[0].code
    elif chosen in names and chosen not in {suggestion.code for suggestion in suggestions}:
        suggestions.append(Suggestion(chosen, said(names[chosen]), _("chosen so far")))
    return {
        "what": word,
        "suggested": {suggestion.code for suggestion in suggestions},
        "suggestions": suggestions,
        "found": found,
        "near": hits.near,
        "chosen_sector": chosen,
        "trades": TRADES,
        "trades_first": SHOWN_FIRST,
    }
