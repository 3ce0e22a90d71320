"""The addresses of matching in the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from matching.api.match_jobs import MatchJobResultsView, MatchJobViewSet
from matching.api.profiles import ProfileMatchViewSet, ProfileViewSet
from matching.api.views import MatchesView

router = SimpleRouter()
router.register("profiles", ProfileViewSet, "api-profile")
router.register("match-jobs", MatchJobViewSet, "api-match-job")

urlpatterns = [
    path("matches/", MatchesView.as_view(), name="api-matches"),
    *router.urls,
    path(
        "profiles/<uuid:key>/matches/",
        ProfileMatchViewSet.as_view({"get": "list", "post": "create"}),
        name="api-profile-matches",
    ),
    path(
        "profiles/<uuid:key>/matches/<uuid:match>/",
        ProfileMatchViewSet.as_view({"get": "retrieve"}),
        name="api-profile-match",
    ),
    path(
        "match-jobs/<uuid:pk>/results/",
        MatchJobResultsView.as_view(),
        name="api-match-job-results",
    ),
]
