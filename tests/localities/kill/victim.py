"""Does in a child of its own each work that its input orders, until that is killed or done."""

import os
import sys


def main() -> None:
    """Says `ready` with the child's number before the work, `ended` with its status after it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    for line in sys.stdin:
        work, number = line.split()
        child = os.fork()
        if not child:
            _live(work, number)
        _pid, status = os.waitpid(child, 0)
        _say(f"ended {status}")


def _live(work: str, number: str) -> None:
    from django.db import connection

    connection.ensure_connection()
    _say(f"ready {os.getpid()}")
    try:
        {"apply": _apply, "import": _import}[work](number)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _apply(number: str) -> None:
    from localities.curation.apply import apply
    from localities.models import Changeset

    apply(Changeset.objects.get(pk=number))


def _import(file: str) -> None:
    from tests.localities.kill.importing import finish

    finish(file)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
