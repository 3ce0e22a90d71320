"""Match jobs as rows: taken in whole or not at all, told, and deleted."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.batch.packing import Row, pack
from matching.batch.reading import LIST, Reading
from matching.engine.criteria import ENGINE_VERSION
from matching.models import MatchBlock, MatchJob, StoredSnapshot
from matching.profile_table import ProfileTable
from matching.questions import LEVELS, LONGEST_LIST, MustHave, WeightsSerializer
from matching.snapshot import Snapshot
from matching.snapshot.store import LAYOUT
from portal.accounts.models import Organisation
from portal.api.problems import BodyError, Fault, FaultyState, QueryError, TooLarge
from portal.api.serializers import BoundedListField, JSONChoiceField, JSONIntegerField, StrictKeys
from portal.jobs.models import Job
from portal.jobs.queue import enqueue
from portal.webhooks.events import match_job_finished

MOST_ROWS = 100_000
MOST_OPEN = 20  # match jobs of an organisation that wait or run
MOST_KEPT_ROWS = 2_000_000  # of all its match jobs
MOST_PLACES = 50
BLOCK_ROWS = 4096
KEPT = timedelta(days=7)
OWN = ("weights", "must_haves")  # a row may give its own
BLOCK, EXPIRE = "matching.block", "matching.expire"  # kinds of jobs


class OptionsSerializer(StrictKeys):
    """What all rows ask alike, beside them in the JSON object or in the address."""

    level = JSONChoiceField(choices=LEVELS, required=False, default="province")
    limit = JSONIntegerField(required=False, min_value=1, max_value=MOST_PLACES, default=10)
    weights = WeightsSerializer(
        required=False, allow_null=True, help_text="Of every row that gives none of its own."
    )
    must_haves = BoundedListField(
        child=MustHave(),
        required=False,
        max_length=LONGEST_LIST,
        help_text="Of every row that gives none of its own.",
    )

    def _known_keys(self) -> list[str]:
        return [LIST, *(name for name in super()._known_keys() if name != LIST)]


@dataclass(frozen=True)
class Upload:
    """Rows that may be stored, in blocks: how many each has, and what a block keeps of them."""

    blocks: Sequence[tuple[int, bytes]]
    columns: list[str] | None  # of a CSV file
    options: Mapping[str, Any]
    level: str
    limit: int
    snapshot: Snapshot


def read(form: str, file: IO[bytes], options: Mapping[str, Any], *, snapshot: Snapshot) -> Upload:
    """The rows in `file`, to be matched with `snapshot`, that of today; compressed in memory.

    `form`: csv, ndjson or json; `options`: those in the address. It writes nothing, so that nobody
    who does waits for it. Raises BodyError, QueryError, TooLarge or ValidationError.
    """
    reading = Reading(form, file, ProfileTable(snapshot), others=list(OptionsSerializer().fields))
    blocks = list(_packed(reading.rows()))
    if reading.members is not None and options:
        text = _("Beside a JSON object level and limit stand in it.")
        raise QueryError(dict.fromkeys(options, text))
    members = reading.members or {}
    asked = OptionsSerializer(data={**options, **members}, context={"snapshot": snapshot})
    asked.is_valid(raise_exception=True)
    level = asked.validated_data["level"]
    places = snapshot.facts.parks if level == "park" else snapshot.facts.provinces
    return Upload(
        blocks=blocks,
        columns=reading.columns,
        options={name: members[name] for name in OWN if name in members},
        level=level,
        limit=min(asked.validated_data["limit"], places),
        snapshot=snapshot,
    )


@transaction.atomic
def accept(organisation: Organisation, upload: Upload) -> MatchJob:
    """Stores what was read, and has it matched. Raises FaultyState where there is too much."""
    _check_room(organisation, sum(rows for rows, _asked in upload.blocks))
    now, key = timezone.now(), uuid.uuid4()
    job = MatchJob.objects.create(
        id=key,
        organisation=organisation,
        columns=upload.columns,
        options=upload.options,
        level=upload.level,
        limit=upload.limit,
        rows_total=sum(rows for rows, _asked in upload.blocks),
        engine_version=ENGINE_VERSION,
        catalogue_version=upload.snapshot.version,
        snapshot=_stored(upload.snapshot),
        work=ask_for_block(key, 0),
        created_at=now,
        expires_at=now + KEPT,
    )
    _look_at(key, now + KEPT)
    for number, (rows, asked) in enumerate(upload.blocks):
        MatchBlock.objects.create(job=job, number=number, rows=rows, asked=asked)
    return job


def _check_room(organisation: Organisation, rows: int) -> None:
    """Raises FaultyState where the organisation has too much with us already."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    own = MatchJob.objects.filter(organisation=organisation)
    is_open = Q(finished_at=None, work__state__in=(Job.State.QUEUED, Job.State.RUNNING))
    if own.filter(is_open).count() >= MOST_OPEN:
        text = _("At most %(limit)d match jobs of an organisation wait or run at a time.")
        raise FaultyState(detail=text % {"limit": MOST_OPEN})
    kept = own.aggregate(rows=Coalesce(Sum("rows_total"), 0))["rows"]
    if kept + rows > MOST_KEPT_ROWS:
        text = _(
            "All match jobs of an organisation hold at most %(limit)d rows; delete some that you"
            " have read."
        )
        raise FaultyState(detail=text % {"limit": MOST_KEPT_ROWS})


def ask_for_block(key: UUID, number: int) -> Job:
    """Has a block of a match job matched, once."""
    unique = f"{BLOCK}.{key}.{number}"
    return enqueue(BLOCK, unique_key=unique, match_job=str(key), number=number)


def finish(key: UUID) -> None:
    """Writes that all blocks of a match job are done; from now on it is kept for seven days."""
    now = timezone.now()
    open_ones = MatchJob.objects.filter(pk=key, finished_at=None)
    if open_ones.update(finished_at=now, expires_at=now + KEPT):
        _look_at(key, now + KEPT)
        announce(key, "done")


def announce(key: UUID, state: str) -> None:
    """Tells the organisation's systems how its match job ended, unless it was deleted."""
    for organisation in MatchJob.objects.filter(pk=key).values_list("organisation", flat=True):
        address = reverse("api-match-job-detail", args=[key])
        match_job_finished(organisation, job=str(key), state=state, match_job=address)


def expire(key: UUID) -> None:
    """Deletes a match job whose time is over; one that still runs is looked at a day later."""
    now = timezone.now()
    job = MatchJob.objects.select_related("work").filter(pk=key).first()
    if job is None:
        return
    if state_of(job) in ("queued", "running"):
        _look_at(key, now + timedelta(days=1))
    elif job.expires_at <= now:
        job.delete()


def _look_at(key: UUID, when: datetime) -> None:
    """Has the match job looked at, whether its time is over."""
    enqueue(EXPIRE, not_before=when, match_job=str(key))


def jobs_of(organisation: Organisation) -> QuerySet[MatchJob]:
    """The match jobs of an organisation that are still kept, with `rows_done`, `rows_failed`."""
    over = Q(expires_at__lte=timezone.now(), finished_at__isnull=False)
    done = Coalesce(Sum("blocks__rows", filter=Q(blocks__found__isnull=False)), 0)
    return (
        MatchJob.objects.filter(organisation=organisation)
        .exclude(over)
        .select_related("work")
        .annotate(rows_done=done, rows_failed=Coalesce(Sum("blocks__refused"), 0))
    )


def state_of(job: MatchJob) -> str:
    """queued, running, done or failed."""
    if job.finished_at is not None:
        return "done"
    if job.work.state == Job.State.FAILED:
        return "failed"
    first = job.work.arguments["number"] == 0 and job.work.state == Job.State.QUEUED
    return "queued" if first else "running"


def _packed(rows: Iterator[Row]) -> Iterator[tuple[int, bytes]]:
    """Blocks as they are kept. Raises TooLarge or BodyError."""
    total = 0
    for block in _blocks(rows):
        total += len(block)
        if total > MOST_ROWS:
            text = _("A match job holds at most %(limit)d rows; send the rest as another one.")
            raise TooLarge(text % {"limit": MOST_ROWS})
        yield len(block), pack(block)
    if not total:
        raise BodyError([Fault("#", _("There is no row to match."), "empty")])


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK_ROWS:
            yield block
            block = []
    if block:
        yield block


def _stored(snapshot: Snapshot) -> StoredSnapshot:
    return StoredSnapshot.objects.only("pk").get(catalogue_version=snapshot.version, layout=LAYOUT)
