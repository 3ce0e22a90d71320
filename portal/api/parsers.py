"""The JSON that the API takes: RFC 8259 to the letter, and nothing a database would choke on."""

import json
import math
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from portal.api.problems import BodyError, Fault, NotUtf8, TooLarge, pointer_to

MAX_DEPTH = 32
MAX_VALUES = 10_000  # members and items of all objects and lists of a body together
MAX_INTEGER = 2**63 - 1  # what a column holds
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Repeated(dict[str, Any]):
    """An object that names a key twice: readers of JSON disagree about what it means."""

    keys_twice: tuple[str, ...]


class StrictJSONParser(BaseParser):
    """Reads JSON; a BodyError points at each value that is no JSON or cannot be stored."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value in `stream`; raises NotUtf8, BodyError or TooLarge."""
        check_charset(charset_of(media_type))
        return read_json(_read(stream))


def charset_of(media_type: str | None) -> str | None:
    """The character set that a content type names."""
    charset: str | None = parse_header_parameters(media_type or "")[1].get("charset")
    return charset


def check_charset(charset: str | None) -> None:
    """Raises NotUtf8 for a character set other than UTF-8."""
    if charset is not None and charset.lower() not in ("utf-8", "utf8"):
        raise NotUtf8


def check_no_body(request: Request) -> None:
    """Raises BodyError where an address that takes no body was sent one; `{}` says nothing."""
    sent = request.data
    if sent or not isinstance(sent, Mapping):
        text = gettext("This address takes no body.")
        names = sent if isinstance(sent, Mapping) else ()
        faults = [Fault(pointer_to("#", name), text, "unknown") for name in names]
        raise BodyError(faults or [Fault("#", text, "invalid")])


def read_json(body: bytes) -> Any:
    """The JSON value that `body` writes; raises BodyError."""
    value = _decoded(body)
    _check_size(value)
    if faults := tuple(_faults(value, "#", 1)):
        raise BodyError(faults)
    return value


def _read(stream: IO[Any]) -> bytes:
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(gettext("A body holds at most %(limit)d bytes.") % {"limit": limit})
    return body


def _decoded(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_constant=float)
    except UnicodeDecodeError:
        _refuse("encoding", gettext("The body is not UTF-8."))
    except RecursionError:
        _refuse("depth", _too_deep())
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        _refuse("json", gettext("Not JSON at line %(line)d, column %(column)d.") % place)
    except ValueError:  # a number of more digits than Python reads
        _refuse("number", _too_large_number())


def _check_size(body: Any) -> None:
    """Raises BodyError at the object or list whose members are too many, before any is judged."""
    left = MAX_VALUES
    containers = deque([("#", body)] if isinstance(body, dict | list) else [])
    while containers:
        pointer, container = containers.popleft()
        left -= len(container)
        if left < 0:
            _refuse("too_many", _too_many(), pointer)
        members = container.items() if isinstance(container, dict) else enumerate(container)
        containers.extend(
            (pointer_to(pointer, key), value)
            for key, value in members
            if isinstance(value, dict | list) and value
        )


def _refuse(code: str, detail: str, pointer: str = "#") -> NoReturn:
    raise BodyError([Fault(pointer, detail, code)])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    times = Counter(name for name, _value in pairs)
    repeated = _Repeated(members)
    repeated.keys_twice = tuple(name for name in members if times[name] > 1)
    return repeated


def _faults(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    if depth > MAX_DEPTH:
        yield Fault(pointer, _too_deep(), "depth")
    elif isinstance(value, dict):
        yield from _object_faults(value, pointer, depth)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, pointer_to(pointer, index), depth + 1)
    elif isinstance(value, str):
        yield from _text_faults(value, pointer)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(pointer, gettext("A number is finite."), "number")
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        yield Fault(pointer, _too_large_number(), "number")


def _object_faults(value: dict[str, Any], pointer: str, depth: int) -> Iterator[Fault]:
    if isinstance(value, _Repeated):
        for name in value.keys_twice:
            if not tuple(_text_faults(name, pointer)):
                yield Fault(pointer_to(pointer, name), gettext("A key stands once."), "repeated")
    for name, item in value.items():
        if wrong_name := tuple(_text_faults(name, pointer)):
            yield from wrong_name
        else:
            yield from _faults(item, pointer_to(pointer, name), depth + 1)


def _text_faults(value: str, pointer: str) -> Iterator[Fault]:
    if "\0" in value:
        yield Fault(pointer, gettext("A text holds no NUL character."), "nul")
    if _SURROGATE.search(value):
        yield Fault(pointer, gettext("A text holds no half of a surrogate pair."), "surrogate")


def _too_deep() -> str:
    return gettext("Values are nested at most %(depth)d deep.") % {"depth": MAX_DEPTH}


def _too_many() -> str:
    return gettext("A body holds at most %(limit)d members and items.") % {"limit": MAX_VALUES}


def _too_large_number() -> str:
    return gettext("A whole number is at most %(limit)d.") % {"limit": MAX_INTEGER}
