"""The API's description of itself: its OpenAPI schema and the pages to try it on."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
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


# The documents that are served, and the one that stands elsewhere, by their views.
SERVED = {"api.md": "api-guide", "api-changes.md": "api-change-log", "openapi.json": "api-schema"}
_LINK = re.compile(r"\[([^]]+)\]\(([\w.-]+\.(?:md|json))(#[\w-]*)?\)")


class DocumentView(View):
    """A document, as it stands in the repository: text that reads as well unrendered.

    Its links to other documents lead to where these are served; of any other, the name is left.
    """

    document: str

    def get(self, request: HttpRequest) -> HttpResponse:
        """The text."""

        def served(link: re.Match[str]) -> str:
            name, document, part = link.groups(default="")
            if document not in SERVED:
                return name
            return f"[{name}]({request.build_absolute_uri(reverse(SERVED[document]))}{part})"

        text = (settings.BASE_DIR / "docs" / self.document).read_text(encoding="utf-8")
        return HttpResponse(_LINK.sub(served, text), content_type="text/plain; charset=utf-8")


class GuideView(DocumentView):
    """The guide."""

    document = "api.md"


class ChangeLogView(DocumentView):
    """What changed in the API, and when."""

    document = "api-changes.md"
