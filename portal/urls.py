"""Every address of the portal."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from portal import pages
from portal.api.views import NoSuchAddress

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.door, name="door"),
    path("health/", pages.ready, name="health"),
    path("health/live/", pages.live, name="health-live"),
    path("health/ready/", pages.ready, name="health-ready"),
    path("admin/", admin.site.urls),
    path("language/", include("django.conf.urls.i18n")),
    path("api/v1/", include("localities.api.urls")),  # first what is asked for most
    path("api/v1/", include("matching.api.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("api/v1/", include("portal.webhooks.urls")),
    re_path("^api/", NoSuchAddress.as_view()),
    *i18n_patterns(
        path("", pages.home, name="home"),
        path("about/", pages.about, name="about"),
        path("", include("portal.accounts.urls")),
        path("", include("portal.webhooks.page_urls")),
        path("desk/", include("localities.desk_urls")),
        path("", include("localities.urls")),
        path("", include("matching.urls")),
    ),
]

handler400 = "portal.pages.bad_request"
handler403 = "portal.pages.permission_denied"
handler404 = "portal.pages.not_found"
handler500 = "portal.pages.server_error"
