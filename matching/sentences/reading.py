"""One place read for one question: what every sentence is made from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from localities.models import IndustrialPark
from localities.naming import Wording, reader_language, worded
from matching.engine.facts import OFFERS, Floats
from matching.engine.requirements import Requirements
from matching.engine.result import Result
from matching.questions import Question
from matching.requirements import requirements_of
from matching.snapshot import Evidence, Name, Snapshot

_JOINED = re.compile(r",| and | và ")
_FULL_STOP = re.compile(r"(?<=[^.])[.。]\Z")


@dataclass(frozen=True, slots=True)
class Statement:
    """What is known on one point, in one sentence, and what stands behind it."""

    text: str
    evidence: Evidence
    plainly_bad: bool = False  # as a caution it says by itself what is wrong


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
    # What was said already: a fact may be a criterion's, a reason and a must-have's at once.
    stated: dict[str, Statement | None] = field(default_factory=dict, compare=False)

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


def _worded(name: Name | None) -> Wording | None:
    return worded(lambda code: getattr(name, code, None))


def language_of(name: Name) -> str:
    """The language that `said` says a name in: the reader's, else the first known."""
    found = _worded(name)
    return found.lang if found else reader_language()


def said(name: Name | None) -> str:
    """A name in the reader's language, else in the first that it is known in."""
    found = _worded(name)
    return found.text if found else ""


def in_own_language(name: Name | None) -> str:
    """Words in the reader's language only, as they stand in a sentence: without a full stop.

    A quotation in another language would not be read.
    """
    text = getattr(name, reader_language(), None) if name else None
    return _FULL_STOP.sub("", str(text)) if text else ""


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader writes it, with at most `decimals` places."""
    rounded = round(float(value), decimals)
    return _written(rounded, decimals if rounded % 1 else 0)


def _written(value: float, places: int) -> str:
    return _written_in(reader_language(), value, places)


@lru_cache(maxsize=10_000)
def _written_in(language: str, value: float, places: int) -> str:
    """The language is the one spoken at present: it only tells the answers apart."""
    return str(number_format(round(value, places), places, use_l10n=True, force_grouping=True))


def span(ends: Sequence[float] | Floats, decimals: int = 0) -> str:
    """A range as the reader writes it: one number, two, 'at least' or 'up to'.

    Both ends of a range have as many places: 6.36–7.00.
    """
    low, high = (round(float(end), decimals) for end in ends)
    places = decimals if any(end % 1 for end in (low, high) if not np.isnan(end)) else 0
    first, last = _written(low, places), _written(high, places)
    if np.isnan(high):
        return _("at least %(number)s") % {"number": first}
    if np.isnan(low):
        return _("up to %(number)s") % {"number": last}
    if low == high:
        return first
    return _("%(low)s–%(high)s") % {"low": first, "high": last}


def millions(ends: Sequence[float] | Floats, decimals: int = 0) -> str:
    """A large amount, or a range of them, in the reader's words for large numbers.

    Millions with `decimals` places; Japanese counts by ten thousands and hundred millions.
    """
    amounts = np.asarray(ends, dtype=float)
    if reader_language() != "ja":
        return _("%(number)s million") % {"number": span(amounts / 1_000_000, decimals)}
    if np.nanmax(amounts) < 100_000_000:
        return f"{span(amounts / 10_000, max(decimals - 2, 0))}万"
    places = 2 if np.nanmax(amounts) < 10_000_000_000 else 1
    return f"{span(amounts / 100_000_000, places)}億"


def listed(items: Iterable[str], most: int = 4) -> str:
    """Words in a row, as the reader separates them; of more than `most`, how many are left out.

    Names that hold a comma or an 'and' ('Logistics, ports and aviation') stand between semicolons.
    """
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    between = _("; ") if any(map(_JOINED.search, words)) else _(", ")
    text, left = between.join(words[:most]), len(words) - most
    if left <= 0:
        return text
    more = ngettext("%(list)s and %(count)s more", "%(list)s and %(count)s more", left)
    return more % {"list": text, "count": left}


def sizes(areas_m2: Iterable[float]) -> str:
    """Areas in a row: not between commas, which also group digits."""
    return " / ".join(map(number, areas_m2))


def offer_name(code: str) -> str:
    """What an offer of a park is called."""
    return str(IndustrialPark._meta.get_field(code).verbose_name)  # type: ignore[union-attr]


OFFER_INDEX = {code: index for index, code in enumerate(OFFERS)}
