"""`manage.py dump_catalogue`: the catalogue as open data, into files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from localities.dumps.contents import read
from localities.dumps.forms import FORMS


class Command(BaseCommand):
    """Writes the catalogue as it is now, in each form that is asked for."""

    help = (
        "Writes the whole catalogue into a folder: catalogue.ndjson, catalogue.geojson (places)"
        " and catalogue.zip (a CSV file a kind), each with licence, sources and version."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes the folder and the forms."""
        parser.add_argument("--out", type=Path, required=True, help="the folder; made if missing")
        parser.add_argument("--form", choices=list(FORMS), action="append", help="default: all")

    @no_translations
    def handle(self, *args: object, out: Path, form: list[str] | None, **options: Any) -> None:
        """Writes the files; raises CommandError where there is no catalogue or no place for it."""
        contents = read()
        if contents.version == 0:
            raise CommandError("the catalogue is empty: run load_catalogue first")
        try:
            out.mkdir(parents=True, exist_ok=True)
            for each in form or FORMS:
                self._write(out / f"catalogue.{each}", FORMS[each](contents))
        except OSError as error:
            raise CommandError(str(error)) from error

    def _write(self, path: Path, content: bytes) -> None:
        """The file as a whole or not at all: whoever reads it meanwhile gets the one before."""
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
        self.stdout.write(f"{path}: {len(content)} bytes")
