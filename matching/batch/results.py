"""The results of a match job, block by block, in the order of its rows."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from matching.batch.packing import unpack
from matching.models import MatchBlock, MatchJob
from matching.ranking_table import PLACE
from portal.sheets import Cell, Column, csv_lines

HEAD = ("row", "id", "error_pointer", "error_code", "error_detail")
_SEVERAL = " | "  # between what is wrong with one row


def ndjson(job: MatchJob, language: str) -> Iterator[bytes]:
    """The results as NDJSON, a block at a time; what is wrong is told in `language`."""
    for rows in _blocks(job):
        lines = (json.dumps(_object(row, job.level, language), ensure_ascii=False) for row in rows)
        yield "".join(f"{line}\n" for line in lines).encode()


def csv(job: MatchJob, language: str) -> Iterator[bytes]:
    """The results as CSV: UTF-8 with a byte order mark; what is wrong is told in `language`."""
    places = [f"{name}_{rank}" for rank in range(1, job.limit + 1) for name in PLACE]
    columns = [Column(name) for name in (*HEAD, *places)]
    nothing = [""] * len(places)
    rows = (_cells(row, language, nothing) for block in _blocks(job) for row in block)
    return csv_lines(columns, rows)


def _blocks(job: MatchJob) -> Iterator[list[Any]]:
    """The rows of each block; one block at a time is in memory."""
    numbers = MatchBlock.objects.filter(job=job).order_by("number").values_list("pk", flat=True)
    for key in list(numbers):
        found = MatchBlock.objects.filter(pk=key).values_list("found", flat=True).first()
        if found is None:  # deleted while it was read: what was sent of it must not look whole
            raise ConnectionAbortedError("the match job was deleted")
        yield unpack(bytes(found))


def _cells(row: Sequence[Any], language: str, nothing: Sequence[str]) -> list[Cell]:
    """The cells of a row, with `nothing` for the places of one that is refused."""
    number, identifier, faults, cells = row
    told = [
        _SEVERAL.join(fault[0] for fault in faults),
        _SEVERAL.join(fault[1] for fault in faults),
        _SEVERAL.join(fault[2][language] for fault in faults),
    ]
    return [number, identifier, *told, *(cells or nothing)]


def _object(row: Sequence[Any], level: str, language: str) -> dict[str, Any]:
    number, identifier, faults, cells = row
    errors = [
        {"pointer": pointer, "detail": texts[language], "code": code}
        for pointer, code, texts in faults
    ]
    starts = range(0, len(cells), len(PLACE))
    places = [_place(cells[at : at + len(PLACE)], level) for at in starts if cells[at] != ""]
    return {
        "row": number,
        "id": identifier,
        "errors": errors,
        "results": None if errors else places,
    }


def _place(cells: Sequence[Any], level: str) -> dict[str, Any]:
    """A place in the words of `POST /api/v1/matches/`."""
    said = dict(zip(PLACE, (None if cell == "" else cell for cell in cells), strict=True))
    has_park = level == "province" and said["park"] is not None
    return {
        "rank": said["rank"],
        "place": {
            "kind": "province" if level == "province" else "industrial-park",
            "slug": said["place"],
        },
        "fit": said["fit"],
        "band": [said["band_low"], said["band_high"]],
        "coverage": {"province": said["coverage_province"], "site": said["coverage_site"]},
        "to_be_confirmed": bool(said["to_be_confirmed"]),
        "best_park": {"slug": said["park"], "fit": said["fit"]} if has_park else None,
    }
