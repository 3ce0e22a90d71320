"""Prints a stored match once more and, where asked for, what moved since."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from matching.models import Match
from matching.moved import Moved, MovedFact, what_moved
from matching.stored import CannotRerun, as_bytes, rerun, stored_ranking
from matching.traces import Cause


class Command(BaseCommand):
    help = "Runs a stored match again on the catalogue that it was made on, and prints its ranking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which match, and whether to compare it with today."""
        parser.add_argument("match", type=UUID, help="the identifier of a stored match")
        parser.add_argument(
            "--today", action="store_true", help="also print what moved since, and why"
        )
        parser.add_argument("--lang", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the stored numbers, says whether they came out again, and what moved."""
        match = Match.objects.filter(pk=options["match"]).first()
        if match is None:
            raise CommandError(f"There is no stored match {options['match']}.")
        language = options["lang"] or settings.LANGUAGE_CODE
        with translation.override(language):
            self.stdout.write("\n".join(_stored(match)))
            try:
                self.stdout.write(_proof(match))
                if options["today"]:
                    self.stdout.write("\n".join(_today(what_moved(match, language=language))))
            except CannotRerun as error:
                raise CommandError(str(error)) from error


def _stored(match: Match) -> Iterator[str]:
    yield f"{match.created_at:%Y-%m-%d %H:%M} catalogue {match.catalogue_version}, " + (
        f"engine {match.engine_version}"
    )
    yield "weights: " + "  ".join(f"{code} {value:g}" for code, value in match.weights.items())
    yield f"\n{'#':>3}  {'fit':>5}  place"
    for each in stored_ranking(match):
        yield f"{each.rank or '–':>3}  {each.fit:5.1f}  {each.slug}"


def _proof(match: Match) -> str:
    if as_bytes(rerun(match)) != as_bytes(stored_ranking(match)):
        raise CannotRerun("Run again, the engine of the same version gives other numbers.")
    return "\nRun again: the same numbers, to the last digit."


def _today(moved: tuple[Moved, ...]) -> Iterator[str]:
    if not moved:
        yield "\nOn today's catalogue nothing moved."
        return
    yield f"\nOn today's catalogue {len(moved)} places stand elsewhere:"
    for line in moved:
        yield f"{_change(line.rank_before, line.rank_now)}  {_fits(line)}  {line.name}{_park(line)}"
        yield from (row for fact in line.facts for row in _fact(fact))
        yield from (f"         {_cause(cause)}" for cause in line.causes)


def _change(before: int | None, now: int | None) -> str:
    return f"{before or '–':>3} → {now or '–':<3}"


def _fits(line: Moved) -> str:
    before, now = (
        "  – " if fit is None else f"{fit:4.1f}" for fit in (line.fit_before, line.fit_now)
    )
    return f"{before} → {now}"


def _park(line: Moved) -> str:
    if line.park_before == line.park_now or line.slug in (line.park_before, line.park_now):
        return ""
    return f" ({line.park_before or '–'} → {line.park_now or '–'})"


def _fact(fact: MovedFact) -> Iterator[str]:
    points = (
        f"{fact.state_before} → {fact.state_now}" if fact.points is None else f"{fact.points:+.2f}"
    )
    if fact.unchanged:
        told = f"{fact.now} – {fact.unchanged}" if fact.now else fact.unchanged
    else:
        told = f"{fact.before or '?'} → {fact.now or '?'}"
    yield f"       {points} {fact.label}: {told}"


def _cause(cause: Cause) -> str:
    return f"version {cause.version}, {cause.applied_on}: {cause.title}"
