"""The API's description of itself: its OpenAPI schema and the pages to try it on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView, View
from drf_spectacular.views import SpectacularJSONAPIView

from portal.api.versions import ConditionalGet
from portal.api.views import PublicView


class SchemaView(ConditionalGet, PublicView, SpectacularJSONAPIView):
    """The OpenAPI 3.1 schema of this API."""

    schema = None


class DocsView(TemplateView):
    """The schema as pages on which each address can be tried."""

    template_name = "portal/api_docs.html"


class GuideView(View):
    """The guide, as it stands in the repository: text that reads as well unrendered."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The text."""
        text = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
