"""The catalogue as files: Django fixtures, one file a kind, read strictly."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from localities.curation.values import Values, columns, lists
from localities.models import KINDS

_KIND_OF_MODEL = {model._meta.label_lower: kind for kind, model in KINDS.items()}
_PARTS = {"model", "pk", "fields"}
_NUMBERED = "[0-9][0-9]_*.json"  # other files in the folder are no part of the catalogue


@dataclass(frozen=True, slots=True)
class FixtureRecord:
    """One record of a fixture file."""

    file: str
    kind: str
    key: str
    values: Values


class BrokenFixtures(Exception):
    """Fixture files that can't be read as records; each reason names file, record and field."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(reasons))


def read(folder: Path) -> list[FixtureRecord]:
    """The records of every numbered file in `folder`. Raises BrokenFixtures with every reason."""
    reasons: list[str] = []
    records: dict[tuple[str, str], FixtureRecord] = {}
    paths = sorted(folder.glob(_NUMBERED))
    if not paths:
        reasons.append(f"{folder}: holds no {_NUMBERED} file")
    for path in paths:
        for number, entry in enumerate(_entries(path, reasons), start=1):
            try:
                record = _record(path.name, entry)
            except ValueError as error:
                reasons.append(f"{path.name}: {_name(entry, number)}: {error}")
                continue
            twin = records.setdefault((record.kind, record.key), record)
            if twin is not record:
                reasons.append(f"{path.name}: {record.key}: also in {twin.file}")
    if reasons:
        raise BrokenFixtures(reasons)
    return list(records.values())


def _entries(path: Path, reasons: list[str]) -> Iterator[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except ValueError as error:  # not JSON, or not UTF-8
        reasons.append(f"{path.name}: {error}")
        return
    if isinstance(content, list):
        yield from content
    else:
        reasons.append(f"{path.name}: a list of records is needed")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _name(entry: Any, number: int) -> str:
    key = entry.get("pk") if isinstance(entry, dict) else None
    return key if isinstance(key, str) else f"record {number}"


def _record(file: str, entry: Any) -> FixtureRecord:
    """One entry as a record; raises ValueError for one that is none."""
    if not isinstance(entry, dict) or entry.keys() != _PARTS:
        raise ValueError("a record has exactly model, pk and fields")
    kind = _KIND_OF_MODEL.get(entry["model"]) if isinstance(entry["model"], str) else None
    if kind is None:
        raise ValueError(f"model: {entry['model']!r} is none of the catalogue's")
    if not isinstance(entry["pk"], str) or not isinstance(entry["fields"], dict):
        raise ValueError("pk is a text and fields an object")
    known = columns(KINDS[kind]).keys() | lists(KINDS[kind]).keys()
    if unknown := sorted(entry["fields"].keys() - known):
        raise ValueError(f"{', '.join(unknown)}: this kind of record has no such field")
    return FixtureRecord(file, kind, entry["pk"], entry["fields"])
