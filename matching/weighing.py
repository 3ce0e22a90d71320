"""What the curators' work weighs: in how many matches a stale fact stands, a blank could tell.

It looks at the reference profiles and at the newest matches that companies stored (see
`matching.impact`), under today's catalogue. It takes a match's time for each, so it is done in the
background, once a version and a night. Companies are told as counts in steps of FEWEST.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import translation

from localities.curation.values import Stored, stored
from localities.models import IndustrialPark, Observation, Province, Weighing
from localities.queries import staleness, weights
from matching import snapshot as snapshots
from matching.engine.criteria import CRITERIA
from matching.engine.requirements import MUST_HAVES
from matching.engine.result import Result
from matching.impact import Asker, askers, count_of
from matching.matchmaking import evaluate_question
from matching.sentences.must_haves import label as must_have_label
from matching.snapshot import Snapshot
from matching.traces import Trace, traces_of, traces_of_any, traces_of_condition

# Kinds of which a place that lacks one is unknown: a blank there is a record to add.
ADDED = (
    "investment-priority",
    "strength",
    "agreement",
    "support-organisation",
    "talent-institution",
    "commitment",
    "observation",
    "cost-benchmark",
)
LANGUAGES = ("ja", "en", "vi")
MOST = 1000  # matches looked at: some forty seconds
Blank = tuple[str, str, str]  # kind and key of the place, code


@dataclass
class _Seen:
    """Who meets what: facts by kind, key and field, blanks by place and code."""

    facts: defaultdict[weights.Fact, list[Asker]] = field(default_factory=lambda: defaultdict(list))
    blanks: defaultdict[Blank, list[Asker]] = field(default_factory=lambda: defaultdict(list))


def weigh() -> Weighing:
    """Weighs today's stale facts and blanks, and keeps it in place of earlier weighings."""
    snapshot = snapshots.current()
    content = weighed(snapshot)
    row, _made = Weighing.objects.update_or_create(
        catalogue_version=snapshot.version, defaults={"content": content}
    )
    Weighing.objects.exclude(pk=row.pk).filter(catalogue_version__lt=snapshot.version).delete()
    return row


def weighed(snapshot: Snapshot) -> dict[str, list[list[Any]]]:
    """The content of a `Weighing`."""
    stale = _Stale.of(staleness.ledger(snapshot.version).stale)
    seen = _Seen()
    for asker in _asking(snapshot):
        result = evaluate_question(replace(asker.question, robustness=False), snapshot=snapshot)
        _look(asker, result, snapshot, stale, seen)
    parks = stored(IndustrialPark)

    def park_of(kind: str, key: str) -> Stored | None:
        return parks.get(key) if kind == IndustrialPark.kind else None

    codes = {code: _Code.of(code) for _kind, _key, code in seen.blanks}
    return {
        "facts": [[*fact, *_told(who)] for fact, who in sorted(seen.facts.items())],
        "blanks": [
            [kind, key, codes[code].labels, *codes[code].where(park_of(kind, key)), *_told(who)]
            for (kind, key, code), who in sorted(seen.blanks.items())
        ],
    }


def _asking(snapshot: Snapshot) -> list[Asker]:
    """The reference profiles, then companies: the same question of the same company once."""
    found = askers(snapshot)
    references = [one for one in found if one.group == "reference"]
    asked = {(one.who, repr(one.question)): one for one in found if one.group == "stored"}
    return [*references, *asked.values()][:MOST]


def _told(who: Sequence[Asker]) -> tuple[int | None, int]:
    count = count_of(who)
    return count.stored, count.reference


@dataclass(frozen=True)
class _Stale:
    """Stale facts by what reads them."""

    by_field: dict[tuple[str, str], list[staleness.Stale]]  # kind and field ("": any field)
    by_indicator: dict[str, list[staleness.Stale]]

    @classmethod
    def of(cls, facts: Iterable[staleness.Stale]) -> _Stale:
        fields: defaultdict[tuple[str, str], list[staleness.Stale]] = defaultdict(list)
        indicators: defaultdict[str, list[staleness.Stale]] = defaultdict(list)
        measured = dict(Observation.objects.values_list("key", "indicator"))
        for fact in facts:
            if fact.kind == Observation.kind:
                indicators[measured[fact.key]].append(fact)
            else:
                fields[fact.kind, fact.field].append(fact)
        return cls(dict(fields), dict(indicators))

    def read_by(self, trace: Trace) -> Iterator[staleness.Stale]:
        """The stale facts among what `trace` leads to, wherever they are."""
        if trace.kind == Observation.kind:
            for indicator in dict(trace.only).get("indicator", ()):
                yield from self.by_indicator.get(indicator, ())
            return
        for name in ("", *trace.fields):
            yield from self.by_field.get((trace.kind, name), ())


def _look(asker: Asker, result: Result, snapshot: Snapshot, stale: _Stale, seen: _Seen) -> None:
    parks, provinces = _first_places(result, snapshot)
    met: set[weights.Fact] = set()
    for trace in _traces(asker, result, snapshot):
        for fact in stale.read_by(trace):
            at_park = fact.kind == IndustrialPark.kind
            if fact.key in parks if at_park else fact.province in provinces:
                met.add((fact.kind, fact.key, fact.field))
    for one in met:
        seen.facts[one].append(asker)
    for blank in {_blank(result, question, snapshot) for question in result.questions}:
        seen.blanks[blank].append(asker)


def _first_places(result: Result, snapshot: Snapshot) -> tuple[set[str], set[str]]:
    """The parks and the provinces whose facts the first places of a match stand on."""
    first = [int(place) for place in result.order[: weights.WEIGHED]]
    at = [int(result.park[place]) for place in first]
    parks = {snapshot.parks[park].slug for park in at if park >= 0}
    if result.level == "province":
        return parks, {snapshot.provinces[place].slug for place in first}
    own = snapshot.facts.park_province[first]
    return parks, {snapshot.provinces[province].slug for province in own}


def _traces(asker: Asker, result: Result, snapshot: Snapshot) -> Iterator[Trace]:
    """What the match read: of the criteria that had a weight, and of the must-haves asked."""
    for index, criterion in enumerate(CRITERIA):
        if result.weights[index] > 0:
            yield from traces_of(criterion, asker.question.profile, snapshot.facts)
    for condition in result.must_haves:
        yield from traces_of_condition(MUST_HAVES[condition])


def _blank(result: Result, question: Any, snapshot: Snapshot) -> Blank:
    """The place and the code of a question that the engine would ask."""
    at_park = True
    code = MUST_HAVES[question.must_have]
    if question.criterion >= 0:
        criterion = CRITERIA[question.criterion]
        code, at_park = criterion.code, criterion.level == "park"
    elif code in ("expressway", "macro", "province"):
        at_park = False
    park = int(result.park[question.place])
    if at_park and park >= 0:
        return IndustrialPark.kind, snapshot.parks[park].slug, code
    if result.level == "park":
        return Province.kind, snapshot.provinces[snapshot.facts.park_province[park]].slug, code
    return Province.kind, snapshot.provinces[question.place].slug, code


@dataclass(frozen=True)
class _Code:
    """A criterion or a must-have by its code: what it is called, what it reads."""

    labels: dict[str, str]
    traces: list[Trace]

    @classmethod
    def of(cls, code: str) -> _Code:
        criterion = next((one for one in CRITERIA if one.code == code), None)
        if criterion is not None:
            return cls(
                dict(zip(LANGUAGES, criterion.label, strict=True)),
                traces_of_any(criterion),
            )
        labels = {}
        for language in LANGUAGES:
            with translation.override(language):
                labels[language] = str(must_have_label(code))
        return cls(labels, traces_of_condition(code))

    def where(self, park: Stored | None) -> tuple[str, list[str]]:
        """What a curator fills in: unknown fields of the park, or else a new record of a kind."""
        if park is None:
            return next((trace.kind for trace in self.traces if trace.kind in ADDED), ""), []
        own = [trace.fields for trace in self.traces if trace.kind == IndustrialPark.kind]
        names = frozenset[str]().union(*own)
        values = park.values.items()
        return "", [name for name, value in values if name in names and value in (None, [])]
