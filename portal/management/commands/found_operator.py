"""`manage.py found_operator`: the first organisation, and an invitation to its administrator."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from portal.accounts.founding import found_operator


class Command(BaseCommand):
    """Makes the portal's operator, whose administrator lets everybody else in."""

    help = "Makes the organisation that operates this portal and invites its administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes the address of the administrator, the organisation's names and the site."""
        parser.add_argument("--email", required=True, help="the administrator's e-mail address")
        parser.add_argument("--site", default=settings.SITE, help="for the link; else SITE")
        parser.add_argument("--key", default="operator")
        parser.add_argument("--name-ja", default="つながり運営事務局")
        parser.add_argument("--name-en", default="Tsunagari operator")
        parser.add_argument(
            "--language", default="ja", choices=[code for code, _ in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Invites; raises CommandError where there is an operator with an administrator."""
        with translation.override(options["language"]):
            try:
                found_operator(
                    key=options["key"],
                    name_ja=options["name_ja"],
                    name_en=options["name_en"],
                    email=options["email"],
                    site=options["site"].rstrip("/"),
                )
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"An invitation is on its way to {options['email']}.")
