"""Rows and results as a block keeps them: JSON, compressed."""

import json
import zlib
from typing import Any

Row = tuple[int, Any]  # its number, and a CSV row's cells or the text of a JSON object
Fault = tuple[str, str, dict[str, str]]  # pointer, code, and the text by language
# A row's number, its id, what is wrong with it (nothing: it was matched), its cells.
Found = tuple[int, str | None, list[Fault], list[Any]]


def pack(rows: list[Row] | list[Found]) -> bytes:
    """`rows` as a block keeps them."""
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack(content: bytes) -> list[Any]:
    """The rows in `content`; lists stand for tuples."""
    rows: list[Any] = json.loads(zlib.decompress(content))
    return rows
