"""How the catalogue is kept: coverage and freshness, who contributes, how fast proposals end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count

from localities.models import KINDS, Changeset, Citation, Edit, Province
from localities.queries.filled import Filled
from localities.queries.kept import kept
from localities.queries.staleness import Ledger
from portal.accounts.models import Organisation

DECISIONS_READ = 1000
State = Changeset.State


@dataclass(frozen=True, slots=True)
class Kept:
    """How well the facts of a place or a kind are kept."""

    label: Any  # a province, or what records of the kind are called
    facts: int
    bare: int
    stale: int
    known: int = 0  # of the fields that may be unknown
    fields: int = 0

    @property
    def filled(self) -> float | None:
        """The share of what could be stated that is known, 0 to 1; None where nothing could be."""
        return self.known / self.fields if self.fields else None

    @property
    def sourced(self) -> float | None:
        """The share of facts with a source, 0 to 1."""
        return (self.facts - self.bare) / self.facts if self.facts else None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an organisation's people brought into the catalogue."""

    organisation: Organisation
    applied: int
    edits: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """How long the last proposals waited for their decision."""

    count: int
    hours: float | None  # the median


def by_province(ledger: Ledger, filled: Filled) -> list[Kept]:
    """Each province; what is about none stands last, under None."""
    facts: Counter[str | None] = Counter()
    for (_kind, province, _park), count in ledger.facts.items():
        facts[province] += count
    bare = Counter(one.province for one in ledger.bare)
    stale = Counter(one.province for one in ledger.stale)
    provinces: Sequence[Province | None] = [*Province.objects.filter(is_active=True), None]
    return [
        Kept(one, facts[key], bare[key], stale[key], *_sum(filled, province=key))
        for one in provinces
        for key in [one.key if one else None]
    ]


def by_kind(ledger: Ledger, filled: Filled) -> list[Kept]:
    """Each kind of record that states facts."""
    facts: Counter[str] = Counter()
    for (kind, _province, _park), count in ledger.facts.items():
        facts[kind] += count
    bare = Counter(one.kind for one in ledger.bare)
    stale = Counter(one.kind for one in ledger.stale)
    return [
        Kept(
            str(KINDS[kind]._meta.verbose_name_plural),
            facts[kind],
            bare[kind],
            stale[kind],
            *_sum(filled, kind=kind),
        )
        for kind in facts
    ]


def _sum(filled: Filled, **only: str | None) -> tuple[int, int]:
    """Known and all fields of a kind, or of a province."""
    at, [wanted] = ("province" in only), only.values()
    own = [counts for key, counts in filled.items() if key[at] == wanted]
    return sum(known for known, _all in own), sum(every for _known, every in own)


def contributions() -> list[Contribution]:
    """By organisation, what was applied; the most edits first."""
    changesets, edits = kept("contributions", _contributed)
    found = Organisation.objects.in_bulk(list(changesets))
    rows = [Contribution(one, changesets[key], edits.get(key, 0)) for key, one in found.items()]
    return sorted(rows, key=lambda row: (-row.edits, row.organisation.key))


def _contributed() -> tuple[dict[str, int], dict[str, int]]:
    """By organisation, how many changesets of it were applied, and how many edits."""
    applied = Changeset.objects.filter(state=State.APPLIED, organisation__isnull=False).order_by()
    changesets = dict(
        applied.values("organisation").annotate(n=Count("pk")).values_list("organisation", "n")
    )
    edits = dict(
        Edit.objects.filter(changeset__state=State.APPLIED, changeset__organisation__isnull=False)
        .exclude(record_kind=Citation.kind)
        .order_by()
        .values("changeset__organisation")
        .annotate(n=Count("pk"))
        .values_list("changeset__organisation", "n")
    )
    return changesets, edits


def decisions() -> Decisions:
    """The median time from proposal to decision, of the last `DECISIONS_READ` decisions."""
    decided = Changeset.objects.filter(
        proposed_at__isnull=False, decided_at__isnull=False, reviewer__isnull=False
    )
    rows = decided.order_by("-pk").values_list("proposed_at", "decided_at")[:DECISIONS_READ]
    waits = [(done - begun).total_seconds() / 3600 for begun, done in rows if done and begun]
    return Decisions(len(waits), median(waits) if waits else None)
