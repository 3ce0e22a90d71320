"""Prints how well the engine finds the provinces that published firms went to."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching import snapshot
from matching.backtest import BrokenCases, CaseResult, Line, Report, Table, read_cases, run
from matching.backtest.cases import CASES
from matching.backtest.scoring import DEPTHS

_NAMES = {
    "engine": "engine",
    "shuffled": "engine, profiles shuffled",
    "projects": "most Japanese projects",
    "hubs": "nearest to Ha Noi or Ho Chi Minh City",
    "chance": "random (exact expectation)",
    "matching": "engine - shuffled: only this is matching",
    "standard-error": "  its standard error over the firms",
    "p": "  p, one-sided permutation test",
}


class Command(BaseCommand):
    """Ranks the provinces for every case, and for every case with the profile of another."""

    help = (
        "Runs fixtures/backtest.json through the engine, with the default weights of the stage and"
        " without must-haves, and prints hits and the mean reciprocal rank beside four baselines."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes the cases, and the switch of the criteria that would know the answer."""
        parser.add_argument("--cases", type=Path, default=CASES, help="a file of cases")
        parser.add_argument(
            "--without-japanese-presence",
            action="store_true",
            help="switch off the criteria that read where Japanese firms are already",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs all cases and prints."""
        known = snapshot.current()
        try:
            cases = read_cases(known, options["cases"])
        except BrokenCases as error:
            raise CommandError(str(error)) from error
        blind = options["without_japanese_presence"]
        report = run(known, cases, without_japanese_presence=blind)
        self.stdout.write("\n".join(_printed(report)))


def _printed(report: Report) -> Iterator[str]:
    presence = ", without Japanese presence" if report.without_japanese_presence else ""
    yield (
        f"catalogue {report.catalogue_version}, engine {report.engine_version}{presence}: "
        f"{report.whole.cases} cases, {report.places} provinces"
    )
    yield ""
    yield from _table("all cases", report.whole)
    yield ""
    if report.untold:
        yield from _table("cases whose profile does not name the province", report.untold)
        yield ""
    yield f"{'rank':>5} {'shuffled':>8}  {'went to':13} {'engine first':13} case (* names it)"
    yield from map(_case, report.results)


def _table(title: str, table: Table) -> Iterator[str]:
    heads = "".join(f"{f'first {depth}':>10}" for depth in DEPTHS)
    yield f"{f'{title}: n = {table.cases}':48}{heads}{'mean 1/rank':>13}"
    for line in table.lines:
        yield _row(line, [f"{hit * table.cases:.1f}" for hit in line.hits])
    yield _row(table.matching, [f"{hit * table.cases:+.1f}" for hit in table.matching.hits], "+")
    yield _row(table.standard_error, [f"{h * table.cases:.1f}" for h in table.standard_error.hits])
    yield _row(table.p, [f"{hit:.3f}" for hit in table.p.hits])


def _row(line: Line, hits: list[str], sign: str = "") -> str:
    cells = "".join(f"{hit:>10}" for hit in hits)
    return f"{_NAMES[line.code]:48}{cells}{line.reciprocal:>{sign}13.3f}"


def _case(result: CaseResult) -> str:
    told = "*" if result.case.told else " "
    return (
        f"{result.rank:5.1f} {result.shuffled_rank:8.1f}  {result.case.province:13} "
        f"{result.first:13} {result.case.key}{told}"
    )
