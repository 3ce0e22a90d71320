"""Match jobs: many profiles sent at once, matched in the background, and their results."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from matching import snapshot
from matching.api import match_job_shapes as shapes
from matching.api.uploads import CSV, FIELD, NDJSON, PARSERS, upload_of
from matching.batch import results
from matching.batch.keeping import MOST_PLACES, Upload, accept, jobs_of, read, state_of
from matching.models import MatchJob
from matching.questions import LEVELS
from portal.api.clients import scoped
from portal.api.idempotency import idempotent_after
from portal.api.paging import KeysetPagination
from portal.api.problems import Fault, FaultyState, QueryError
from portal.api.views import UUID_PATTERN, ClientView

ASK_AGAIN_S = 5
_OWN = ("level", "limit")
_ENDED = ("done", "failed")
_OPTIONS = [
    OpenApiParameter("level", str, enum=LEVELS, description="Beside a file or a bare list."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_PLACES},
        description="Places of each row, 10 without it. Beside a file or a bare list.",
    ),
]
_FORM = OpenApiParameter(
    "form", str, enum=("ndjson", "csv"), description="Goes before the header Accept."
)
_BYTES = {"type": "string", "format": "binary"}
_FORM_WITH_FILE = {"type": "object", "required": [FIELD], "properties": {FIELD: _BYTES}}


class BatchView(ClientView):
    """A view for API clients with the scope match:batch."""

    permission_classes = (scoped("match:batch"),)


def _upload(view: BatchView, request: Request) -> Upload:
    """What a request sends. Raises QueryError, BodyError, TooLarge, ParseError and the like."""
    given = request.query_params
    options = shapes.read_options({name: given[name] for name in _OWN if name in given})
    form, file = upload_of(request)
    return read(form, file, options, snapshot=snapshot.current())


class MatchJobViewSet(BatchView, GenericViewSet[MatchJob]):
    """Up to 100,000 profiles at once, of the client's organisation alone."""

    parser_classes = PARSERS
    pagination_class = KeysetPagination
    filter_backends = ()
    queryset = MatchJob.objects.none()
    serializer_class = shapes.MatchJobSerializer
    lookup_value_regex = UUID_PATTERN
    ordering_fields: ClassVar[dict[str, str]] = {"created_at": "created_at"}
    default_ordering: ClassVar[str] = "-created_at"

    def get_queryset(self) -> QuerySet[MatchJob]:
        """The jobs of the client's organisation."""
        if getattr(self, "swagger_fake_view", False):
            return MatchJob.objects.none()
        return jobs_of(self.organisation)

    def known_parameters(self) -> frozenset[str]:
        """`level` and `limit` stand beside what is sent."""
        own = frozenset(_OWN) if self.action == "create" else frozenset()
        return super().known_parameters() | own

    def get_throttles(self) -> list[Any]:
        """Sending has a limit of its own."""
        self.throttle_scope = "batch" if self.action == "create" else "read"
        return super().get_throttles()

    @extend_schema(operation_id="match_jobs_list")
    def list(self, request: Request) -> Response:
        """The organisation's match jobs that are still kept, the newest first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([self._told(job) for job in page])

    @extend_schema(
        operation_id="match_jobs_create",
        parameters=_OPTIONS,
        request={
            "application/json": shapes.MatchJobRequestSerializer,
            NDJSON: OpenApiTypes.BINARY,
            CSV: OpenApiTypes.BINARY,
            "multipart/form-data": _FORM_WITH_FILE,
        },
        responses={202: shapes.MatchJobSerializer},
        examples=shapes.REQUESTS,
    )
    @idempotent_after(_upload)
    def create(self, request: Request, upload: Upload) -> Response:
        """Takes profiles, all or none, and has them matched with today's catalogue."""
        made = accept(self.organisation, upload)
        told = self._told(self.get_queryset().get(pk=made.pk))
        return Response(told, status=202, headers={"Location": told["url"]})

    @extend_schema(operation_id="match_jobs_retrieve")
    def retrieve(self, request: Request, pk: str) -> Response:
        """How far a match job is."""
        return Response(self._told(self.get_object()))

    @extend_schema(operation_id="match_jobs_destroy", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Ends a match job, and deletes it with all that was sent and found."""
        self.get_object().delete()
        return Response(status=204)

    def _told(self, job: Any) -> dict[str, Any]:
        state = state_of(job)
        url = reverse("api-match-job-detail", args=[job.pk], request=self.request)
        told = {
            "id": str(job.pk),
            "url": url,
            "state": state,
            "level": job.level,
            "limit": job.limit,
            "catalogue_version": job.catalogue_version,
            "engine_version": job.engine_version,
            "rows_total": job.rows_total,
            "rows_done": job.rows_done,
            "rows_failed": job.rows_failed,
            "created_at": job.created_at,
            "finished_at": job.finished_at or job.work.finished_at if state in _ENDED else None,
            "expires_at": job.expires_at,
            "results_url": f"{url}results/" if state == "done" else None,
        }
        return dict(shapes.MatchJobSerializer(told).data)


class NdjsonRenderer(JSONRenderer):
    """Results as NDJSON; what goes wrong is told as JSON."""

    media_type, format = NDJSON, "ndjson"


class CsvRenderer(JSONRenderer):
    """Results as CSV; what goes wrong is told as JSON."""

    media_type, format = CSV, "csv"


class FormNegotiation(DefaultContentNegotiation):
    """`?form=` goes before the header Accept."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer asked for. Raises NotAcceptable."""
        for renderer in renderers:
            if renderer.format == request.query_params.get("form"):
                return renderer, renderer.media_type
        found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return found


class MatchJobResultsView(BatchView):
    """The results of a match job that is done."""

    renderer_classes = (NdjsonRenderer, CsvRenderer)
    content_negotiation_class = FormNegotiation
    query_parameters: ClassVar[frozenset[str]] = frozenset({"form"})

    @extend_schema(
        operation_id="match_jobs_results",
        parameters=[_FORM],
        responses={(200, NDJSON): shapes.LinesSerializer, (200, CSV): OpenApiTypes.STR},
        examples=shapes.RESULTS,
    )
    def get(self, request: Request, pk: UUID) -> Response | StreamingHttpResponse:
        """What was found for every row, in the order of the rows sent."""
        if request.query_params.get("form", "csv") not in ("csv", "ndjson"):
            raise QueryError({"form": gettext("Allowed are csv and ndjson.")})
        job: Any = get_object_or_404(jobs_of(self.organisation), pk=pk)
        self._version = job.catalogue_version  # that which the results speak of
        if state_of(job) != "done":
            raise _not_done(job)
        write = results.csv if request.accepted_renderer.format == "csv" else results.ndjson
        return StreamingHttpResponse(
            write(job, get_language() or "ja"),
            content_type=f"{request.accepted_renderer.media_type}; charset=utf-8",
            headers={"Vary": "Accept"},
        )


def _not_done(job: Any) -> FaultyState:
    if state_of(job) == "failed":
        text = gettext("The match job has failed; please send it again.")
        return FaultyState([Fault("#", text, "failed")])
    text = gettext("The match job is not done: %(done)d of %(total)d rows.")
    counts = {"done": job.rows_done, "total": job.rows_total}
    raised = FaultyState([Fault("#", text % counts, "not_done")])
    raised.wait = ASK_AGAIN_S  # type: ignore[attr-defined]  # becomes Retry-After
    return raised
