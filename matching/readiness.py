"""The readiness check: ten questions, a table of rules, and what follows from the answers.

Going is not the goal, so the check can end in staying. There is no score: each rule names answers
and the furthest step that they permit, and the verdict is the lowest of those that apply. An answer
"we do not know yet" never counts as a good one, and never as a bad one: the verdict says what is
confirmed, `at_best` and `at_worst` what it could become once the unknown is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from matching.readiness_question import UNKNOWN, Answer, Bearing, Question
from matching.readiness_questions import QUESTIONS

Answers = Mapping[str, str]  # code of a question -> code of the answer


class Verdict(IntEnum):
    """How far the answers carry. `GO` means: prepare, never: go."""

    STAY = 0
    CONTRACT = 1
    GO = 2

    @property
    def code(self) -> str:
        """The word for it in addresses and templates."""
        return self.name.lower()


class Step(Enum):
    """The smallest step that fits, by its code on the entry ladder."""

    CONTRACT = "contract-production"
    SUBLEASE = "sublease"
    INCUBATION = "incubation"
    RENTAL = "rental-factory"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where every question of `when` has one of the answers named, no step beyond `limit`."""

    limit: Verdict
    when: Mapping[str, tuple[str, ...]]

    def applies(self, answers: Answers) -> bool:
        """Whether all its conditions hold; what was not answered is not known."""
        return all(answers.get(code, UNKNOWN) in named for code, named in self.when.items())


RULES = (
    # Before any step: what goes, whether it can, why, and who leads.
    Rule(Verdict.STAY, {"keep": ("all", UNKNOWN)}),
    Rule(Verdict.STAY, {"product": ("no", UNKNOWN)}),
    Rule(Verdict.STAY, {"reason": ("others", UNKNOWN)}),
    Rule(Verdict.STAY, {"lead": ("nobody", UNKNOWN)}),
    # Nobody to sell to, or the firm at home at stake.
    Rule(Verdict.STAY, {"volume": ("none",)}),
    Rule(Verdict.STAY, {"money": ("none",)}),
    # Enough for a trial order, not for a place of one's own.
    Rule(Verdict.CONTRACT, {"keep": ("outside",)}),
    Rule(Verdict.CONTRACT, {"product": ("work",)}),
    Rule(Verdict.CONTRACT, {"lead": ("besides",)}),
    Rule(Verdict.CONTRACT, {"volume": ("hoped", UNKNOWN)}),
    # Somebody on the spot is needed: one's own manager, or a partner who was tried.
    Rule(
        Verdict.CONTRACT,
        {"manager": ("candidate", "none", UNKNOWN), "partner": ("known", "none", UNKNOWN)},
    ),
    Rule(Verdict.CONTRACT, {"language": ("none", UNKNOWN)}),
    Rule(Verdict.CONTRACT, {"money": ("go", UNKNOWN)}),
    Rule(Verdict.CONTRACT, {"exit": ("talked", "none", UNKNOWN)}),
)

# The first line that holds is the smallest step that fits a verdict of GO.
STEPS: tuple[tuple[Step, Answers], ...] = (
    (Step.RENTAL, {"manager": "yes", "partner": "tested", "language": "own"}),
    (Step.SUBLEASE, {"partner": "tested"}),
    (Step.INCUBATION, {}),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer and what it does: the furthest step that a rule permits because of it."""

    question: Question
    answer: Answer
    limit: Verdict | None  # None: no rule speaks against any step

    @property
    def known(self) -> bool:
        """Whether the firm knows."""
        return self.answer.bearing is not Bearing.UNKNOWN


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the answers; findings stand in the order of the questions."""

    verdict: Verdict
    at_best: Verdict  # were everything unknown to turn out well
    at_worst: Verdict  # were everything unknown to turn out badly
    step: Step | None
    findings: tuple[Finding, ...]

    @property
    def holding(self) -> tuple[Finding, ...]:
        """The findings that keep the verdict where it is: the reasons; none for GO."""
        return tuple(found for found in self.findings if found.limit == self.verdict)

    @property
    def speaking_for(self) -> tuple[Finding, ...]:
        """The good answers."""
        return tuple(found for found in self.findings if found.answer.bearing is Bearing.GOOD)

    @property
    def to_settle(self) -> tuple[Finding, ...]:
        """What is known and not yet good, what holds the verdict first."""
        return self._by_urgency(
            found
            for found in self.findings
            if found.answer.bearing in (Bearing.PARTLY, Bearing.BAD)
        )

    @property
    def to_find_out(self) -> tuple[Finding, ...]:
        """What is not known, what holds the verdict first."""
        return self._by_urgency(found for found in self.findings if not found.known)

    @property
    def open(self) -> bool:
        """Whether the verdict rests on what is not known alone."""
        return bool(self.holding) and not any(found.known for found in self.holding)

    @staticmethod
    def _by_urgency(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return tuple(sorted(findings, key=lambda f: Verdict.GO if f.limit is None else f.limit))


def judge(answers: Answers) -> Outcome:
    """The outcome of the answers; a question without one counts as not known.

    Raises KeyError for a question or an answer that does not exist.
    """
    for code, answer in answers.items():
        QUESTIONS[code].answer(answer)
    verdict = _verdict(answers)
    return Outcome(
        verdict=verdict,
        at_best=_verdict(_filled(answers, best=True)),
        at_worst=_verdict(_filled(answers, best=False)),
        step=_step(verdict, answers),
        findings=tuple(_finding(question, answers) for question in QUESTIONS.values()),
    )


def _verdict(answers: Answers) -> Verdict:
    return min((rule.limit for rule in RULES if rule.applies(answers)), default=Verdict.GO)


def _filled(answers: Answers, *, best: bool) -> Answers:
    """The answers with everything unknown at its best, or at its worst."""
    return {
        code: question.best.code if best else question.worst.code
        for code, question in QUESTIONS.items()
        if answers.get(code, UNKNOWN) == UNKNOWN
    } | {code: answer for code, answer in answers.items() if answer != UNKNOWN}


def _step(verdict: Verdict, answers: Answers) -> Step | None:
    if verdict is Verdict.STAY:
        return None
    if verdict is Verdict.CONTRACT:
        return Step.CONTRACT
    return next(step for step, needs in STEPS if needs.items() <= dict(answers).items())


def _finding(question: Question, answers: Answers) -> Finding:
    limits = [rule.limit for rule in RULES if question.code in rule.when and rule.applies(answers)]
    answer = question.answer(answers.get(question.code, UNKNOWN))
    return Finding(question, answer, min(limits, default=None))
