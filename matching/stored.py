"""Matches that are kept: what was asked, what came out, and the same numbers once more."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from matching.engine.criteria import ENGINE_VERSION
from matching.engine.facts import DIMENSIONS
from matching.engine.result import Result
from matching.matchmaking import evaluate_question
from matching.models import Match, StoredSnapshot
from matching.questions import Question, read_question
from matching.requirements import weights_of
from matching.snapshot import Snapshot, of_version
from matching.snapshot.store import LAYOUT
from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a place stood. `rank` is None where it was excluded, or had too little data."""

    slug: str
    rank: int | None
    fit: float


class CannotRerun(Exception):
    """A kept match can't be computed again; the text says why."""


class EngineMovedOn(CannotRerun):
    """The match was made by another engine than today's."""


def keep(body: Mapping[str, Any], *, snapshot: Snapshot, owner: User | None = None) -> Match:
    """Answers `body`, that of POST /api/v1/matches/, and stores the numbers: words can be remade.

    `snapshot` is today's, as `matching.snapshot.current` gives it. Raises ValidationError for what
    `read_question` refuses; then nothing is stored.
    """
    question = replace(read_question(body, snapshot=snapshot), robustness=False)
    weights = weights_of(question, snapshot.facts).tolist()
    ranking = standings(evaluate_question(question, snapshot=snapshot), snapshot)
    return Match.objects.create(
        owner=owner,
        question=_canonical(body),
        weights=dict(zip(DIMENSIONS, weights, strict=True)),
        ranking=[[each.slug, each.rank, each.fit] for each in ranking],
        engine_version=ENGINE_VERSION,
        catalogue_version=snapshot.version,
        snapshot=StoredSnapshot.objects.only("pk").get(
            catalogue_version=snapshot.version, layout=LAYOUT
        ),
    )


def rerun(match: Match) -> tuple[Standing, ...]:
    """The ranking once more, from the arrays of the catalogue version that it was made on.

    The same engine gives the same numbers. Raises EngineMovedOn where today's is another one, and
    CannotRerun where the arrays were laid out for an earlier reader.
    """
    snapshot = snapshot_of(match)
    question = question_of(match, snapshot=snapshot)
    return standings(evaluate_question(question, snapshot=snapshot), snapshot)


def snapshot_of(match: Match) -> Snapshot:
    """The arrays that `match` was made with. Raises CannotRerun as `rerun` does."""
    if match.engine_version != ENGINE_VERSION:
        text = _("The match was made by engine %(then)s; today's is %(now)s.")
        raise EngineMovedOn(text % {"then": match.engine_version, "now": ENGINE_VERSION})
    snapshot = of_version(match.catalogue_version)
    if snapshot is None:
        text = _("The arrays of catalogue version %(version)s are no longer readable.")
        raise CannotRerun(text % {"version": match.catalogue_version})
    return snapshot


def question_of(match: Match, *, snapshot: Snapshot) -> Question:
    """What was asked, under the weights that were used then, without draws.

    Raises ValidationError where `snapshot` no longer knows something that was named.
    """
    question = read_question(match.question, snapshot=snapshot)
    return replace(question, weights=match.weights, robustness=False)


def stored_ranking(match: Match) -> tuple[Standing, ...]:
    """The ranking as it was stored."""
    return tuple(Standing(slug, rank, fit) for slug, rank, fit in match.ranking)


def standings(result: Result, snapshot: Snapshot) -> tuple[Standing, ...]:
    """Every place of a result: ranked, then with too little data, then excluded."""
    facts = snapshot.facts
    slugs = facts.park_slugs if result.level == "park" else facts.province_slugs
    order = (*result.order, *result.set_aside, *result.excluded)
    return tuple(
        Standing(slugs[place], int(result.rank[place]) or None, float(result.fit[place]))
        for place in order
    )


def as_bytes(ranking: Iterable[Standing]) -> bytes:
    """A ranking as canonical JSON: equal rankings have equal bytes."""
    rows = [[each.slug, each.rank, each.fit] for each in ranking]
    return json.dumps(rows, separators=(",", ":")).encode()


def _canonical(value: Any) -> Any:
    """JSON with sorted keys and without nulls: what is null is as good as not said."""
    if isinstance(value, Mapping):
        said = {name: each for name, each in value.items() if each is not None}
        return {name: _canonical(said[name]) for name in sorted(said)}
    return [_canonical(each) for each in value] if isinstance(value, list) else value
