"""The forms of a dump. The same catalogue gives the same bytes."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from localities.curation.values import Stored, columns, lists
from localities.dumps.contents import LICENCE, Contents
from localities.models import KINDS, Citation, IndustrialPark, Province, Source
from portal.sheets import RUNS, Cell, Column, csv_lines

_POSITIONS = {  # the fields with longitude and latitude of each kind of place
    Province.kind: ("admin_centre_lon", "admin_centre_lat"),
    IndustrialPark.kind: ("lon", "lat"),
}
_READING = (
    "An empty cell is unknown; a list stands as JSON. An apostrophe was put before a text that a"
    " spreadsheet would run: one that, behind apostrophes of its own, begins with a tab or a new"
    f" line or, behind spaces, with one of {' '.join(RUNS)} Take the first apostrophe of such a"
    " cell away, and no other one."
)
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip: files have no date, so bytes depend on content alone


def ndjson(contents: Contents) -> bytes:
    """A line that says what this is, then a line a record: kind, key, is_active, fields."""
    lines = [_json(contents.head())]
    for kind, records in contents.records.items():
        for key, record in records.items():
            line = {"kind": kind, "key": key, "is_active": record.active, "fields": record.values}
            lines.append(_json(line))
    return "".join(f"{line}\n" for line in lines).encode()


def geojson(contents: Contents) -> bytes:
    """The active provinces and parks (RFC 7946); one without coordinates has no geometry."""
    cited = _sources_by_record(contents)
    features = [
        _feature(kind, key, record, cited[kind, key])
        for kind in _POSITIONS
        for key, record in contents.records[kind].items()
        if record.active
    ]
    whole = {"type": "FeatureCollection", **contents.head(), "features": features}
    return f"{_json(whole)}\n".encode()


def csv_zip(contents: Contents) -> bytes:
    """A zip of one CSV file a kind, with `datapackage.json` (Frictionless) to describe them.

    A list stands as JSON; an unknown value is an empty cell; a text that a spreadsheet would run
    stands behind an apostrophe.
    """
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr(ZipInfo("datapackage.json", _FIRST_DAY), _package(contents))
        for kind, records in contents.records.items():
            lines = b"".join(csv_lines([Column(name) for name in _names(kind)], _rows(records)))
            archive.writestr(ZipInfo(f"{kind}.csv", _FIRST_DAY), lines, ZIP_DEFLATED)
    return target.getvalue()


FORMS: dict[str, Callable[[Contents], bytes]] = {
    "ndjson": ndjson,
    "geojson": geojson,
    "zip": csv_zip,
}
MEDIA_TYPES = {
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
    "zip": "application/zip",
}


def _feature(kind: str, key: str, record: Stored, sources: list[Any]) -> dict[str, Any]:
    lon, lat = (record.values[name] for name in _POSITIONS[kind])
    known = lon is not None and lat is not None
    return {
        "type": "Feature",
        "id": f"{kind}/{key}",
        "geometry": {"type": "Point", "coordinates": [lon, lat]} if known else None,
        "properties": {"kind": kind, "key": key, **record.values, "sources": sources},
    }


def _sources_by_record(contents: Contents) -> defaultdict[tuple[str, str], list[Any]]:
    """By kind and key of a record, the sources that back it, each once."""
    sources = contents.records[Source.kind]
    found: defaultdict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for citation in contents.records[Citation.kind].values():
        values = citation.values
        if citation.active:
            about = sources[values["source"]].values
            told = {name: about[name] for name in ("title", "url", "published")}
            named = found[values["record_kind"], values["record"]]
            named[values["source"]] = {"key": values["source"], **told}
    return defaultdict(list, {record: list(named.values()) for record, named in found.items()})


def _names(kind: str) -> list[str]:
    return ["key", "is_active", *_fields(kind)]


def _fields(kind: str) -> list[str]:
    return [*columns(KINDS[kind]), *lists(KINDS[kind])]


def _rows(records: Mapping[str, Stored]) -> Iterator[list[Cell]]:
    for key, record in records.items():
        yield [key, _cell(record.active), *map(_cell, record.values.values())]


def _cell(value: Any) -> Cell:
    """A value as a cell: truth values in words of JSON, lists as JSON."""
    if isinstance(value, bool | list | dict):
        return _json(value)
    return value  # type: ignore[no-any-return]


def _package(contents: Contents) -> str:
    head = contents.head()
    package = {
        **head,
        "version": str(contents.version),
        "description": _READING,
        "licenses": [LICENCE],
        "sources": [{"title": "source.csv, citation.csv", "path": "source.csv"}],
        "resources": [
            {
                "name": kind,
                "path": f"{kind}.csv",
                "format": "csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [{"name": name} for name in _names(kind)],
                    "primaryKey": "key",
                },
            }
            for kind in contents.records
        ],
    }
    return json.dumps(package, ensure_ascii=False, indent=1)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
