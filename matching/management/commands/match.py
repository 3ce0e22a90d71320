"""Prints the ranking for one firm as a table, or writes it as a workbook."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rest_framework.exceptions import ValidationError

from matching import matchmaking, snapshot
from matching.answers import Answer, QuestionLine, ReasonLine, ResultLine
from matching.questions import LEVELS, read_question
from matching.reports import Report, report_of, sheets_of
from portal.sheets import workbook


class Command(BaseCommand):
    help = "Ranks the provinces, or the industrial parks, for the firm described in a JSON file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and what to show of the answer."""
        parser.add_argument(
            "--profile",
            required=True,
            type=Path,
            help="a JSON file: the body of POST /api/v1/matches/, or its profile alone",
        )
        parser.add_argument("--level", choices=LEVELS)
        parser.add_argument("--lang", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--limit", type=int)
        parser.add_argument("--out", type=Path, help="write the report to this XLSX file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the file, asks, and prints."""
        known = snapshot.current()
        try:
            question = read_question(_body(options), snapshot=known)
        except ValidationError as error:
            raise CommandError(json.dumps(error.detail, ensure_ascii=False, indent=1)) from error
        language = options["lang"] or settings.LANGUAGE_CODE
        if options["out"]:
            _write(report_of(question, snapshot=known, language=language), options["out"])
            return
        answer = matchmaking.answer(question, snapshot=known, language=language)
        self.stdout.write("\n".join(_table(answer)))


def _write(report: Report, path: Path) -> None:
    sheets = sheets_of(report, absolute=lambda address: address)
    content = workbook(sheets, made=report.catalogue_date or report.made)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path}: {error}") from error


def _body(options: dict[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(options["profile"].read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CommandError(f"{options['profile']}: {error}") from error
    if not isinstance(body, dict):
        raise CommandError(f"{options['profile']}: a JSON object is needed")
    body = body if "profile" in body else {"profile": body}
    chosen = {name: options[name] for name in ("level", "limit") if options[name] is not None}
    return {**body, **chosen}


def _table(answer: Answer) -> list[str]:
    head = f"{'#':>3}  {'fit':>5}  {'band':>12}  {'p(1)':>5}  {'known':>5}  place"
    return [
        f"catalogue {answer.catalogue_version}, engine {answer.engine_version}: "
        f"{answer.ranked} ranked, {answer.excluded_count} excluded, "
        f"{answer.too_little_data_count} with too little data",
        "weights: " + "  ".join(f"{code} {value:g}" for code, value in answer.weights.items()),
        "",
        head,
        *(line for result in answer.results for line in _rows(result)),
        *(f"  x  {line.place.name}: {line.failed[0].fact}" for line in answer.excluded),
        *(f"  ?  {line.place.name}: {line.question}{_hope(line)}" for line in answer.ask),
    ]


def _rows(line: ResultLine) -> list[str]:
    band = f"{line.band[0]:.1f}–{line.band[1]:.1f}"
    first = "    –" if line.p_first is None else f"{line.p_first:5.0%}"
    park = f" ({line.best_park.name})" if line.best_park else ""
    known = [c for c in (line.province_coverage, line.site_coverage) if c is not None]
    coverage = f"{sum(known) / len(known):5.0%}" if known else "    –"
    rank = "–" if line.rank is None else line.rank
    mark = "*" if line.to_be_confirmed else " "
    return [
        f"{rank:>3}{mark} {line.fit:5.1f}  {band:>12}  {first}  {coverage}  "
        f"{line.place.name}{park}",
        *(f"       + {reason.text}" for reason in line.reasons[:2]),
        *(f"       - {caution.text}{_end(caution)}" for caution in line.cautions[:1]),
        *_by_another(line),
    ]


def _hope(line: QuestionLine) -> str:
    """What a good answer could bring, and what else it takes."""
    alone = line.together == 1
    condition = "" if alone else f", with its {line.together} open must-haves all confirmed"
    return f" (up to rank {line.could_reach_rank}{condition})"


def _end(caution: ReasonLine) -> str:
    return f" (no longer a caution {caution.ends_at})" if caution.ends_at else ""


def _by_another(line: ResultLine) -> list[str]:
    """The park by which a province could be first, where the one that it is judged by could not."""
    other = line.could_be_first_by
    return [f"       ! could be first by {other.name}: up to {other.fit:.1f}"] if other else []
