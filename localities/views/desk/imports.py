"""Officers' spreadsheets: given, their columns named, tried out, and drafted; and given back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from localities.imports import files
from localities.imports.archive import MOST_FILE_BYTES, Unusable, letters
from localities.imports.export import is_placed, sheet_of
from localities.imports.fields import fields_of, kinds
from localities.imports.guessing import guessed, remembered_by
from localities.imports.reading import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_HEADINGS,
    MOST_ROWS,
    Grid,
    Head,
    as_text,
    body,
    headings,
)
from localities.models import KINDS, ImportFile, ImportRow, Province
from localities.rules import Standing, may_draft, own_of
from localities.views.addresses import WrongParameter, page_number, takes
from localities.views.desk.import_forms import OrderForm, UploadForm
from localities.views.desk.officer import frame, standing_of
from portal.accounts.access import officers_only
from portal.accounts.models import Organisation
from portal.accounts.roles import Role, require
from portal.jobs.models import Job
from portal.jobs.queue import enqueue
from portal.sheets import csv_response, workbook_response

LIST_SIZE = 20
ROWS_SHOWN = 100
SAMPLES = 3
LONGEST_SAMPLE = 40


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
@takes()
def imports(request: HttpRequest) -> HttpResponse:
    """The officer's files, and a form for another one."""
    who = standing_of(request)
    own = Organisation.objects.filter(key__in=who.at_least(Role.EDITOR)).order_by("key")
    require(bool(own))
    form = UploadForm(own, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (file := _received(who, form)):
        return redirect("desk:import-columns", file.pk)
    context = {
        **frame(who, "import"),
        "form": form,
        "files": _listed(who),
        "exports": [(kind, _kind(kind)) for kind in kinds()],
        "most": {
            "rows": MOST_ROWS,
            "columns": MOST_COLUMNS,
            "megabytes": MOST_FILE_BYTES // 1_000_000,
            "letters": LONGEST_CELL,
        },
    }
    return render(request, "desk/import.html", context, status=_status(form))


def _status(form: UploadForm) -> int:
    if form.has_error("file", "too_big"):
        return 413
    return 400 if form.is_bound else 200


def _received(who: Standing, form: UploadForm) -> ImportFile | None:
    given, wanted = form.cleaned_data["file"], form.cleaned_data
    assert who.user is not None  # noqa: S101  # officers are signed in
    try:
        return files.receive(
            given.read(),
            name=given.name,
            kind=wanted["kind"],
            author=who.user,
            organisation=wanted["organisation"],
        )
    except Unusable as unusable:
        form.add_error("file", str(unusable))
        return None


def _listed(who: Standing) -> list[dict[str, Any]]:
    rows = ImportFile.objects.filter(own_of(who)).defer("content", "order")
    found = rows.select_related("changeset")[:LIST_SIZE]
    return [{"file": file, "kind": _kind(file.kind)} for file in found]


@officers_only
@require_http_methods(["GET", "HEAD", "POST"])
@takes("first", "rows")
def import_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the columns of the file are, and where its values were read."""
    who, file = _own(request, pk)
    if file.changeset_id is not None:
        return redirect("desk:import-check", file.pk)
    grid, order = files.grid_of(file), files.order_of(file)
    head = _head(request, order.head)
    titles = headings(grid, head)
    columns = dict(order.columns)
    if head != order.head:
        columns = guessed(titles, file.kind, remembered_by(file))
    form = OrderForm(file.kind, titles, columns, order, request.POST or None)
    if request.method == "POST" and form.is_valid():
        files.set_order(file, head, form.columns, form.cleaned_data["language"], form.source)
        _forget_failures(file)
        return redirect("desk:import-check", file.pk)
    context = {
        **frame(who, "import"),
        "file": file,
        "kind": _kind(file.kind),
        "form": form,
        "sheet": grid.sheet,
        "head": head,
        "head_firsts": [row.number for row in grid.rows[:12]],
        "head_rows": range(1, MOST_HEADINGS + 1),
        "columns": _columns(form, grid, head, titles),
        "total": len(body(grid, head)),
    }
    status = 400 if form.errors else 200
    return render(request, "desk/import_columns.html", context, status=status)


def _head(request: HttpRequest, kept: Head) -> Head:
    """Where the headings stand, as the address says; raises WrongParameter."""
    numbers = {}
    for name, default, most in (
        ("first", kept.first, MOST_ROWS),
        ("rows", kept.rows, MOST_HEADINGS),
    ):
        text = request.GET.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
            raise WrongParameter(name, f"1–{most}")
        numbers[name] = int(text)
    return Head(numbers["first"], numbers["rows"])


def _columns(form: OrderForm, grid: Grid, head: Head, titles: list[str]) -> list[dict[str, Any]]:
    rows = body(grid, head)
    shown = []
    for column, bound in form.column_fields:
        cells = (row.cell(column) for row in rows[:500])
        samples = [as_text(cell) for cell in cells if cell is not None][:SAMPLES]
        cut = [Truncator(text).chars(LONGEST_SAMPLE) for text in samples]
        if samples or titles[column]:
            told = {"letters": letters(column), "title": titles[column], "samples": cut}
            shown.append({**told, "field": bound})
    return shown


@officers_only
@require_safe
@takes("state", "page")
def import_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would become of each row; while that is worked out, how far it is."""
    who, file = _own(request, pk)
    if file.changeset_id is None:
        if job := _under_way(file):
            context = {**frame(who, "import"), "file": file, "job": job}
            response = render(request, "desk/import_progress.html", context)
            if job.state != Job.State.FAILED:
                response["Refresh"] = "4"
            return response
        files.check(file)
    state = request.GET.get("state", "")
    if state not in ("", *ImportRow.State.values):
        raise WrongParameter("state", ", ".join(ImportRow.State.values))
    rows = file.rows.filter(state=state) if state else file.rows.all()
    fields = fields_of(file.kind)
    page = Paginator(rows, ROWS_SHOWN).get_page(page_number(request))
    context = {
        **frame(who, "import"),
        "file": file,
        "kind": _kind(file.kind),
        "counts": [
            (one.value, one.label, file.counts.get(one.value, 0)) for one in ImportRow.State
        ],
        "some": file.counts.get("added", 0) + file.counts.get("changed", 0),
        "state": state,
        "page": page,
        "rows": [
            (
                row,
                *(
                    [
                        (fields[name].label, _as_read(name, old), _as_read(name, new))
                        for name, old, new in told
                    ]
                    for told in (row.changes, row.kept)
                ),
            )
            for row in page.object_list
        ],
    }
    return render(request, "desk/import_check.html", context)


def _as_read(field: str, cell: str | float | None) -> str | None:
    """A cell as the reader's language writes it."""
    if not isinstance(cell, (int, float)) or field.endswith("_year"):
        return None if cell is None else str(cell)
    exact = Decimal(cell) if isinstance(cell, int) else Decimal(f"{cell:.15g}")
    return number_format(exact, use_l10n=True, force_grouping=True)


def _under_way(file: ImportFile) -> Job | None:
    """The job that works on the file, asked for where one is needed; None where none is."""
    if job := _not_done(_draft_key(file)):
        return job
    if not files.is_big(file) or file.checked == files.state_of(file):
        return None
    key = _check_key(file)
    if job := _not_done(key):
        return job
    return _asked(file, files.CHECK, key, state=files.state_of(file))


def _asked(file: ImportFile, kind: str, key: str, **told: Any) -> Job:
    language = get_language() or "ja"
    return enqueue(kind, unique_key=key, again=True, file=str(file.pk), language=language, **told)


def _not_done(unique_key: str) -> Job | None:
    return Job.objects.filter(unique_key=unique_key).exclude(state=Job.State.DONE).first()


@officers_only
@require_POST
@takes()
def import_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Makes the draft of the rows that are not refused, once; never of others than were shown."""
    _who, file = _own(request, pk)
    if file.changeset_id is None and files.is_outdated(file):
        return _looked_at_again(request, file)
    if files.is_big(file) and file.changeset_id is None:
        _asked(file, files.DRAFT, _draft_key(file))
        return redirect("desk:import-check", file.pk)
    made = files.make_draft(file)
    if made is None and files.is_outdated(file):
        return _looked_at_again(request, file)
    if made is None:
        messages.info(request, gettext("Nothing would change, so there is no draft."))
        return redirect("desk:import-check", file.pk)
    return redirect("desk:changeset", made.pk)


def _forget_failures(file: ImportFile) -> None:
    """What failed is tried again once the columns are named again, be it as before."""
    keys = [_draft_key(file), _check_key(file)]
    Job.objects.filter(unique_key__in=keys, state=Job.State.FAILED).delete()


def _check_key(file: ImportFile) -> str:
    return f"{files.CHECK}.{file.pk}.{files.state_of(file)}"


def _looked_at_again(request: HttpRequest, file: ImportFile) -> HttpResponse:
    text = gettext(
        "The catalogue has changed since the trial run, so it is made anew. Look at it before you"
        " make the draft."
    )
    messages.warning(request, text)
    return redirect("desk:import-check", file.pk)


def _draft_key(file: ImportFile) -> str:
    return f"{files.DRAFT}.{file.pk}"


@officers_only
@require_safe
@takes("province")
def export(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """All records of a kind as a file, 'xlsx' or 'csv', that can be edited and imported."""
    if kind not in kinds():
        raise Http404
    province = request.GET.get("province")
    if province is not None:
        known = Province.objects.filter(pk=province, is_active=True).exists()
        if not known or not is_placed(kind):
            raise WrongParameter("province", gettext("the key of a province"))
    name = f"{kind}-{province}.{form}" if province else f"{kind}.{form}"
    sheet = sheet_of(kind, province)
    if form == "csv":
        return csv_response(sheet.columns, sheet.rows, filename=name)
    return workbook_response([sheet], filename=name, made=timezone.localdate())


def _own(request: HttpRequest, pk: UUID) -> tuple[Standing, ImportFile]:
    """A file of the officer's own, for whose organisation they still edit."""
    who = standing_of(request)
    file = get_object_or_404(ImportFile, own_of(who), pk=pk)
    require(may_draft(who, file.organisation_id))
    return who, file


def _kind(kind: str) -> str:
    return capfirst(str(KINDS[kind]._meta.verbose_name_plural))
