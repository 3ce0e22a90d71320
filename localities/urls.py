"""The addresses of the pages of `localities`."""

from django.urls import path

from localities.views import atlas, history, organisations, parks, provinces, sources

app_name = "localities"

urlpatterns = [
    path("map/", atlas.atlas, name="map"),
    path("provinces.csv", provinces.province_export, {"form": "csv"}, name="provinces-csv"),
    path("provinces.xlsx", provinces.province_export, {"form": "xlsx"}, name="provinces-xlsx"),
    path("provinces/", provinces.province_list, name="provinces"),
    path("provinces/<slug:slug>/", provinces.province, name="province"),
    path("industrial-parks.csv", parks.park_export, {"form": "csv"}, name="parks-csv"),
    path("industrial-parks.xlsx", parks.park_export, {"form": "xlsx"}, name="parks-xlsx"),
    path("industrial-parks/", parks.park_list, name="parks"),
    path("industrial-parks/<slug:slug>/", parks.park, name="park"),
    path("provinces/<slug:slug>/history/", history.province_history, name="province-history"),
    path("industrial-parks/<slug:slug>/history/", history.park_history, name="park-history"),
    path("versions/<int:number>/", history.version_page, name="version"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("sources/", sources.source_list, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
]
