"""Pages of the portal as a whole: its door, whether it works, and what it says when it does not."""

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from localities.imports.archive import too_big
from localities.queries import catalogue
from localities.views.addresses import takes
from localities.views.maps import overview
from matching.method import backtest_headline, criteria_by_dimension, stage_weights
from matching.trades import SHOWN_FIRST, TRADES
from portal.api.language import accepted_language, languages, reader_language
from portal.api.problems import Fault, is_api, problem_response, shortened
from portal.api.versions import catalogue_version
from portal.middleware import HoldsNul


@require_safe
def door(request: HttpRequest) -> HttpResponseRedirect:
    """Leads to the home page in the reader's language."""
    response = HttpResponseRedirect(f"/{_wanted_language(request)}/")
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@require_safe
@takes()
def home(request: HttpRequest) -> HttpResponse:
    """What the portal does, and the one question to begin with."""
    context = {
        "summary": _summary(),
        "map": overview(),
        "trades": TRADES,
        "trades_first": SHOWN_FIRST,
    }
    return render(request, "portal/home.html", context)


def _summary() -> catalogue.Summary:
    """The catalogue's counts, made once a version."""
    version = catalogue_version()
    found = caches["kept"].get_or_set(f"summary/{version}", catalogue.summary)
    return found if found is not None else catalogue.summary()


def _ages() -> catalogue.Ages:
    """How old the figures are, made once a version."""
    version = catalogue_version()
    found = caches["kept"].get_or_set(f"ages/{version}", catalogue.ages)
    return found if found is not None else catalogue.ages()


@require_safe
@takes()
def about(request: HttpRequest) -> HttpResponse:
    """The method in plain words, every criterion with its bounds, and how much is known."""
    context = {
        "groups": criteria_by_dimension(),
        "stages": stage_weights(),
        "summary": _summary(),
        "ages": _ages(),
        "backtest": backtest_headline(),
    }
    return render(request, "portal/about.html", context)


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "ok", "release": settings.RELEASE})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The portal can serve: the database answers, is migrated, and holds a catalogue."""
    checks = _checks()
    ok = all(check["ok"] for check in checks.values())
    status = {"status": "ok" if ok else "unavailable", "release": settings.RELEASE}
    return JsonResponse({**status, "checks": checks}, status=200 if ok else 503)


def _checks() -> dict[str, dict[str, object]]:
    try:
        pending = _pending_migrations()
        version = 0 if pending else catalogue_version()
    except DatabaseError:
        return {"database": {"ok": False}}
    return {
        "database": {"ok": True},
        "migrations": {"ok": pending == 0, "pending": pending},
        "catalogue": {"ok": version > 0, "version": version},
    }


def _pending_migrations() -> int:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400: the request cannot be read; 413 for a form that is too long."""
    if isinstance(exception, RequestDataTooBig) and not is_api(request):
        return _too_long(request)
    names = exception.parameters if isinstance(exception, HoldsNul) else ()
    shown = [shortened(name.replace("\0", "%00")) for name in names]
    with _language(request):
        if not is_api(request):
            # Without the request: links made from an address with a NUL would hold it too.
            return HttpResponseBadRequest(render_to_string("400.html", {"parameters": shown}))
        if "\0" in request.path_info:  # no place is named so
            return problem_response(404, gettext("There is nothing at this address."))
        nul = gettext("A text holds no NUL character.")
        faults = [Fault(f"?{name}", nul, "nul") for name in shown]
        return problem_response(400, gettext("The request cannot be read."), faults)


def _too_long(request: HttpRequest) -> HttpResponse:
    with _language(request):
        is_file = request.content_type == "multipart/form-data"
        return render(request, "413.html", {"reason": too_big() if is_file else ""}, status=413)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """403: the reader may not do this."""
    with _language(request):
        if is_api(request):
            return problem_response(403)
        return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404: there is no such page."""
    with _language(request):
        if is_api(request):
            return problem_response(404)
        return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500: our fault. What went wrong is in the log, under the request's id."""
    with _language(request):
        if is_api(request):
            return problem_response(500, gettext("Something went wrong here. It is in our log."))
        return defaults.server_error(request)


def _language(request: HttpRequest) -> translation.override:
    """The reader's language, also where an error came before the language was chosen."""
    if is_api(request):
        return translation.override(reader_language(request))
    return translation.override(
        translation.get_language_from_path(request.path_info) or _wanted_language(request)
    )


def _wanted_language(request: HttpRequest) -> str:
    """That of the cookie, else what the browser accepts."""
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if kept in languages():
        return kept
    return accepted_language(request.headers.get("Accept-Language", ""))
