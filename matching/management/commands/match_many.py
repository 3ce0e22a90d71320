"""Ranks places for every profile of a CSV file."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from matching import snapshot
from matching.engine.batch import match_many
from matching.engine.criteria import ENGINE_VERSION
from matching.profile_table import ProfileTable, UnreadableTable, open_table
from matching.questions import LEVELS
from matching.ranking_table import RankingTable
from matching.snapshot import Snapshot

_BAR = 40


class Command(BaseCommand):
    help = (
        "Matches every profile of a CSV file (header: fields of a profile, id, must_haves; lists "
        "separated by ';') and writes the best places of each to another one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, into which, and how much of each ranking."""
        parser.add_argument("profiles", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--out", type=Path, required=True, help="the CSV file to write")
        parser.add_argument("--top", type=_count, default=10, help="places of each profile")
        parser.add_argument("--level", choices=LEVELS, default="province")
        parser.add_argument("--lang", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes beside the file and puts it in place when it is whole, so that none is half."""
        out: Path = options["out"]
        if out.resolve() == options["profiles"].resolve():
            raise CommandError(f"{out}: the results would take the place of the profiles")
        part = out.with_name(f"{out.name}.part")
        began = perf_counter()
        try:
            with translation.override(options["lang"] or settings.LANGUAGE_CODE):
                told = self._run(options, part)
            part.replace(out)
        except (OSError, UnreadableTable) as error:
            raise CommandError(str(error)) from error
        finally:
            part.unlink(missing_ok=True)
        self.stdout.write(f"{told}, {perf_counter() - began:.1f} s: {out}")

    def _run(self, options: dict[str, Any], part: Path) -> str:
        known = snapshot.current()
        with (
            open_table(options["profiles"]) as source,
            part.open("w", encoding="utf-8", errors="replace", newline="") as target,
        ):
            size = os.fstat(source.fileno()).st_size
            progress = _progress(
                lambda: os.lseek(source.fileno(), 0, os.SEEK_CUR) / max(size, 1), sys.stderr
            )
            rows, refused = _match(source, target, known, options, progress)
        return (
            f"{rows} profiles, {refused} refused, catalogue {known.version}, "
            f"engine {ENGINE_VERSION}"
        )


def _match(
    source: TextIO,
    target: TextIO,
    known: Snapshot,
    options: dict[str, Any],
    progress: Callable[[int], None],
) -> tuple[int, int]:
    """Matches block by block. Returns how many rows were read, and how many refused."""
    level, rows, refused = options["level"], 0, 0
    top = min(options["top"], known.facts.parks if level == "park" else known.facts.provinces)
    table = RankingTable(target, known.facts, level, top)
    for block in ProfileTable(known).blocks(source):
        found = match_many(known.facts, block.requirements, block.weights, level=level, top=top)
        table.write(block, found)
        rows, refused = rows + len(block.numbers), refused + len(block.refusals)
        progress(rows)
    return rows, refused


def _progress(done: Callable[[], float], screen: TextIO) -> Callable[[int], None]:
    """A bar on a terminal; nothing anywhere else. `done` gives the share of the file read."""
    if not screen.isatty():
        return lambda rows: None

    def show(rows: int) -> None:
        share = min(done(), 1.0)
        bar = "█" * round(share * _BAR)
        screen.write(f"\r{bar:<{_BAR}} {share:4.0%} {rows:,}" + "\n" * (share == 1))
        screen.flush()

    return show


def _count(text: str) -> int:
    """A number of places. Raises ArgumentTypeError below 1."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)
