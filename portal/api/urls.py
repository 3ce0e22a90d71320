"""The addresses of the API's own description."""

from django.urls import URLPattern, URLResolver, path

from portal.api.description import ChangeLogView, DocsView, GuideView, SchemaView
from portal.api.tokens import TokenView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("oauth/token/", TokenView.as_view(), name="api-token"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    path("docs/guide/", GuideView.as_view(), name="api-guide"),
    path("docs/changes/", ChangeLogView.as_view(), name="api-change-log"),
]
