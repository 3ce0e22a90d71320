"""Does in a child of its own each work that its input orders, until that is killed or done."""

import os
import sys
from collections.abc import Callable


def main() -> None:
    """Says `ready` with the child's number before the work, `ended` with its status after it.

    What a child asks of workers stays undone, as if there were none.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.utils.module_loading import import_string

    from portal.celery import app

    app.conf.task_always_eager = False
    for line in sys.stdin:
        name, text = line.split()
        work = import_string(name)
        child = os.fork()
        if not child:
            _live(work, text)
        _pid, status = os.waitpid(child, 0)
        _say(f"ended {status}")


def _live(work: Callable[[str], object], text: str) -> None:
    from django.db import connection

    connection.ensure_connection()
    _say(f"ready {os.getpid()}")
    try:
        work(text)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
