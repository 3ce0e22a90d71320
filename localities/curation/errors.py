"""Why a changeset could not be applied."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that is no longer what the edit took it for; an empty `field` is the whole record.

    `twin` is the key of the record that the catalogue has in the place of a new one, or of one that
    becomes the same.
    """

    kind: str
    record: str
    field: str
    base: Any
    current: Any
    proposed: Any
    twin: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.kind, self.record, self.field) if part)
        return f"{place}: was {self.base!r}, is {self.current!r}, proposed {self.proposed!r}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that the catalogue can't hold; an empty `field` is the whole record.

    `twin` is the key of the record that the catalogue has already.
    """

    kind: str
    record: str
    field: str
    message: str
    twin: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.kind, self.record, self.field) if part)
        return f"{place}: {self.message}"


class Conflict(Exception):
    """The catalogue has moved on under the changeset; nothing was written."""

    def __init__(self, clashes: Iterable[Clash]) -> None:
        self.clashes = list(clashes)
        super().__init__("\n".join(map(str, self.clashes)))


class Unseen(Conflict):
    """What the catalogue says has moved again since the author looked at the conflict."""


class Refused(Exception):
    """The changeset holds values that the catalogue can't; nothing was written."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__("\n".join(map(str, self.refusals)))


class WrongState(Exception):
    """The changeset's state, or its author, does not allow the step."""
