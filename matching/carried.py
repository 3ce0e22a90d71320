"""The profile that a reader carries from page to page, read again as the results page reads it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from rest_framework.exceptions import ValidationError

from localities.views.addresses import LONGEST_PROFILE, PROFILE
from matching.forms import PARAMETERS, ProfileForm, tidy
from matching.questions import Question
from matching.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Carried:
    """A profile in hand: its address, and the question where it can be read."""

    query: str = ""
    question: Question | None = None
    wrong: bool = False  # something came that no profile is; `query` keeps what can be repaired

    def as_parameter(self) -> str:
        """The parameter that carries a readable profile on; '' without one."""
        return urlencode({PROFILE: self.query}) if self.question else ""


def carried(request: HttpRequest, snapshot: Snapshot) -> Carried:
    """The profile of the address. Where it cannot be read, only what can be stays in `query`."""
    text = request.GET.get(PROFILE, "")
    if not text:
        return Carried()
    return read_carried(text, snapshot)


def read_carried(text: str, snapshot: Snapshot) -> Carried:
    """The profile that `text`, the query string of a match, stands for."""
    if len(text) > LONGEST_PROFILE:
        return Carried(wrong=True)
    try:
        address = QueryDict(text)
    except SuspiciousOperation:  # more parameters than any address has
        return Carried(wrong=True)
    query = tidy(address)
    try:
        question = ProfileForm(address, snapshot).question()
    except ValidationError:
        return Carried(query, wrong=True)
    if any(name not in PARAMETERS for name in address):
        return Carried(query, wrong=True)
    return Carried(query, question)
