"""Applies the changesets whose numbers are given, one after the other, until it is killed."""

import os
import sys


def main(numbers: list[str]) -> None:
    """Says `ready`, then applies."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    from localities.curation.apply import apply
    from localities.models import Changeset

    connection.ensure_connection()
    changesets = [Changeset.objects.get(pk=number) for number in numbers]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for changeset in changesets:
        apply(changeset)


if __name__ == "__main__":
    main(sys.argv[1:])
