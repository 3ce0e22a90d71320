"""One long list, alone or in a JSON object, read item by item.

What is around it in an object may stand on either side.
"""

import codecs
import json
from collections.abc import Iterator, Sequence
from typing import IO, Any, NoReturn

from django.utils.translation import gettext

from portal.api.parsers import read_json
from portal.api.problems import BodyError, Fault, TooLarge, pointer_to

_CHUNK = 65_536
_SPACE = " \t\n\r"
# Finds where a value ends, and takes every number for what it is not to judge here.
_ENDS = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class JsonList:
    """The list in `file`, or in the member `name` of the object there; its items come as texts.

    `members` holds the object's others when all is read, and is None where there is no object;
    `others` are those that it may have. Memory grows with the longest value, which has at most
    about `longest` characters.
    """

    def __init__(self, file: IO[bytes], name: str, *, others: Sequence[str], longest: int) -> None:
        self.members: dict[str, Any] | None = None
        self._file, self._name, self._others, self._longest = file, name, others, longest
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._over = "", 0, False
        self._line, self._column = 1, 1  # of the first sign of `_text`

    def items(self) -> Iterator[str]:
        """The texts of the items, each in one line. Raises BodyError or TooLarge."""
        match self._peek():
            case "[":
                yield from self._listed()
            case "{":
                self.members = {}
                yield from self._in_object(self.members)
            case _:
                self._value()
                _refuse("invalid", self._needed())
        if self._peek():
            self._refuse_json(self._at)

    def _in_object(self, members: dict[str, Any]) -> Iterator[str]:
        seen: set[str] = set()
        self._expect("{")
        while not self._found("}"):
            if seen:
                self._expect(",")
            if self._peek() != '"':
                self._refuse_json(self._at)
            key = read_json(self._value().encode())
            if key in seen:
                _refuse("repeated", gettext("A key stands once."), pointer_to("#", key))
            seen.add(key)
            self._expect(":")
            if key == self._name:
                yield from self._listed()
            else:
                members[key] = read_json(self._value().encode())
        if self._name not in seen:
            _refuse("required", self._needed(), pointer_to("#", self._name))

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
        wrong = self._at
        while True:
            try:
                _value, end = _ENDS.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                end, wrong = -1, error.pos
            except RecursionError:
                _refuse("depth", gettext("Values are nested too deep."))
            if end >= 0 and (end < len(self._text) or self._over):
                text, self._at = self._text[self._at : end], end
                return text
            if self._over:
                self._refuse_json(wrong)
            if len(self._text) - self._at > self._longest:
                text = gettext("A value of the body is longer than %(limit)d characters.")
                raise TooLarge(text % {"limit": self._longest})
            self._read()

    def _expect(self, sign: str) -> None:
        if not self._found(sign):
            self._refuse_json(self._at)

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
        self._line, self._column = self._place(self._at)
        self._text, self._at = self._text[self._at :] + more, 0
        self._over = not chunk

    def _place(self, at: int) -> tuple[int, int]:
        """The line and the column of the sign at `at` of `_text`, each from 1."""
        lines = self._text.count("\n", 0, at)
        if not lines:
            return self._line, self._column + at
        return self._line + lines, at - self._text.rindex("\n", 0, at)

    def _needed(self) -> str:
        text = gettext(
            "An object with the list “%(name)s” is needed, or that list alone; beside it the"
            " object may have %(others)s."
        )
        return text % {"name": self._name, "others": ", ".join(self._others)}

    def _refuse_json(self, at: int) -> NoReturn:
        line, column = self._place(at)
        text = gettext("Not JSON at line %(line)d, column %(column)d.")
        _refuse("json", text % {"line": line, "column": column})


def _refuse(code: str, detail: str, pointer: str = "#") -> NoReturn:
    raise BodyError([Fault(pointer, detail, code)])
