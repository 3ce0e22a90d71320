"""One kill after the other, at random points of an import: its two jobs, proposal, and apply.

Whatever is left, the import can be taken up again and ends as if nobody had been killed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from django.utils import translation

from localities.curation.apply import apply
from localities.curation.propose import propose
from localities.imports import files
from localities.imports.reading import Head
from localities.models import Changeset, Edit, ImportFile
from portal.accounts.models import Membership, User
from portal.jobs.models import Job
from portal.jobs.running import run
from tests.kill.applying import (
    PARKS,
    SEED,
    Outcome,
    Standing,
    check_versions,
    next_value,
    parks,
    standing,
)
from tests.kill.nursery import Nursery, nursery
from tests.kill.workers import declare_dead
from tests.localities.people import member, operator, organisation

LANGUAGE = "ja"
State = Changeset.State


def kills_of_imports(points: int, seed: int = SEED) -> Iterator[Outcome]:
    """Kills `points` processes, each while it imports; raises AssertionError for what is torn."""
    chance = random.Random(seed)  # points in time, no secrets
    editor = member("editor", "editor", organisation("osaka"))
    member("reviewer", "reviewer", operator())
    with nursery() as children:
        life = children.work(finish, str(_given(editor, next_value()).pk))
        assert life.finished
        for _point in range(points):
            yield _kill(children, editor, chance.uniform(0, 1.1 * life.seconds))


def finish(file: str) -> None:
    """What the victims do: takes an import from where it stands to its end."""
    for job in Job.objects.filter(arguments__file=file).order_by("created_at"):
        run(str(job.pk))
    changeset = ImportFile.objects.get(pk=file).changeset
    assert changeset is not None
    if changeset.state == State.DRAFT:
        changeset = propose(changeset, actor=changeset.author)
    if changeset.state == State.PROPOSED:
        apply(changeset, reviewer=Membership.objects.get(organisation=operator()).user)


def _kill(children: Nursery, editor: User, after_s: float) -> Outcome:
    before, value = standing(), next_value()
    file = _given(editor, value)
    after = Standing(before.version + 1, frozenset({value}))
    life = children.work(finish, str(file.pk), after_s)
    file.refresh_from_db()
    applied = file.changeset is not None and file.changeset.state == State.APPLIED
    assert applied or not life.finished
    assert standing() == (after if applied else before)
    _check(file, editor)
    check_versions()

    declare_dead()
    finish(str(file.pk))
    file.refresh_from_db()
    _check(file, editor)
    check_versions()
    assert standing() == after
    ours = Job.objects.filter(arguments__file=str(file.pk))
    assert set(ours.values_list("state", flat=True)) == {Job.State.DONE}
    return Outcome(applied)


def _given(editor: User, value: int) -> ImportFile:
    """A file that gives every park the value, with both of its jobs, which no queue knows of."""
    lines = ["キー,入居企業数", *(f"{key},{value}" for key, _old in parks())]
    with translation.override(LANGUAGE):
        file = files.receive(
            "\n".join(lines).encode(),
            name="調査.csv",
            kind="industrial-park",
            author=editor,
            organisation=organisation("osaka"),
        )
        columns = {0: "key", 1: "tenants_count"}
        files.set_order(
            file, Head(1, 1), columns, LANGUAGE, {"title": f"調査 {value}", "published": "2026-10"}
        )
        state = files.state_of(file)
    given = {"file": str(file.pk), "language": LANGUAGE}
    Job.objects.create(kind=files.CHECK, arguments={**given, "state": state})
    Job.objects.create(kind=files.DRAFT, arguments=given)
    return file


def _check(file: ImportFile, editor: User) -> None:
    """Raises AssertionError unless each step of the import is there whole, or not at all."""
    assert file.rows.count() == (PARKS if file.checked else 0)
    assert bool(file.content) == (file.changeset is None)
    drafted = set(Changeset.objects.filter(author=editor).values_list("pk", flat=True))
    filed = ImportFile.objects.filter(changeset__isnull=False)
    assert drafted == set(filed.values_list("changeset", flat=True))
    if file.changeset is not None:
        edits = Edit.objects.filter(changeset=file.changeset)
        assert edits.filter(record_kind="industrial-park").count() == PARKS
        assert edits.filter(record_kind="source").count() == 1
