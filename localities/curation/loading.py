"""Fixtures into an empty catalogue, or beside one that lives."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from localities.curation.apply import apply, lock_catalogue
from localities.curation.fixtures import FixtureRecord
from localities.curation.propose import draft, propose
from localities.curation.values import canonical, stored
from localities.models import KINDS, Changeset, Edit


@dataclass(slots=True)
class Difference:
    """How the fixtures of one kind differ from the catalogue."""

    same: int = 0
    differing: dict[str, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        """Whether both hold the same records."""
        return not (self.differing or self.missing or self.extra)


@transaction.atomic
def load(records: Iterable[FixtureRecord]) -> Changeset | None:
    """Writes `records` as version 1, the system's changeset; None if there is a version already.

    Raises Refused with every reason; then nothing is written.
    """
    if lock_catalogue().version:
        return None
    order = list(KINDS)
    edits = [
        Edit(
            action=Edit.Action.CREATE,
            record_kind=record.kind,
            record=record.key,
            new=record.values,
        )
        for record in sorted(records, key=lambda record: order.index(record.kind))
    ]
    return apply(propose(draft("Initial load", edits)))


def compare(records: Iterable[FixtureRecord]) -> dict[str, Difference]:
    """Per kind, how `records` differ from the catalogue: field -> (fixture, catalogue)."""
    by_kind: dict[str, dict[str, FixtureRecord]] = {kind: {} for kind in KINDS}
    for record in records:
        by_kind[record.kind][record.key] = record
    return {kind: _difference(kind, own) for kind, own in by_kind.items()}


def _difference(kind: str, records: dict[str, FixtureRecord]) -> Difference:
    model, difference = KINDS[kind], Difference()
    current = {key: record.values for key, record in stored(model).items() if record.active}
    difference.extra = sorted(current.keys() - records.keys())
    for key, record in records.items():
        if key not in current:
            difference.missing.append(key)
            continue
        values = canonical(model, record.values)
        fields = {
            name: (value, current[key][name])
            for name, value in values.items()
            if current[key][name] != value
        }
        if fields:
            difference.differing[key] = fields
        else:
            difference.same += 1
    return difference
