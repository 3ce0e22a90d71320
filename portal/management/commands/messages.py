"""`manage.py messages`: gathers the texts to translate and compiles the translations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.messages import compile_messages, gather_messages


class Command(BaseCommand):
    """Gathers and compiles; with --compile, compiles alone."""

    help = "Writes every text of code and templates into locale/*/django.po and compiles those."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes --compile."""
        parser.add_argument("--compile", action="store_true", help="do not gather texts anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Does it and reports what lacks a translation."""
        if not options["compile"]:
            for language, (texts, missing) in gather_messages().items():
                self.stdout.write(f"{language}: {texts} texts, {missing} not translated")
        for path in compile_messages():
            self.stdout.write(f"compiled {path}")
