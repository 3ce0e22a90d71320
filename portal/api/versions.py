"""Which state of the catalogue an answer speaks of, and answers that need not be sent again."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, cast

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.api.problems import NotModified

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
        """Adds the header."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if HEADER not in response.headers:  # an answer that is told again names its own
            response.headers[HEADER] = str(self.catalogue_version)
        return response


class ConditionalGet(CatalogueVersion):
    """A view with strong ETags: its answers follow from release, version, address and language.

    A view that shows more than these decide, such as staleness, names the rest in `etag_parts`.
    """

    def etag_parts(self) -> tuple[str, ...]:
        """What else decides the answer, for example today's date."""
        return ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises NotModified where the reader has the answer already."""
        super().initial(request, *args, **kwargs)
        known = parse_etags(request.headers.get("If-None-Match", ""))
        if request.method in ("GET", "HEAD") and self._etag(request) in map(_strong, known):
            raise NotModified

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Adds ETag and what caches must heed."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code in (200, 304):
            response.headers["ETag"] = self._etag(request)
            response.headers["Cache-Control"] = "public, no-cache"  # keep it, but ask each time
            patch_vary_headers(response, ("Accept-Language",))
        return response

    def _etag(self, request: Request) -> str:
        version = str(self.catalogue_version)
        language = get_language() or ""
        parts = (settings.RELEASE, version, language, request.build_absolute_uri())
        digest = sha256("\n".join((*parts, *self.etag_parts())).encode()).hexdigest()
        return f'"{digest[:32]}"'


def _strong(etag: str) -> str:
    return etag.removeprefix("W/")  # If-None-Match compares weakly (RFC 9110 section 13.1.2)
