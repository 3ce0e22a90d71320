"""How much stale facts and blanks weigh in matches, as the background work last reckoned it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from localities.models import IndustrialPark, Weighing

WEIGHING = "catalogue.weighing"  # the kind of the jobs that reckon it
WEIGHED = 10  # places of a match, in which a fact weighs
Fact = tuple[str, str, str]  # kind, key and field of a stale fact


@dataclass(frozen=True, slots=True)
class Weight:
    """In how many matches; of companies in steps of five, None: fewer, which is not told."""

    companies: int | None = None
    references: int = 0

    @property
    def order(self) -> tuple[int, int]:
        """The heaviest first; what is not told orders nothing."""
        return -(self.companies or 0), -self.references


NOTHING = Weight()


@dataclass(frozen=True, slots=True)
class Blank:
    """Something unknown of a place that could change the first three of a match."""

    kind: str
    key: str
    labels: Mapping[str, str]  # what is unknown, by language
    adds: str  # the kind of the record that is missing, where one is
    fields: tuple[str, ...]  # of the record, where the blank is one of its fields
    weight: Weight

    @property
    def province(self) -> str | None:
        """The key of the province, where the place is one."""
        return None if self.kind == IndustrialPark.kind else self.key

    @property
    def park(self) -> str | None:
        """The key of the park, where the place is one."""
        return self.key if self.kind == IndustrialPark.kind else None


@dataclass(frozen=True, slots=True)
class Weights:
    """The last weighing."""

    version: int | None
    made_at: datetime | None
    facts: Mapping[Fact, Weight]
    blanks: Sequence[Blank]  # the heaviest first


NONE = Weights(None, None, {}, ())


def latest() -> Weights:
    """The last weighing, of today's catalogue or of an earlier one; an empty one before the first.

    One query.
    """
    row = Weighing.objects.first()
    if row is None:
        return NONE
    facts = {
        (kind, key, field): Weight(companies, references)
        for kind, key, field, companies, references in row.content["facts"]
    }
    blanks = [
        Blank(kind, key, labels, adds, tuple(fields), Weight(companies, references))
        for kind, key, labels, adds, fields, companies, references in row.content["blanks"]
    ]
    blanks.sort(key=lambda one: (one.weight.order, one.kind, one.key, one.labels["en"]))
    return Weights(row.catalogue_version, row.made_at, facts, blanks)
