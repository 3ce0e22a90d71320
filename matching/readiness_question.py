"""What a question of the readiness check consists of."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from localities.queries.programmes import Need

Text = str | Promise

UNKNOWN = "unknown"


class Bearing(Enum):
    """What an answer means for going, from good to bad; unknown is neither."""

    GOOD = "good"
    PARTLY = "partly"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to choose: what it says, what it means, and what to do where it is not good."""

    code: str
    bearing: Bearing
    text: Text
    means: Text = ""
    settle: Text = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers, the best first and the unknown last."""

    code: str
    label: Text
    text: Text
    why: Text
    source: str  # key of a source of the catalogue
    passage: str  # where the domain notes say it
    need: Need  # what kind of support helps where the answer is not good
    find_out: Text  # what to do where the answer is not known
    choices: tuple[Answer, ...]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers that can be given."""
        return (*self.choices, Answer(UNKNOWN, Bearing.UNKNOWN, _("We do not know yet")))

    @property
    def best(self) -> Answer:
        """The answer that permits most."""
        return self.choices[0]

    @property
    def worst(self) -> Answer:
        """The answer that permits least."""
        return self.choices[-1]

    def answer(self, code: str) -> Answer:
        """The answer with the code; raises KeyError where there is none."""
        for answer in self.answers:
            if answer.code == code:
                return answer
        raise KeyError(code)
