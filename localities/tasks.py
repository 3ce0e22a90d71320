"""Background work of the catalogue."""

from uuid import UUID

from django.utils.translation import override

from localities.imports import files
from localities.models import ImportFile
from portal.jobs.registry import job
from portal.jobs.running import Progress


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
