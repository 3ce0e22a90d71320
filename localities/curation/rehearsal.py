"""What would happen if a changeset were applied now, with nothing written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from localities.curation.enacting import enact
from localities.curation.errors import Clash, Conflict, Refusal, Refused
from localities.models import Changeset

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What stands in the way of a changeset: nothing, clashes, or refusals."""

    clashes: Sequence[Clash] = ()
    refusals: Sequence[Refusal] = ()

    @property
    def passes(self) -> bool:
        """Whether it could be applied."""
        return not (self.clashes or self.refusals)


class _Undo(Exception):
    """Takes back what the rehearsal wrote."""


def rehearse(changeset: Changeset) -> Rehearsal:
    """What would stop `changeset` from being applied now."""
    try:
        as_if_applied(changeset, lambda: None)
    except Conflict as conflict:
        return Rehearsal(clashes=conflict.clashes)
    except Refused as refused:
        return Rehearsal(refusals=refused.refusals)
    return Rehearsal()


def as_if_applied(changeset: Changeset, look: Callable[[], T]) -> T:
    """What `look` returns of a catalogue in which `changeset` stands; then all is as before.

    Raises Conflict and Refused as `apply` does.
    """
    found: list[T] = []
    try:
        with transaction.atomic():
            enact(changeset, trial=True)
            found.append(look())
            raise _Undo
    except _Undo:
        return found[0]
