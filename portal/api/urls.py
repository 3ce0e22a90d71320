"""The addresses of the API's own description."""

from django.urls import URLPattern, URLResolver, path

from portal.api.description import DocsView, SchemaView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
]
