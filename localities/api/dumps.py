"""The catalogue as open data, whole, by address."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from localities.dumps import store
from localities.dumps.contents import ATTRIBUTION, LICENCE
from localities.dumps.forms import FORMS, MEDIA_TYPES
from localities.models import StoredDump
from portal.api.versions import ConditionalGet
from portal.api.views import PublicView

_EXAMPLE = {
    "licence": LICENCE,
    "results": [
        {
            "version": 7,
            "attribution": ATTRIBUTION.format(version=7),
            "files": [
                {
                    "form": "ndjson",
                    "url": "https://portal.example/api/v1/dumps/7/catalogue.ndjson",
                    "bytes": 3_812_000,
                    "sha256": sha256(b"").hexdigest(),
                    "made_at": "2026-11-20T00:00:41+09:00",
                }
            ],
        }
    ],
}


class LicenceSerializer(serializers.Serializer[Any]):
    """Under what the data may be used."""

    name = serializers.CharField()
    title = serializers.CharField()
    path = serializers.URLField()


class DumpFileSerializer(serializers.Serializer[Any]):
    """One file. What is not known before it was first asked for is null."""

    form = serializers.ChoiceField(choices=list(FORMS))
    url = serializers.URLField()
    bytes = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)


class DumpSerializer(serializers.Serializer[Any]):
    """The dumps of one version of the catalogue."""

    version = serializers.IntegerField()
    attribution = serializers.CharField()
    files = DumpFileSerializer(many=True)


class DumpsSerializer(serializers.Serializer[Any]):
    """The dumps that there are, the newest version first."""

    licence = LicenceSerializer()
    results = DumpSerializer(many=True)


class DumpsView(ConditionalGet, PublicView):
    """The dumps of the catalogue to download: of today, and of some versions before."""

    @cached_property
    def _listed(self) -> dict[int, Sequence[StoredDump]]:
        return store.listed()

    def etag_parts(self) -> tuple[str, ...]:
        """Which dumps have been made."""
        made = [(dump.digest, dump.made_at) for dumps in self._listed.values() for dump in dumps]
        return (sha256(repr(made).encode()).hexdigest(),)

    @extend_schema(
        operation_id="dumps_list",
        responses=DumpsSerializer,
        examples=[OpenApiExample("One version", value=_EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """All of them; there are few."""
        results = [
            {
                "version": version,
                "attribution": ATTRIBUTION.format(version=version),
                "files": [self._file(version, form, dumps) for form in FORMS],
            }
            for version, dumps in self._listed.items()
        ]
        return Response(DumpsSerializer({"licence": LICENCE, "results": results}).data)

    def _file(self, version: int, form: str, dumps: Sequence[StoredDump]) -> dict[str, Any]:
        made = next((dump for dump in dumps if dump.form == form), None)
        parts = {"version": version, "form": form}
        return {
            "form": form,
            "url": reverse("api-dump", kwargs=parts, request=self.request),
            "bytes": made and made.size,
            "sha256": made and made.digest,
            "made_at": made and made.made_at,
        }


class DumpView(PublicView):
    """One dump: the same bytes, known by their digest, for whoever asks."""

    throttle_scope = "dump"
    conditional = True

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The form is in the address: whatever the reader accepts, errors are problem documents."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="dumps_read",
        parameters=[OpenApiParameter("form", str, OpenApiParameter.PATH, enum=list(FORMS))],
        responses={
            (200, media_type): OpenApiTypes.OBJECT if form == "geojson" else OpenApiTypes.BINARY
            for form, media_type in MEDIA_TYPES.items()
        },
    )
    def get(self, request: Request, version: int, form: str) -> HttpResponseBase:
        """The whole catalogue. Raises NotFound where there is no dump of the version."""
        if form not in FORMS:
            text = gettext("A dump has one of these forms: %(forms)s.")
            raise NotFound(text % {"forms": ", ".join(FORMS)})
        dump = store.find(version, form)
        if dump is None:
            text = gettext("There is no dump of this version; those that there are: %(address)s")
            raise NotFound(text % {"address": reverse("api-dumps", request=request)})
        etag = f'"{dump.digest}"'
        known = parse_etags(request.headers.get("If-None-Match", ""))
        if etag in [each.removeprefix("W/") for each in known]:
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(bytes(dump.content), content_type=MEDIA_TYPES[form])
            name = f"tsunagari-catalogue-{version}.{form}"
            response.headers["Content-Disposition"] = (
                content_disposition_header(as_attachment=True, filename=name) or "attachment"
            )
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ("Accept-Language",))
        return response
