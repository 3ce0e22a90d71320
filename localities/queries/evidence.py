"""Records beside the sources that back them, as pages show them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from localities.models import CatalogueRecord, Citation
from localities.queries.citations import backing, citations_of

Record = TypeVar("Record", bound=CatalogueRecord)


@dataclass(frozen=True, slots=True)
class Cited(Generic[Record]):
    """A record and its citations, the one that backs it first."""

    record: Record
    citations: Sequence[Citation]


class Evidence:
    """The citations of all records of a page, read at once."""

    def __init__(self, *groups: Iterable[CatalogueRecord]) -> None:
        self._found = citations_of(record for group in groups for record in group)

    def of(self, record: CatalogueRecord) -> list[Citation]:
        """The citations of `record`."""
        return self._found.get((record.kind, record.key), [])

    def field(self, record: CatalogueRecord, field: str) -> Citation | None:
        """The citation that certainly backs one field of `record`; None where several could."""
        return backing(self.of(record), field)

    def beside(self, records: Iterable[Record]) -> list[Cited[Record]]:
        """Each record with its citations."""
        return [Cited(record, self.of(record)) for record in records]


def grouped(records: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    """`records` by `key`, both in the order in which they come."""
    groups: dict[Any, list[Any]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return groups
