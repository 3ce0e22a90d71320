"""What applying a changeset would do to matches: must-haves that change, places that move.

It looks at three groups of profiles: those that companies stored, the reference profiles of
`fixtures/profiles`, and the cases of the back-test. Of companies it tells counts alone, in
steps of FEWEST: what is masked here never leaves this module.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields

import numpy as np
from django.conf import settings
from django.core.cache import caches
from rest_framework.exceptions import ValidationError

from localities.curation.rehearsal import as_if_applied
from localities.models import Changeset
from localities.queries import catalogue
from matching import snapshot as snapshots
from matching.backtest.cases import known_cases
from matching.carried import read_carried
from matching.engine import must_haves
from matching.engine.batch import match_many
from matching.engine.facts import OFFERS, Facts
from matching.engine.prepared import prepare
from matching.engine.requirements import MUST_HAVES, Requirements
from matching.models import Match, StoredProfile
from matching.questions import Question, read_question
from matching.requirements import requirements_of, weights_of
from matching.snapshot import Snapshot
from matching.snapshot.contents import Name
from matching.snapshot.reader import read
from matching.stored import question_of

PROFILES = settings.BASE_DIR / "fixtures" / "profiles"
FEWEST = 5  # companies, below which nothing is said of how many they are
MOST_STORED = 5000  # the newest profiles of companies, and as many matches without one
FIRST = 3
KEPT_S = 24 * 3600
_TRIES = 3
_ALIKE = (*OFFERS, "expressway", "operating")  # must-haves that a park fulfils for all alike


@dataclass(frozen=True, slots=True)
class Count:
    """How many profiles of each group; companies in steps of FEWEST, None: fewer."""

    stored: int | None
    reference: int
    cases: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """A must-have that a park would fulfil otherwise, and how many name it as one."""

    code: str
    slug: str
    name: Name
    before: int  # as in `matching.engine.must_haves`: met, unknown or failed
    after: int
    count: Count


@dataclass(frozen=True, slots=True)
class Move:
    """A place that would come among the first three, or leave them."""

    level: str
    slug: str
    name: Name
    enters: bool
    count: Count


@dataclass(frozen=True, slots=True)
class Impact:
    """What a changeset does, of all profiles looked at."""

    version: int  # of the catalogue that it was compared with
    states: tuple[StateChange, ...]
    moves: tuple[Move, ...]
    looked_at: Count
    moved: Count  # profiles whose first three change

    @property
    def nothing(self) -> bool:
        """Whether it changes nothing that was looked at."""
        return not self.states and not self.moves


@dataclass(frozen=True, slots=True)
class Asker:
    """A question, and who asks it: the same company may ask several."""

    group: str  # a name of a field of Count
    who: str
    question: Question


def impact(changeset: Changeset) -> Impact:
    """What applying `changeset` now would change. Kept for its revision and the version.

    Raises Conflict and Refused where it can't be applied.
    """
    version = catalogue.version()
    key = f"impact:{settings.RELEASE}:{version}:{changeset.pk}:{changeset.revision}"
    known = caches["kept"].get(key)
    if isinstance(known, Impact):
        return known
    before, after = before_and_after(changeset)
    found = compare(before, after, askers(before))
    if before.version == version:
        caches["kept"].set(key, found, KEPT_S)
    return found


def before_and_after(changeset: Changeset) -> tuple[Snapshot, Snapshot]:
    """The catalogue as it is, and as it would be with `changeset`; both of one version.

    Only the reading stands inside of the rehearsal's transaction; all reckoning comes after it.
    """
    for _try in range(_TRIES):
        before = snapshots.current()
        after = as_if_applied(changeset, read)
        if after.version == before.version == catalogue.version():
            break
    return before, after


def askers(snapshot: Snapshot) -> list[Asker]:
    """Everybody whose matches are looked at."""
    found = [Asker("stored", owner, question) for owner, question in _stored(snapshot)]
    found += [Asker("reference", name, question) for name, question in _reference(snapshot)]
    found += [Asker("cases", case.key, case.question) for case in known_cases(snapshot)]
    return found


def _reference(snapshot: Snapshot) -> Iterable[tuple[str, Question]]:
    """The reference profiles, as far as the catalogue knows what they name."""
    for path in sorted(PROFILES.glob("*.json")):
        with suppress(ValidationError):
            yield path.stem, read_question(json.loads(path.read_text("utf-8")), snapshot=snapshot)


def _stored(snapshot: Snapshot) -> Iterable[tuple[str, Question]]:
    """What companies keep, as far as the catalogue knows what they name.

    That is their profiles as they are now, and what they asked and kept without a profile.
    """
    for profile in StoredProfile.objects.order_by("-updated_at", "pk")[:MOST_STORED]:
        if question := read_carried(profile.query, snapshot).question:
            yield str(profile.owner_id), question
    matches = Match.objects.filter(owner__isnull=False, profile=None).order_by("-created_at", "pk")
    for match in matches.defer("ranking", "snapshot")[:MOST_STORED]:
        with suppress(ValidationError):
            yield str(match.owner_id), question_of(match, snapshot=snapshot)


def compare(before: Snapshot, after: Snapshot, asking: Sequence[Asker]) -> Impact:
    """What differs between the two for those who ask."""
    asking = [one for one in asking if _known(one.question, after)]
    questions = [one.question for one in asking]
    then, now = rows_of(before.facts, questions), rows_of(after.facts, questions)
    first = _first_three(before, then, asking), _first_three(after, now, asking)
    moves = tuple(_moves(before, after, first, asking))
    moved = [one for one, old, new in zip(asking, *first, strict=True) if set(old) != set(new)]
    return Impact(
        version=before.version,
        states=tuple(_states(before, after, (then, now), asking)),
        moves=moves,
        looked_at=count_of(asking),
        moved=count_of(moved),
    )


def _known(question: Question, snapshot: Snapshot) -> bool:
    """Whether `snapshot` has the sector that is asked for; it may be taken out of the catalogue."""
    return question.profile.sector in snapshot.facts.sector_codes


def rows_of(facts: Facts, questions: Sequence[Question]) -> Requirements:
    """The questions as arrays, one row each."""
    rows = [requirements_of(question, facts) for question in questions]
    names = [field.name for field in fields(Requirements)]
    return Requirements(
        **{name: np.concatenate([getattr(row, name) for row in rows]) for name in names}
    )


def _first_three(
    snapshot: Snapshot, req: Requirements, asking: Sequence[Asker]
) -> list[tuple[str, ...]]:
    """The slugs of the first three places of every profile."""
    found: list[tuple[str, ...]] = [()] * len(asking)
    for level in ("province", "park"):
        own = [at for at, one in enumerate(asking) if _level(one) == level]
        if not own:
            continue
        places = snapshot.parks if level == "park" else snapshot.provinces
        weights = np.stack([weights_of(asking[at].question, snapshot.facts) for at in own])
        best = match_many(
            snapshot.facts,
            req.take(np.array(own)),
            weights,
            level="park" if level == "park" else "province",
            top=FIRST,
        )
        for at, row in zip(own, best.place, strict=True):
            found[at] = tuple(places[place].slug for place in row if place >= 0)
    return found


def _level(one: Asker) -> str:
    return "park" if one.question.level == "park" else "province"


def _moves(
    before: Snapshot,
    after: Snapshot,
    first: tuple[list[tuple[str, ...]], list[tuple[str, ...]]],
    asking: Sequence[Asker],
) -> Iterable[Move]:
    """The places that enter or leave; not those that fewer than FEWEST companies alone see."""
    found: defaultdict[tuple[str, str, bool], list[Asker]] = defaultdict(list)
    for one, old, new in zip(asking, *first, strict=True):
        for slug in set(old) ^ set(new):
            found[_level(one), slug, slug in new].append(one)
    names = {
        (level, place.slug): place.name
        for snapshot in (before, after)
        for level, places in (("province", snapshot.provinces), ("park", snapshot.parks))
        for place in places
    }
    told = [
        Move(level, slug, names[level, slug], enters, count_of(own))
        for (level, slug, enters), own in found.items()
    ]
    shown = [move for move in told if _tellable(move.count)]
    return sorted(shown, key=lambda move: (-_weight(move.count), move.slug, move.enters))


def _states(
    before: Snapshot,
    after: Snapshot,
    rows: tuple[Requirements, Requirements],
    asking: Sequence[Asker],
) -> Iterable[StateChange]:
    """The must-haves whose state at a park changes.

    What a park offers or not changes for everybody, so it is told whoever names it. What depends
    on the number that is asked for is told where it changes for enough.
    """
    prepared = prepare(before.facts), prepare(after.facts)
    new_at = {park.slug: at for at, park in enumerate(after.parks)}
    pairs = [(at, new_at[park.slug]) for at, park in enumerate(before.parks) if park.slug in new_at]
    olds, news = np.array(pairs).T
    found: list[StateChange] = []
    for column, code in enumerate(MUST_HAVES):
        old = must_haves.state(prepared[0], rows[0], code)[:, olds]
        new = must_haves.state(prepared[1], rows[1], code)[:, news]
        asked = must_haves.asked(rows[0])[:, column]
        differs: defaultdict[tuple[int, int, int], list[Asker]] = defaultdict(list)
        for profile, park in zip(*np.nonzero(old != new), strict=True):
            key = int(park), int(old[profile, park]), int(new[profile, park])
            differs[key].extend([asking[profile]] if asked[profile] else [])
        for (park, was, becomes), own in differs.items():
            count = count_of(own)
            if code not in _ALIKE and not _tellable(count):
                continue
            place = before.parks[olds[park]]
            found.append(StateChange(code, place.slug, place.name, was, becomes, count))
    return sorted(found, key=lambda each: (-_weight(each.count), each.slug, each.code))


def count_of(asking: Iterable[Asker]) -> Count:
    """How many different ones of each group."""
    who = {(one.group, one.who) for one in asking}
    groups = Counter(group for group, _who in who)
    return Count(step(groups["stored"]) or None, groups["reference"], groups["cases"])


def step(count: int) -> int:
    """The last step of FEWEST up to `count`: how many companies are told of."""
    return count // FEWEST * FEWEST


def _tellable(count: Count) -> bool:
    return count.stored is not None or count.reference > 0 or count.cases > 0


def _weight(count: Count) -> int:
    return 1000 * (count.stored or 0) + count.reference + count.cases
