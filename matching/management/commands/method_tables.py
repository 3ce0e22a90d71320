"""Makes the tables of docs/matching.md anew."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matching.method_tables import written

PAGE = settings.BASE_DIR / "docs" / "matching.md"


class Command(BaseCommand):
    help = "Makes the tables of docs/matching.md anew from the engine and the catalogue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which page, and whether only to look."""
        parser.add_argument("--page", type=Path, default=PAGE)
        parser.add_argument("--check", action="store_true", help="change nothing; fail if stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the page, or says that it is stale."""
        page: Path = options["page"]
        text = page.read_text(encoding="utf-8")
        fresh = written(text)
        if options["check"] and fresh != text:
            raise CommandError(f"{page} is stale: run `manage.py method_tables`")
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")
        self.stdout.write(f"{page}: {'as it was' if fresh == text else 'written'}")
