"""Whom to ask what is not on record, and how a must-have stands."""

from django.utils.translation import gettext as _

from matching.answers import MustHaveLine, QuestionLine
from matching.engine.criteria import CODES, CRITERIA
from matching.engine.requirements import PLACE_MUST_HAVES

_OF_THE_PROVINCE = set(PLACE_MUST_HAVES) - {"operating"}


def asked_of_park(code: str) -> bool:
    """Whether a park knows the answer about a criterion or must-have; else its province does."""
    if code in CODES:
        return CRITERIA[CODES.index(code)].level == "park"
    return code not in _OF_THE_PROVINCE


def whom(question: QuestionLine) -> str:
    """Who can answer: the office of a park, or a province's office for investment."""
    if asked_of_park(question.criterion):
        return _("the park's office")
    return _("the province's office for investment")


def state_of(must: MustHaveLine) -> str:
    """How a must-have stands, in words."""
    return {"met": _("met"), "unknown": _("to be confirmed"), "failed": _("failed")}[must.status]
