"""A file from its upload to its draft. Each step can be done again and does no more than once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext

from localities.curation.editing import edits_for
from localities.curation.propose import draft
from localities.imports.fields import ImportField, fields_of
from localities.imports.finder import Finder
from localities.imports.guessing import guessed, likeliest, remember, remembered_by
from localities.imports.plan import Order, Outcome, Plan, plan
from localities.imports.reading import Grid, Head, body, headings, read
from localities.imports.written import written
from localities.models import Catalogue, Changeset, Edit, ImportFile, ImportRow, Source
from localities.models.records import KEY_LENGTH
from localities.rules import may_draft, standing
from portal.accounts.models import Organisation, User
from portal.accounts.roles import require

AT_ONCE = 500  # rows that are worked out while the reader waits
CHECK, DRAFT = "localities.import-check", "localities.import-draft"
KEPT = timedelta(days=30)
_BATCH = 500
Report = Callable[[int, int], None]


def receive(
    content: bytes, *, name: str, kind: str, author: User, organisation: Organisation
) -> ImportFile:
    """Keeps a file that can be read. Raises NotAllowed, and Unusable for one that can't."""
    require(may_draft(standing(author), organisation.key))
    grid = read(content)
    file = ImportFile(
        organisation=organisation,
        author=author,
        kind=kind,
        name=name[:255],
        digest=sha256(content).hexdigest(),
        content=content,
    )
    remembered = remembered_by(file)
    head = likeliest(grid, kind, remembered)
    columns = guessed(headings(grid, head), kind, remembered)
    total = len(body(grid, head))
    file.order = _order(head, columns, get_language() or "ja", {}, total)
    file.save()
    return file


def set_order(
    file: ImportFile, head: Head, columns: dict[int, str], language: str, source: dict[str, str]
) -> None:
    """Says how the file is to be read, and remembers it for the next file of the organisation."""
    grid = grid_of(file)
    file.order = _order(head, columns, language, source, len(body(grid, head)))
    file.checked = ""
    file.save(update_fields=["order", "checked"])
    remember(file, headings(grid, head), columns)


def _order(
    head: Head, columns: dict[int, str], language: str, source: dict[str, str], total: int
) -> dict[str, Any]:
    return {
        "first": head.first,
        "rows": head.rows,
        "columns": {str(column): name for column, name in columns.items()},
        "language": language,
        "source": source,
        "total": total,
    }


def order_of(file: ImportFile) -> Order:
    """How the file is to be read."""
    kept = file.order
    columns = {int(column): name for column, name in kept["columns"].items()}
    head = Head(kept["first"], kept["rows"])
    return Order(file.kind, head, columns, kept["language"], kept["source"])


def grid_of(file: ImportFile) -> Grid:
    """The rows of the file."""
    return read(bytes(file.content))


def is_big(file: ImportFile) -> bool:
    """Whether its rows are worked out in the background."""
    return int(file.order["total"]) > AT_ONCE


def state_of(file: ImportFile) -> str:
    """What its rows were worked out from: order, catalogue version and the reader's language."""
    version = Catalogue.objects.values_list("version", flat=True).first() or 0
    digest = sha256(dumps(file.order, sort_keys=True).encode()).hexdigest()[:16]
    return f"{get_language()}.{version}.{digest}"


def is_outdated(file: ImportFile) -> bool:
    """Whether the catalogue has moved on since the trial run; a file without one is not."""
    return bool(file.checked) and file.checked.split(".")[1] != state_of(file).split(".")[1]


def check(file: ImportFile, report: Report | None = None) -> None:
    """Works out, in the reader's language, what becomes of each row; the catalogue stays."""
    state = state_of(file)
    if file.checked == state:
        return
    found = plan(grid_of(file), order_of(file), report)
    rows = _rows(file, found)
    with transaction.atomic():
        ImportFile.objects.select_for_update().only("pk").get(pk=file.pk)
        file.rows.all().delete()
        ImportRow.objects.bulk_create(rows, batch_size=_BATCH)
        file.counts, file.checked = found.counts, state
        file.save(update_fields=["counts", "checked"])


def _rows(file: ImportFile, found: Plan) -> list[ImportRow]:
    finder = Finder()
    return [
        ImportRow(
            file=file,
            number=outcome.number,
            state=outcome.state,
            record=outcome.record[: KEY_LENGTH * 4],
            name=outcome.name[:KEY_LENGTH],
            changes=_changes(file.kind, outcome, finder),
            kept=_kept(fields_of(file.kind), outcome, finder),
            faults=[[fault.column, fault.value, fault.reason] for fault in outcome.faults],
        )
        for outcome in found.outcomes
        if outcome.state != "unchanged" or outcome.kept
    ]


def _changes(kind: str, outcome: Outcome, finder: Finder) -> list[list[Any]]:
    """Each change as field, what stands there, and what the file says, as cells."""
    fields = fields_of(kind)
    told: list[list[Any]] = []
    for edit in outcome.edits:
        if edit.field:
            own = fields[edit.field]
            both = [written(own, value, finder) for value in (edit.old, edit.new)]
            told.append([edit.field, *both])
        elif edit.action == Edit.Action.CREATE:
            told += [
                [name, None, written(fields[name], value, finder)]
                for name, value in outcome.values.items()
                if value not in (None, [])
            ]
    return told


def _kept(
    fields: Mapping[str, ImportField], outcome: Outcome, finder: Finder
) -> list[list[str | int | float]]:
    """Each value that has changed since the export as field, what stood there, what does now."""
    return [
        [name, *(written(fields[name], value, finder) for value in both)]
        for name, both in outcome.kept.items()
    ]


def make_draft(file: ImportFile, report: Report | None = None) -> Changeset | None:
    """The one draft of the file; None where nothing would change, or the trial run is outdated.

    Raises NotAllowed and Refused.
    """
    found: Plan | None = None
    if file.changeset_id is None:
        found = plan(grid_of(file), order_of(file), report)
    with transaction.atomic():
        kept = ImportFile.objects.select_for_update().get(pk=file.pk)
        if kept.changeset_id is not None or found is None:
            return kept.changeset
        if kept.order != file.order or is_outdated(kept):
            return None  # after the plan: what it read is then what the trial run read
        if not (edits := _edits(found)):
            return None
        title = gettext("Import of %(file)s") % {"file": kept.name}
        made = draft(title[:200], edits, author=kept.author, organisation=kept.organisation)
        kept.changeset, kept.counts = made, found.counts
        kept.content = b""
        kept.save(update_fields=["changeset", "counts", "content"])
    file.refresh_from_db()
    return made


def drop_old() -> int:
    """Deletes the files that never became a draft, KEPT after they were given. How many rows."""
    old = ImportFile.objects.filter(changeset=None, created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def _edits(found: Plan) -> list[Edit]:
    rows = [edit for one in found.outcomes if not one.faults for edit in one.edits]
    named = {edit.source_id for edit in rows}
    new = {key: values for key, values in found.sources.items() if key in named}
    sources = [
        edit
        for key, values in new.items()
        for edit in edits_for(Source.kind, key, values, None, None)
    ]
    return sources + rows
