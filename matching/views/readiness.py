"""The readiness check: is it time to go, and if not, what comes first?"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from localities.models import Source
from localities.queries import sources
from localities.queries.programmes import Help, Need, helping
from localities.views.addresses import PROFILE, WrongParameter, carried_profile, takes
from matching.choices import ENTRY_MODE_LABELS, PREFECTURES, prefecture_name
from matching.readiness import Finding, Outcome, Verdict, judge
from matching.readiness_question import Answer, Question
from matching.readiness_questions import QUESTIONS

PREFECTURE = "prefecture"
# The stages of programmes that are of use to a firm with a verdict.
STAGES = {
    Verdict.STAY: ("consider", "prepare", "withdraw"),
    Verdict.CONTRACT: ("consider", "prepare", "enter", "withdraw"),
    Verdict.GO: ("prepare", "enter", "withdraw"),
}
LONGEST_ECHO = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the form shows it: what was answered, or what is wrong with it."""

    question: Question
    given: str
    error: str
    source: Source | None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers to choose from."""
        return self.question.answers


@dataclass(frozen=True, slots=True)
class Task:
    """Something to settle or to find out first, and what helps with it."""

    finding: Finding
    help: Help


@require_safe
@takes(*QUESTIONS, PREFECTURE, PROFILE)
def readiness(request: HttpRequest) -> HttpResponse:
    """The ten questions, and what follows from the answers in the address."""
    given, wrong = _read(request)
    prefecture = _prefecture(request)
    outcome = judge(given) if given and not wrong else None
    context = {
        "asked": _asked(given, wrong),
        "wrong": wrong,
        "unanswered": len(QUESTIONS) - len(given),
        "prefecture": prefecture,
        "prefectures": [(code, prefecture_name(code)) for code in PREFECTURES],
        "profile": carried_profile(request),
        **(_context(outcome, prefecture) if outcome else {}),
    }
    return render(request, "matching/readiness.html", context, status=400 if wrong else 200)


def _read(request: HttpRequest) -> tuple[dict[str, str], dict[str, str]]:
    """The answers in the address, and by question what is wrong with the others."""
    given, wrong = {}, {}
    for code, question in QUESTIONS.items():
        values = [value for value in request.GET.getlist(code) if value]
        if len(values) > 1:
            wrong[code] = _("The address gives more than one answer. Choose one.")
        elif values and values[0] not in {answer.code for answer in question.answers}:
            text = _("“%(answer)s” is none of the answers. Choose one of these.")
            wrong[code] = text % {"answer": values[0][:LONGEST_ECHO]}
        elif values:
            given[code] = values[0]
    return given, wrong


def _prefecture(request: HttpRequest) -> str | None:
    code = request.GET.get(PREFECTURE) or None
    if code is not None and code not in PREFECTURES:
        raise WrongParameter(PREFECTURE, "01–47")
    return code


def _asked(given: dict[str, str], wrong: dict[str, str]) -> list[Asked]:
    found = sources.listing().in_bulk({question.source for question in QUESTIONS.values()})
    return [
        Asked(question, given.get(code, ""), wrong.get(code, ""), found.get(question.source))
        for code, question in QUESTIONS.items()
    ]


def _context(outcome: Outcome, prefecture: str | None) -> dict[str, object]:
    """What the outcome's part of the page takes."""
    settle, find_out = outcome.to_settle, outcome.to_find_out
    needs = [found.question.need for found in (*settle, *find_out)]
    helps = helping(needs, stages=STAGES[outcome.verdict], prefecture=prefecture)
    return {
        "outcome": outcome,
        "step": ENTRY_MODE_LABELS[outcome.step.value] if outcome.step else None,
        "settle": _tasks(settle, helps),
        "find_out": _tasks(find_out, helps),
    }


def _tasks(findings: Iterable[Finding], helps: dict[Need, Help]) -> list[Task]:
    return [Task(finding, helps[finding.question.need]) for finding in findings]
