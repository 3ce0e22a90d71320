"""`manage.py load_catalogue`: the researched facts into an empty catalogue."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations

from localities.curation.errors import Refused
from localities.curation.fixtures import BrokenFixtures, FixtureRecord, read
from localities.curation.loading import Difference, compare, load
from localities.models import KINDS, Catalogue


class Command(BaseCommand):
    """Loads the fixtures as catalogue version 1, or says how a living catalogue differs."""

    help = (
        "Loads fixtures/ into an empty catalogue as version 1. On a catalogue that has a version"
        " it changes nothing and reports the differences (-v 2: field by field)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes the folder of the fixtures."""
        parser.add_argument("--fixtures", type=Path, default=settings.BASE_DIR / "fixtures")

    @no_translations
    def handle(self, *args: object, fixtures: Path, verbosity: int, **options: Any) -> None:
        """Loads or compares; raises CommandError for fixtures that can't be loaded."""
        start = perf_counter()
        try:
            records = read(fixtures)
            changeset = load(records)
        except BrokenFixtures as error:
            raise CommandError(str(error)) from error
        except Refused as error:
            raise CommandError(_with_files(error, records)) from error
        if verbosity == 0:
            return
        if changeset is None:
            self._report(compare(records), verbosity)
        else:
            counts = Counter(record.kind for record in records)
            self._print([*((kind, str(counts[kind])) for kind in KINDS), _total(counts)])
            seconds = perf_counter() - start
            self.stdout.write(f"Catalogue version {changeset.version}, loaded in {seconds:.1f} s.")

    def _report(self, differences: dict[str, Difference], verbosity: int) -> None:
        version = Catalogue.objects.get().version
        if all(difference.is_none for difference in differences.values()):
            self.stdout.write(f"Nothing to do: catalogue version {version} equals the fixtures.")
            return
        self.stdout.write(f"Nothing changed: catalogue version {version} differs from fixtures.")
        head = ("kind", "same", "differing", "missing", "extra")
        self._print([head] + [_row(kind, found) for kind, found in differences.items()])
        if verbosity > 1:
            for kind, difference in differences.items():
                for line in _details(kind, difference):
                    self.stdout.write(line)

    def _print(self, rows: Sequence[tuple[str, ...]]) -> None:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *numbers in rows:
            cells = [n.rjust(w) for n, w in zip(numbers, widths[1:], strict=True)]
            self.stdout.write("  ".join([name.ljust(widths[0]), *cells]))


def _total(counts: Counter[str]) -> tuple[str, str]:
    return "total", str(counts.total())


def _row(kind: str, found: Difference) -> tuple[str, ...]:
    counts = (found.same, len(found.differing), len(found.missing), len(found.extra))
    return kind, *map(str, counts)


def _details(kind: str, found: Difference) -> list[str]:
    return [
        *(f"{kind} {key}: missing in the catalogue" for key in found.missing),
        *(f"{kind} {key}: not in the fixtures" for key in found.extra),
        *(
            f"{kind} {key} {name}: fixture {ours!r}, catalogue {theirs!r}"
            for key, fields in found.differing.items()
            for name, (ours, theirs) in fields.items()
        ),
    ]


def _with_files(error: Refused, records: list[FixtureRecord]) -> str:
    files = {(record.kind, record.key): record.file for record in records}
    return "\n".join(
        ": ".join(
            part for part in (files.get((r.kind, r.record), r.kind), r.record, r.field) if part
        )
        + f": {r.message}"
        for r in error.refusals
    )
