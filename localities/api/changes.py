"""The change feed: what a system that keeps a copy of the catalogue has to catch up with.

No person is named, and no title or comment is told, as in the public history.
"""

from hashlib import sha256
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from localities.api.changesets_serializers import EditSerializer
from localities.models import Changeset, Edit
from localities.queries import changes
from portal.accounts.models import Organisation
from portal.api.problems import QueryError
from portal.api.views import CatalogueView

LONGEST_NUMBER = 9  # digits of a version
_EXAMPLE = {
    "version": 7,
    "applied_at": "2026-11-20T10:15:00+09:00",
    "proposed_by": {
        "slug": "osaka",
        "name_ja": "大阪府",
        "name_en": "Osaka Prefecture",
        "name_vi": "Tỉnh Osaka",
    },
    "decided_by": {
        "slug": "osaka",
        "name_ja": "大阪府",
        "name_en": "Osaka Prefecture",
        "name_vi": "Tỉnh Osaka",
    },
    "reverts": None,
    "edits_count": 1,
    "edits": [
        {
            "action": "update",
            "kind": "industrial-park",
            "key": "long-duc",
            "field": "tenants_count",
            "old": 70,
            "new": 71,
            "source": "visit-2026-10",
            "note": "p. 3",
            "as_of": "2026-10-02",
            "province": "dong-nai",
            "other_province": None,
            "park": "long-duc",
        }
    ],
    "edits_url": "https://portal.example/api/v1/changes/7/edits/",
    "dump_url": None,
}


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """An organisation that proposed or decided."""

    slug = serializers.CharField(source="key")

    class Meta:
        model = Organisation
        fields = ("slug", "name_ja", "name_en", "name_vi")


class ChangeSerializer(serializers.ModelSerializer[Changeset]):
    """What made one version of the catalogue.

    `edits` is null where they are too many to stand here: all are at `edits_url` by pages. The
    initial load is read from `dump_url` instead.
    """

    applied_at = serializers.DateTimeField(source="decided_at")
    proposed_by = OrganisationSerializer(source="organisation", allow_null=True)
    decided_by = OrganisationSerializer(source="reviewing_organisation", allow_null=True)
    reverts = serializers.IntegerField(source="reverts.version", default=None, allow_null=True)
    edits_count = serializers.IntegerField()
    edits = serializers.SerializerMethodField()
    edits_url = serializers.SerializerMethodField()
    dump_url = serializers.SerializerMethodField()

    class Meta:
        model = Changeset
        fields = (
            "version",
            "applied_at",
            "proposed_by",
            "decided_by",
            "reverts",
            "edits_count",
            "edits",
            "edits_url",
            "dump_url",
        )

    @extend_schema_field(
        {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Edit"}}
    )
    def get_edits(self, changeset: Changeset) -> Any:
        """The edits in their order, read for the whole page in one query."""
        if not changes.lists_edits(changeset):
            return None
        return EditSerializer(self.context["edits"].get(changeset.pk, []), many=True).data

    @extend_schema_field(OpenApiTypes.URI)
    def get_edits_url(self, changeset: Changeset) -> str:
        """Where all edits are, by pages."""
        request = self.context["request"]
        return reverse("api-change-edits", kwargs={"version": changeset.version}, request=request)

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_dump_url(self, changeset: Changeset) -> str | None:
        """Of the initial load: where the whole catalogue is."""
        if changeset.version != changes.INITIAL:
            return None
        return reverse("api-dumps", request=self.context["request"])


class ChangesView(CatalogueView, ListAPIView[Changeset]):
    """The versions of the catalogue behind `since`, the oldest first, each with its edits."""

    queryset = Changeset.objects.none()
    serializer_class = ChangeSerializer
    filter_backends = ()
    query_parameters = frozenset({"since"})
    ordering_fields: ClassVar[dict[str, str]] = {"version": "version"}
    default_ordering: ClassVar[str] = "version"
    action = "list"

    def etag_parts(self) -> tuple[str, ...]:
        """What organisations are called is no part of the catalogue."""
        return (self._names,)

    @cached_property
    def _names(self) -> str:
        return sha256(repr(changes.organisation_names()).encode()).hexdigest()

    @extend_schema(
        operation_id="changes_list",
        parameters=[
            OpenApiParameter(
                "since",
                {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
                description="The version that the reader has: what came after it is told.",
            )
        ],
        examples=[OpenApiExample("One change", value=_EXAMPLE)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of changes; an empty one where the reader is up to date."""
        found = changes.applied(_since(request, self.catalogue_version), self.catalogue_version)
        page = self.paginate_queryset(found) or []
        listed = [changeset for changeset in page if changes.lists_edits(changeset)]
        context = {**self.get_serializer_context(), "edits": changes.edits_of(listed)}
        return self.get_paginated_response(ChangeSerializer(page, many=True, context=context).data)


class ChangeEditsView(CatalogueView, ListAPIView[Edit]):
    """All edits that made one version, in their order, by pages."""

    queryset = Edit.objects.none()
    serializer_class = EditSerializer
    filter_backends = ()
    ordering_fields: ClassVar[dict[str, str]] = {"position": "position"}
    default_ordering: ClassVar[str] = "position"
    action = "list"

    def get_queryset(self) -> QuerySet[Edit]:
        """The edits of the version. Raises NotFound where there is no such version yet."""
        if getattr(self, "swagger_fake_view", False):
            return Edit.objects.none()
        version = self.kwargs["version"]
        if not 0 < version <= self.catalogue_version:
            raise NotFound
        return changes.edits(version)


def _since(request: Request, present: int) -> int:
    """The version that the reader has; 0 without a word. Raises QueryError."""
    text = request.query_params.get("since", "0")
    text = text.lstrip("0") or "0" if text else text
    if not (text.isascii() and text.isdigit()):
        message = gettext("The number of a catalogue version is needed: 0, 1, 2 and so on.")
        raise QueryError({"since": ErrorDetail(message, code="invalid")})
    if len(text) > LONGEST_NUMBER or int(text) > present:
        message = gettext("There is no such version yet; the present one is %(version)d.")
        told = message % {"version": present}
        raise QueryError({"since": ErrorDetail(told, code="too_large")})
    return int(text)
