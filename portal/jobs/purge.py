"""Deletes the rows of jobs that ended long ago."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone

from portal.jobs.models import Job
from portal.jobs.queue import enqueue_once
from portal.jobs.registry import job, on_sweep
from portal.jobs.running import Progress

PURGE = "portal.jobs.purge"
KEPT = timedelta(days=30)
_AT_ONCE = 1000


@job(PURGE)
def purge(progress: Progress) -> None:
    """Deletes what ended before KEPT, but for the jobs that another row refers to."""
    done = 0
    while count := _drop_some():
        done += count
        progress.report(done)


@on_sweep
def ask_for_purge() -> None:
    """Asks once a day for the old rows to be deleted."""
    enqueue_once(PURGE, f"{PURGE}.{timezone.localdate()}")


@transaction.atomic
def _drop_some() -> int:
    """Locks the rows first: one that failed and is asked for again just now stays."""
    keys = list(_old().select_for_update().values_list("pk", flat=True)[:_AT_ONCE])
    return Job.objects.filter(pk__in=keys).delete()[0]


def _old() -> QuerySet[Job]:
    found = Job.objects.filter(finished_at__lt=timezone.now() - KEPT)
    for relation in Job._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            own = {relation.field.name: OuterRef("pk")}
            found = found.exclude(Exists(relation.field.model._base_manager.filter(**own)))
    return found
