"""The addresses of the pages of `localities`."""

from django.urls import path

from localities.views import parks, provinces, sources

app_name = "localities"

urlpatterns = [
    path("provinces/", provinces.province_list, name="provinces"),
    path("provinces/<slug:slug>/", provinces.province, name="province"),
    path("industrial-parks/", parks.park_list, name="parks"),
    path("industrial-parks/<slug:slug>/", parks.park, name="park"),
    path("sources/", sources.source_list, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
]
