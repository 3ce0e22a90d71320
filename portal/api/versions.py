"""Which state of the catalogue an answer speaks of, and answers that need not be sent again."""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import parse_etags
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.api.problems import FaultyState, NotModified, is_api

HEADER = "Catalogue-Version"


def catalogue_version() -> int:
    """The catalogue's version, read by the function that API_CATALOGUE_VERSION names."""
    return cast(Callable[[], int], import_string(settings.API_CATALOGUE_VERSION))()


class CatalogueVersion(APIView):
    """A view whose every answer names its catalogue version.

    The version is read once, before the data: an answer is never older than it says.
    """

    _version: int | None = None

    @property
    def catalogue_version(self) -> int:
        """The version that this request's answer speaks of."""
        if self._version is None:
            self._version = catalogue_version()
        return self._version

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reads the version, after every check of the request."""
        super().initial(request, *args, **kwargs)
        self._version = self.catalogue_version

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Adds the header, unless the database is away."""
        response = super().finalize_response(request, response, *args, **kwargs)
        told = HEADER in response.headers  # an answer that is told again names its own
        if not told and response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers[HEADER] = str(self.catalogue_version)
        return response


class CatalogueVersionMiddleware:
    """Names the version in answers that come of no view: what cannot be read is refused before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the header unless the server has failed."""
        response = self.get_response(request)
        if is_api(request) and HEADER not in response.headers and response.status_code < 500:
            response.headers[HEADER] = str(catalogue_version())
        return response


class ConditionalGet(CatalogueVersion):
    """A view with strong ETags: its answers follow from release, version, address and language.

    A view that shows more than these decide, such as staleness, names the rest in `etag_parts`.
    """

    conditional = True  # told in the schema

    def etag_parts(self) -> tuple[str, ...]:
        """What else decides the answer, for example today's date."""
        return ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises NotModified where the reader has the answer already."""
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD") and self._etag in _known(request):
            raise NotModified

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Adds ETag and what caches must heed."""
        read = request.method in ("GET", "HEAD")
        if read and response.status_code == 200 and "*" in _known(request):
            response = Response(status=304)  # any answer will do, where there is one
        response = super().finalize_response(request, response, *args, **kwargs)
        if read and response.status_code in (200, 304):
            response.headers["ETag"] = self._etag
            response.headers["Cache-Control"] = "public, no-cache"  # keep it, but ask each time
            patch_vary_headers(response, ("Accept-Language",))
        return response

    @cached_property
    def _etag(self) -> str:
        version = str(self.catalogue_version)
        language = get_language() or ""
        parts = (settings.RELEASE, version, language, self.request.build_absolute_uri())
        digest = sha256("\n".join((*parts, *self.etag_parts())).encode()).hexdigest()
        return f'"{digest[:32]}"'


def check_match(request: Request, etag: str) -> None:
    """Raises FaultyState: 428 without If-Match, 412 where it does not name `etag`, the present."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        text = gettext("Name the state that you saw by its ETag, in the header If-Match.")
        raise FaultyState(detail=text, status=428)
    if etag not in parse_etags(header):
        text = gettext("This has been changed since; look at it again.")
        raise FaultyState(detail=text, status=412)


def _known(request: Request) -> list[str]:
    """The ETags that the reader has; they compare weakly (RFC 9110 section 13.1.2)."""
    etags = parse_etags(request.headers.get("If-None-Match", ""))
    return [etag.removeprefix("W/") for etag in etags]
