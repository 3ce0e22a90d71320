"""`manage.py prepare`: everything between a checkout and a portal that can serve."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.api.versions import catalogue_version
from portal.messages import compile_messages


class Command(BaseCommand):
    """Does what is missing, and nothing a second time."""

    help = "Compiles messages, migrates, loads the catalogue if empty, collects static files."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepares; each step is idempotent."""
        compile_messages()
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        if catalogue_version() == 0:
            self.stdout.write("loading the catalogue ...")
            call_command("load_catalogue", stdout=self.stdout)
        if not settings.DEBUG:
            self._collect_static_files()

    def _collect_static_files(self) -> None:
        """Collects them if any has changed: hashing and packing all takes seconds."""
        stamp = settings.STATIC_ROOT / "collected.txt"
        state = _static_state()
        if stamp.exists() and stamp.read_text() == state:
            return
        call_command("collectstatic", interactive=False, verbosity=0, stdout=self.stdout)
        stamp.write_text(state)


def _static_state() -> str:
    digest = sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            modified = storage.get_modified_time(path)
            digest.update(f"{path} {storage.size(path)} {modified}\n".encode())
    return digest.hexdigest()
