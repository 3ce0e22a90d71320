"""The page of who curates what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from localities.queries.curators import curators
from localities.views.addresses import takes


@require_safe
@takes()
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The organisations that keep the catalogue, with what they curate and contributed."""
    return render(request, "localities/organisation_list.html", {"curators": curators()})
