"""One long list in a JSON object, read item by item: what is around it may stand on either side."""

import codecs
import json
from collections.abc import Iterator
from typing import IO, Any, NoReturn

from django.utils.translation import gettext

from portal.api.parsers import read_json
from portal.api.problems import BodyError, Fault, TooLarge, pointer_to

_CHUNK = 65_536
_SPACE = " \t\n\r"
# Finds where a value ends, and takes every number for what it is not to judge here.
_ENDS = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class JsonList:
    """The object in `file`; the items of its member `name` come one at a time, as texts.

    `members` holds the others when all is read. Memory grows with the longest value, which has at
    most about `longest` characters.
    """

    def __init__(self, file: IO[bytes], name: str, *, longest: int) -> None:
        self.members: dict[str, Any] = {}
        self._file, self._name, self._longest = file, name, longest
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._over = "", 0, False

    def items(self) -> Iterator[str]:
        """The texts of the items, each in one line. Raises BodyError or TooLarge."""
        seen: set[str] = set()
        self._expect("{")
        while not self._found("}"):
            if seen:
                self._expect(",")
            key = read_json(self._value().encode())
            if not isinstance(key, str):
                _refuse_json()
            if key in seen:
                _refuse("repeated", gettext("A key stands once."), pointer_to("#", key))
            seen.add(key)
            self._expect(":")
            if key == self._name:
                yield from self._listed()
            else:
                self.members[key] = read_json(self._value().encode())
        if self._peek():
            _refuse_json()
        if self._name not in seen:
            pointer = pointer_to("#", self._name)
            _refuse("required", gettext("A value is needed."), pointer)

    def _listed(self) -> Iterator[str]:
        if self._peek() != "[":
            _refuse("not_a_list", gettext("A list is needed."), pointer_to("#", self._name))
        self._expect("[")
        first = True
        while not self._found("]"):
            if not first:
                self._expect(",")
            first = False
            yield self._value().replace("\n", " ").replace("\r", " ")

    def _value(self) -> str:
        """The text of the value that comes next."""
        self._peek()
        while True:
            try:
                _value, end = _ENDS.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = -1
            except RecursionError:
                _refuse("depth", gettext("Values are nested too deep."))
            if end >= 0 and (end < len(self._text) or self._over):
                text, self._at = self._text[self._at : end], end
                return text
            if self._over:
                _refuse_json()
            if len(self._text) - self._at > self._longest:
                text = gettext("A value of the body is longer than %(limit)d characters.")
                raise TooLarge(text % {"limit": self._longest})
            self._read()

    def _expect(self, sign: str) -> None:
        if not self._found(sign):
            _refuse_json()

    def _found(self, sign: str) -> bool:
        """Whether `sign` comes next; then it is passed."""
        found = self._peek() == sign
        self._at += found
        return found

    def _peek(self) -> str:
        """The next sign that is no space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or self._over:
                return self._text[self._at : self._at + 1]
            self._read()

    def _read(self) -> None:
        chunk = self._file.read(_CHUNK)
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            _refuse("encoding", gettext("The body is not UTF-8."))
        self._text, self._at = self._text[self._at :] + more, 0
        self._over = not chunk


def _refuse_json() -> NoReturn:
    _refuse("json", gettext("The body is no JSON object of this kind."))


def _refuse(code: str, detail: str, pointer: str = "#") -> NoReturn:
    raise BodyError([Fault(pointer, detail, code)])
