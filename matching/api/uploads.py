"""Bodies that are too long for memory: taken to a file, counted, and never in part."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from portal.api.parsers import charset_of, check_charset
from portal.api.problems import BodyError, Fault, TooLarge

MOST_BYTES = 100_000_000
FIELD = "file"
JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
FORMS = {CSV: "csv", NDJSON: "ndjson", "application/ndjson": "ndjson", JSON: "json"}
_ENDINGS = {"csv": "csv", "ndjson": "ndjson", "jsonl": "ndjson", "json": "json"}
_IN_MEMORY = 1_000_000
_CHUNK = 65_536


class _Counted:
    """A stream that knows how much was read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.count = stream, 0

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(size)
        self.count += len(part)
        return part


@contextmanager
def _whole(stream: IO[bytes], context: Mapping[str, Any] | None) -> Iterator[_Counted]:
    """The stream; raises TooLarge before it is read, and ParseError where its end is missing."""
    length = int((context or {})["request"].META.get("CONTENT_LENGTH") or 0)
    if length > MOST_BYTES:
        raise TooLarge(gettext("A body holds at most %(limit)d bytes.") % {"limit": MOST_BYTES})
    counted = _Counted(stream)
    yield counted
    if counted.count < length:
        raise ParseError(gettext("The body ended before its length was reached."))


class _RawParser(BaseParser):
    """Takes the body as it is to an UploadedFile."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """An UploadedFile. Raises NotUtf8, TooLarge or ParseError."""
        check_charset(charset_of(media_type))
        file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - its reader closes it
        with _whole(stream, parser_context) as counted:
            while part := counted.read(_CHUNK):
                file.write(part)
        file.seek(0)
        return UploadedFile(file, "body", content_type=self.media_type, size=counted.count)


class CsvParser(_RawParser):
    """A CSV file as the body."""

    media_type = CSV


class NdjsonParser(_RawParser):
    """A JSON object a line."""

    media_type = NDJSON


class OtherNdjsonParser(_RawParser):
    """The same, as others name it."""

    media_type = "application/ndjson"


class JsonParser(_RawParser):
    """A JSON object with a long list in it."""

    media_type = JSON


class FileParser(MultiPartParser):
    """A form with the file in its field `file`."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The form's fields and files. Raises TooLarge or ParseError."""
        with _whole(stream, parser_context) as counted:
            return super().parse(cast(IO[bytes], counted), media_type, parser_context)


PARSERS = (JsonParser, NdjsonParser, OtherNdjsonParser, CsvParser, FileParser)


def upload_of(request: Request) -> tuple[str, IO[bytes]]:
    """What the request sends: csv, ndjson or json, and the file.

    Raises BodyError, TooLarge, ParseError, NotUtf8 or UnsupportedMediaType.
    """
    sent = request.data
    file = sent if isinstance(sent, UploadedFile) else _only_file(request)
    form = FORMS.get(file.content_type or "") or _ENDINGS.get((file.name or "").split(".")[-1])
    if form is None:
        raise UnsupportedMediaType(file.content_type or "")
    check_charset(file.charset)
    return form, cast(IO[bytes], file)


def _only_file(request: Request) -> UploadedFile:
    """The file of a form that has nothing else. Raises BodyError."""
    files: list[UploadedFile] = request.FILES.getlist(FIELD)
    if len(files) != 1 or set(request.data) != {FIELD}:
        text = gettext("Send one file, as the body or in the field %(name)s of a form.")
        raise BodyError([Fault("#", text % {"name": FIELD}, "file")])
    return files[0]
