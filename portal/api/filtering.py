"""Filters of a list, read where a request asks for one."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.views import APIView

from portal.api.parameters import filter_parameters


class AskedFilters(DjangoFilterBackend):
    """The view's filter set. A list without filters, the most usual one, needs no form for them."""

    def filter_queryset(
        self, request: HttpRequest, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        """The rows that are asked for; raises ValidationError for a filter that cannot be read."""
        known = filter_parameters(getattr(view, "filterset_class", None))
        if known.isdisjoint(request.GET):
            return queryset
        return super().filter_queryset(request, queryset, view)
