"""One kill after the other, at random points of apply; the catalogue is held to whole versions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.models import Catalogue, Changeset, Edit, IndustrialPark
from tests.kill.nursery import Nursery, nursery

PARKS = 60  # records that every changeset changes: an apply lasts long enough to be hit in it
SEED = 4711


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be seen of the catalogue: the version, and the values found in all parks."""

    version: int
    values: frozenset[int | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a killed process left behind: all of its work, or not all."""

    done: bool


def kills_of_apply(points: int, seed: int = SEED) -> Iterator[Outcome]:
    """Kills `points` processes, each while it applies; raises AssertionError for a torn catalogue.

    An unhindered process is timed first: the points lie between nothing and all of its work.
    """
    chance = random.Random(seed)  # points in time, no secrets
    with nursery() as children:
        whole = _timed(children)
        for _point in range(points):
            yield _kill(children, chance.uniform(0, 1.1 * whole))


def apply_changeset(key: str) -> None:
    """What the victims do."""
    apply(Changeset.objects.get(pk=key))


def _timed(children: Nursery) -> float:
    changeset = _proposed()
    life = children.work(apply_changeset, str(changeset.pk))
    assert life.finished
    return life.seconds


def _kill(children: Nursery, after_s: float) -> Outcome:
    changeset = _proposed()
    before = standing()
    new = frozenset({changeset.edits.values_list("new", flat=True)[0]})
    life = children.work(apply_changeset, str(changeset.pk), after_s)
    changeset.refresh_from_db()
    applied = changeset.state == Changeset.State.APPLIED
    assert applied or not life.finished
    assert standing() == (Standing(before.version + 1, new) if applied else before)
    assert changeset.version == (before.version + 1 if applied else None)
    check_versions()
    return Outcome(applied)


def _proposed() -> Changeset:
    """A changeset that gives every park a number of its own."""
    new = next_value()
    edits = [
        Edit(
            action="update",
            record_kind="industrial-park",
            record=key,
            field="tenants_count",
            old=old,
            new=new,
        )
        for key, old in parks()
    ]
    return propose(draft("A trial", edits))


def parks() -> list[tuple[str, int | None]]:
    """The parks that are changed, each with its value."""
    rows = IndustrialPark.objects.order_by("key")
    return list(rows.values_list("key", "tenants_count")[:PARKS])


def next_value() -> int:
    """A value that no park has had."""
    return 1000 + Changeset.objects.count()


def standing() -> Standing:
    """What can be seen of the catalogue now."""
    values = frozenset(value for _key, value in parks())
    return Standing(Catalogue.objects.get().version, values)


def check_versions() -> None:
    """Raises AssertionError unless the changesets' versions are 1, 2, 3 ... the catalogue's."""
    versions = Changeset.objects.filter(version__isnull=False).order_by("version")
    assert list(versions.values_list("version", flat=True)) == list(
        range(1, Catalogue.objects.get().version + 1)
    )
