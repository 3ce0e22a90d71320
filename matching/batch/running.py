"""Matches one block of a match job, and asks for the next; doing it twice does no more."""

from uuid import UUID

from django.db import transaction

from matching.batch.judging import judge
from matching.batch.keeping import ask_for_block, finish
from matching.batch.packing import Found, pack, unpack
from matching.engine.batch import match_many
from matching.engine.criteria import ENGINE_VERSION
from matching.engine.result import Level
from matching.models import MatchBlock, MatchJob
from matching.ranking_table import PlaceCells
from matching.snapshot import of_version
from portal.jobs.running import Progress


class EngineMovedOn(Exception):
    """The job was begun by another release, whose arrays are not those of today's engine."""


def match_block(progress: Progress, key: UUID, number: int) -> None:
    """Matches the block, unless it is done or its match job was deleted.

    Result, progress and the next block's job are one transaction, and only the worker that holds
    the job commits it. Raises LostJob or EngineMovedOn.
    """
    block = MatchBlock.objects.select_related("job").filter(job=key, number=number).first()
    if block is None:
        return
    found = None if block.found is not None else _found(block)
    with transaction.atomic():
        progress.report(1, 1)
        if not MatchJob.objects.select_for_update().filter(pk=key).exists():
            return
        if found is not None:
            refused = sum(bool(faults) for _number, _id, faults, _cells in found)
            MatchBlock.objects.filter(pk=block.pk, found=None).update(
                asked=None, found=pack(found), refused=refused
            )
        if MatchBlock.objects.filter(job=key, number=number + 1).exists():
            MatchJob.objects.filter(pk=key).update(work=ask_for_block(key, number + 1))
        else:
            finish(key)


def _found(block: MatchBlock) -> list[Found]:
    """What is found for each row of the block."""
    job = block.job
    snapshot = of_version(job.catalogue_version)
    if snapshot is None or job.engine_version != ENGINE_VERSION:
        raise EngineMovedOn(f"engine {job.engine_version}, catalogue {job.catalogue_version}")
    rows = unpack(bytes(block.asked or b""))
    judged = judge(rows, job.columns, job.options, snapshot=snapshot)
    cells: list[list[object]] = []
    if judged.good:
        level: Level = "park" if job.level == "park" else "province"
        found = match_many(
            snapshot.facts, judged.requirements, judged.weights, level=level, top=job.limit
        )
        cells = PlaceCells(snapshot.facts, level).of(found)
    by_row = dict(zip(judged.good, cells, strict=True))
    return [
        (row[0], judged.identifiers[at], judged.faults.get(at, []), by_row.get(at, []))
        for at, row in enumerate(rows)
    ]
