"""A small API over jobs, for tests of what every API is built on."""

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.fields import empty
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from portal.accounts.roles import NotAllowed
from portal.api.idempotency import idempotent
from portal.api.serializers import (
    BoundedListField,
    JSONBooleanField,
    JSONChoiceField,
    JSONIntegerField,
    JSONNumberField,
    JSONTextField,
    StrictKeys,
)
from portal.api.views import ApiView, CatalogueView, PublicView
from portal.jobs.models import Job
from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as own

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class JobFilters(django_filters.FilterSet):
    kind = django_filters.CharFilter()
    progress_done = django_filters.RangeFilter()

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = []


class JobSerializer(serializers.ModelSerializer):
    class Meta:
        model = Job
        fields = ("kind", "progress_done", "progress_total")


class JobViewSet(CatalogueView, viewsets.ReadOnlyModelViewSet):
    queryset = Job.objects.all()
    serializer_class = JobSerializer
    filterset_class = JobFilters
    lookup_field = "kind"
    ordering_fields: ClassVar[dict[str, str]] = {"kind": "kind", "total": "progress_total"}
    default_ordering = "kind"


class Address(StrictKeys):
    street = JSONTextField(max_length=20)


class Counted(JSONTextField):
    looked_at: ClassVar[list[Any]] = []

    def run_validation(self, data: Any = empty) -> Any:
        self.looked_at.append(data)
        return super().run_validation(data)


class Company(StrictKeys):
    name = JSONTextField()
    stage = JSONChoiceField(choices=["consider", "enter"], required=False)
    floor_area_m2 = JSONNumberField(min_value=0, required=False, allow_null=True)
    workers = JSONIntegerField(min_value=0, required=False)
    exports = JSONBooleanField(required=False)
    addresses = Address(many=True, required=False)
    brands = BoundedListField(child=Counted(), max_length=3, required=False)


class EchoView(PublicView):
    throttle_scope = "match"

    def post(self, request: Request) -> Response:
        company = Company(data=request.data)
        company.is_valid(raise_exception=True)
        return Response(company.validated_data)


class StoringView(ApiView):
    """Stores one job, then does what a test has told it to do."""

    permission_classes = (IsAuthenticated,)
    next_step: ClassVar[Callable[[], object]] = staticmethod(lambda: None)

    @idempotent
    def post(self, request: Request) -> Response:
        job = Job.objects.create(kind=request.data["kind"])
        StoringView.next_step()
        body = {"number": Job.objects.count(), "kind": job.kind, "state": job.get_state_display()}
        return Response(body, status=201, headers={"Location": f"/jobs/{job.pk}/"})


class BrokenView(PublicView):
    def get(self, request: Request) -> Response:
        raise RuntimeError("a programming error")


class ToldView(PublicView):
    told: ClassVar[Any] = None

    def get(self, request: Request) -> Response:
        return Response(self.told)


class ForbiddenView(PublicView):
    def get(self, request: Request) -> Response:
        raise NotAllowed


router = SimpleRouter()
router.register("jobs", JobViewSet)
urlpatterns: list[Any] = [
    path("api/v1/", include(router.urls)),
    path("api/v1/echo/", EchoView.as_view()),
    path("api/v1/stored-jobs/", StoringView.as_view()),
    path("api/v1/broken/", BrokenView.as_view()),
    path("api/v1/told/", ToldView.as_view()),
    path("api/v1/forbidden/", ForbiddenView.as_view()),
    *own,
]
