"""What a snapshot holds, and how it becomes bytes and back."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.facts import Facts


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a sentence in the languages it is known in."""

    ja: str | None = None
    en: str | None = None
    vi: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A province or a park as an answer names it."""

    slug: str
    name: Name
    macro: str
    code: str | None = None  # of a province
    province: str | None = None  # of a park


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as an answer cites it."""

    key: str
    title: str
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind one fact: the record's own words, its date and its source."""

    source: str | None = None
    as_of: str | None = None
    words: Name | None = None


# By the name of the fact in `Facts`, then by the index of the place (and of the column).
EvidenceTable = Mapping[str, Mapping[tuple[int, ...], Evidence]]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One catalogue version: the engine's arrays, and what an answer says about them."""

    version: int
    facts: Facts
    provinces: tuple[Place, ...]
    parks: tuple[Place, ...]
    sectors: Mapping[str, Name]
    sources: Mapping[str, SourceRef]
    evidence: EvidenceTable

    def behind(self, fact: str, *index: int) -> Evidence:
        """The evidence of a fact; an empty one where none is on record."""
        return self.evidence.get(fact, {}).get(index, Evidence())

    def source(self, evidence: Evidence) -> SourceRef | None:
        """The source of `evidence`."""
        return self.sources.get(evidence.source) if evidence.source else None


def to_bytes(snapshot: Snapshot) -> bytes:
    """The snapshot as a NumPy archive without pickles; words and names in it as JSON."""
    arrays: dict[str, NDArray[Any]] = {}
    lists: dict[str, Any] = {}
    for field in fields(Facts):
        value = getattr(snapshot.facts, field.name)
        if isinstance(value, np.ndarray):
            arrays[field.name] = value
        else:
            lists[field.name] = value
    words = {
        "version": snapshot.version,
        "facts": lists,
        "provinces": [asdict(place) for place in snapshot.provinces],
        "parks": [asdict(place) for place in snapshot.parks],
        "sectors": {code: asdict(name) for code, name in snapshot.sectors.items()},
        "sources": [asdict(source) for source in snapshot.sources.values()],
        "evidence": {
            fact: [[list(index), asdict(evidence)] for index, evidence in table.items()]
            for fact, table in snapshot.evidence.items()
        },
    }
    arrays["words"] = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def from_bytes(content: bytes) -> Snapshot:
    """The snapshot that `to_bytes` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    words = json.loads(arrays.pop("words").tobytes())
    lists: dict[str, Any] = {name: tuple(value) for name, value in words["facts"].items()}
    return Snapshot(
        version=words["version"],
        facts=Facts(**{**lists, **arrays}),
        provinces=tuple(_place(place) for place in words["provinces"]),
        parks=tuple(_place(place) for place in words["parks"]),
        sectors={code: Name(**name) for code, name in words["sectors"].items()},
        sources={source["key"]: SourceRef(**source) for source in words["sources"]},
        evidence={
            fact: {tuple(index): _evidence(evidence) for index, evidence in table}
            for fact, table in words["evidence"].items()
        },
    )


def _place(place: dict[str, Any]) -> Place:
    return Place(**{**place, "name": Name(**place["name"])})


def _evidence(evidence: dict[str, Any]) -> Evidence:
    words = evidence["words"]
    return Evidence(**{**evidence, "words": Name(**words) if words else None})
