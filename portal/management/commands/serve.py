"""`manage.py serve`: prepares, then runs the web server and the worker until Ctrl-C."""

import http.client
import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from localities.demonstration import name_stewards
from portal import env
from portal.accounts.demonstration import renew
from portal.supervisor import Part, Supervisor
from portal.web_worker import LONGEST_REQUEST_LINE

WELCOME = """
Tsunagari answers on  http://{host}:{port}/
its API, to try out:  http://{host}:{port}/api/v1/docs/
Ctrl-C stops all of it.
"""


class Command(BaseCommand):
    """The embedded portal: everything on one machine, in one command."""

    help = "Prepares the portal and serves it on HOST:PORT (127.0.0.1:8000), with a worker beside."

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes --reload."""
        parser.add_argument("--reload", action="store_true", help="reload when code changes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves; raises CommandError where the port is taken."""
        host, port = env.text("HOST", "127.0.0.1"), env.number("PORT", 8000)
        _require_free(host, port)
        call_command("prepare", stdout=self.stdout)
        for left in settings.VAR_DIR.glob("cache.sqlite3*"):
            left.unlink()  # a power cut may have damaged it, and nothing in it is missed
        accounts = _demonstration()
        connections.close_all()
        web = _development_server(host, port) if options["reload"] else _server(host, port)
        supervisor = Supervisor(os.environ)
        welcome = WELCOME.format(host=host, port=port) + accounts
        parts = [web, _worker(), _calling_worker()]
        status = supervisor.run(parts, lambda: _answers(host, port), welcome)
        if status:
            sys.exit(status)


def _demonstration() -> str:
    """What to sign in with, on the embedded portal; nothing where others could reach it."""
    embedded = connections["default"].vendor == "sqlite" and not settings.HTTPS
    if not embedded or not env.flag("DEMO_ACCOUNTS", True):
        return ""
    accounts = renew()
    if accounts:
        name_stewards()
    lines = [
        f"  {account.email:25} {account.password}  {account.role}"
        + (f"\n{'':28}second factor: {account.secret}" if account.secret else "")
        for account in accounts
    ]
    return "\n".join(["Accounts to try, new at every start:", *lines, ""]) if lines else ""


def _server(host: str, port: int) -> Part:
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application"]
    options = {
        "bind": f"{host}:{port}",
        "worker-class": "portal.web_worker.PatientWorker",
        "workers": env.text("WEB_PROCESSES", "2"),
        "threads": env.text("WEB_THREADS", "16"),
        "limit-request-line": str(LONGEST_REQUEST_LINE),
        "timeout": "60",
        "graceful-timeout": "5",
        "keep-alive": "5",
        "log-level": "warning",
    }
    flags = ["--no-control-socket", *(f"--{key}={value}" for key, value in options.items())]
    return Part("the web server", [*command, *flags])


def _development_server(host: str, port: int) -> Part:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "runserver"]
    return Part("the development server", [*command, f"{host}:{port}"])


def _worker() -> Part:
    processes = env.text("WORKER_PROCESSES", "1")
    return Part("the worker", _celery(settings.JOBS_QUEUE, f"--concurrency={processes}"))


def _calling_worker() -> Part:
    """Its jobs wait more than they work: threads do."""
    options = ["--pool=threads", "--concurrency=8"]
    return Part("the worker for calls", _celery(settings.CALLS_QUEUE, *options))


def _celery(queue: str, *options: str) -> list[str]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "portal", "worker"]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel=WARNING"]
    return [*command, f"--queues={queue}", f"--hostname={queue}@%h", *options, *quiet]


def _require_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise CommandError(
            f"Port {port} of {host} cannot be used: {os.strerror(error.errno or 0)}."
            " PORT names another one: make run PORT=8001"
        ) from error
    except OverflowError as error:
        raise CommandError(f"PORT is {port}; allowed are 1 to 65535.") from error


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health/live/")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()
