"""One place read for one question: what every sentence is made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from localities.models import IndustrialPark
from matching.engine.facts import OFFERS, Floats
from matching.engine.requirements import Requirements
from matching.engine.result import Result
from matching.questions import Question
from matching.requirements import requirements_of
from matching.snapshot import Evidence, Name, Snapshot

_FALLBACK = ("ja", "en", "vi")


@dataclass(frozen=True, slots=True)
class Statement:
    """What is known on one point, in one sentence, and what stands behind it."""

    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Readings:
    """Reads the places of a result, each with the park that stands for it."""

    snapshot: Snapshot
    question: Question
    result: Result
    wants: Requirements

    @classmethod
    def of(cls, snapshot: Snapshot, question: Question, result: Result) -> "Readings":
        """The readings of `result`, the answer to `question` on `snapshot`."""
        return cls(snapshot, question, result, requirements_of(question, snapshot.facts))

    def at(self, place: int) -> "Reading":
        """One place of the result."""
        park = int(self.result.park[place])
        at_park_level = self.result.level == "park"
        province = int(self.snapshot.facts.park_province[place]) if at_park_level else place
        return Reading(
            self.snapshot, self.question, self.wants, province, park if park >= 0 else None
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A place (a province, with a park of it or without) and the question it is read for."""

    snapshot: Snapshot
    question: Question
    wants: Requirements  # the question in the engine's words
    province: int
    park: int | None

    def behind(self, fact: str, *index: int) -> Evidence:
        """The evidence of a fact."""
        return self.snapshot.behind(fact, *index)

    def sectors(self) -> list[int]:
        """The indices of the firm's sectors, the main one first."""
        profile = self.question.profile
        codes = self.snapshot.facts.sector_codes
        return [
            codes.index(code) for code in dict.fromkeys((profile.sector, *profile.other_sectors))
        ]

    def parent(self, sector: int) -> int:
        """The index of a sector's parent, -1 for none."""
        return int(self.snapshot.facts.sector_parent[sector])

    def sector_name(self, sector: int) -> str:
        """A sector's name."""
        return said(self.snapshot.sectors[self.snapshot.facts.sector_codes[sector]])

    @property
    def prefecture(self) -> int | None:
        """The index of the firm's prefecture."""
        code = self.question.profile.prefecture
        return int(code) - 1 if code else None


def language_of(name: Name) -> str:
    """The language that `said` says a name in: the reader's, else the first known."""
    wanted = (get_language() or "ja")[:2]
    return next((code for code in (wanted, *_FALLBACK) if getattr(name, code, None)), "en")


def said(name: Name | None) -> str:
    """A name in the reader's language, else in the first that it is known in."""
    return str(getattr(name, language_of(name)) or "") if name else ""


def in_own_language(name: Name | None) -> str:
    """Words in the reader's language only: a quotation in another one would not be read."""
    text = getattr(name, (get_language() or "ja")[:2], None) if name else None
    return str(text) if text else ""


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader writes it, with at most `decimals` places."""
    rounded = round(float(value), decimals)
    places = decimals if rounded % 1 else 0
    return str(number_format(rounded, places, use_l10n=True, force_grouping=True))


def span(ends: Sequence[float] | Floats, decimals: int = 0) -> str:
    """A range as the reader writes it: one number, two, 'at least' or 'up to'."""
    low, high = float(ends[0]), float(ends[1])
    if np.isnan(high):
        return _("at least %(number)s") % {"number": number(low, decimals)}
    if np.isnan(low):
        return _("up to %(number)s") % {"number": number(high, decimals)}
    if number(low, decimals) == number(high, decimals):
        return number(low, decimals)
    return _("%(low)s–%(high)s") % {"low": number(low, decimals), "high": number(high, decimals)}


def listed(items: Iterable[str], most: int = 4) -> str:
    """Words in a row, as the reader separates them; more than `most` are cut."""
    words = list(items)
    text = _(", ").join(words[:most])
    return _("%(list)s and others") % {"list": text} if len(words) > most else text


def offer_name(code: str) -> str:
    """What an offer of a park is called."""
    return str(IndustrialPark._meta.get_field(code).verbose_name)  # type: ignore[union-attr]


OFFER_INDEX = {code: index for index, code in enumerate(OFFERS)}
