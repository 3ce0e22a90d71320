"""The API's description of itself: its OpenAPI schema and the pages to try it on."""

from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularJSONAPIView

from portal.api.versions import ConditionalGet
from portal.api.views import PublicView


class SchemaView(ConditionalGet, PublicView, SpectacularJSONAPIView):
    """The OpenAPI 3.1 schema of this API."""

    schema = None


class DocsView(TemplateView):
    """The schema as pages on which each address can be tried."""

    template_name = "portal/api_docs.html"
