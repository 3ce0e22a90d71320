"""Background work of the catalogue."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from localities.dumps import store
from localities.imports import files
from localities.links import check_links
from localities.models import ImportFile
from portal.jobs.queue import enqueue_once
from portal.jobs.registry import job, on_sweep
from portal.jobs.running import Progress

DUMP = "localities.dump"
LINKS = "localities.links"
OLD_FILES = "localities.import-drop"


@job(files.CHECK)
def check_import(progress: Progress, *, file: str, language: str, state: str) -> None:
    """Works out what becomes of each row of a big file."""
    with override(language):
        found = ImportFile.objects.get(pk=UUID(file))
        if found.changeset_id is None and files.state_of(found) == state:
            files.check(found, progress.report)


@job(files.DRAFT)
def draft_import(progress: Progress, *, file: str, language: str) -> None:
    """Makes the draft of a big file, once."""
    with override(language):
        files.make_draft(ImportFile.objects.get(pk=UUID(file)), progress.report)


@job(OLD_FILES)
def drop_old_files(progress: Progress) -> None:
    """Deletes files that nobody made a draft of."""
    files.drop_old()


@on_sweep
def ask_for_old_files() -> None:
    """Asks once a day for files without a draft to be deleted."""
    enqueue_once(OLD_FILES, f"{OLD_FILES}.{timezone.localdate()}")


@job(DUMP)
def dump_catalogue(progress: Progress) -> None:
    """Makes today's dumps, and drops those of versions long gone."""
    store.make()
    store.drop_old()


@on_sweep
def ask_for_dump() -> None:
    """Asks for the dumps once a day, after midnight."""
    enqueue_once(DUMP, f"{DUMP}.{timezone.localdate()}")


@job(LINKS, waits_on_others=True)
def look_at_links(progress: Progress) -> None:
    """Looks whether the addresses of sources still lead anywhere, a night's share of them."""
    check_links(progress.report)


@on_sweep
def ask_for_links() -> None:
    """Asks for the look at links once a day, after midnight, where it is wanted."""
    if settings.LINK_CHECKS:
        enqueue_once(LINKS, f"{LINKS}.{timezone.localdate()}")
