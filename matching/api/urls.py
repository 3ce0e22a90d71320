"""The addresses of matching in the API."""

from django.urls import path

from matching.api.views import MatchesView

urlpatterns = [path("matches/", MatchesView.as_view(), name="api-matches")]
