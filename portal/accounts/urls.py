"""The addresses of pages about people."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import never_cache

from portal.accounts import client_views, views


def _never_kept(module: str) -> list[URLPattern | URLResolver]:
    """The addresses of an allauth app, whose answers nobody keeps: each is for one person."""
    patterns = import_module(module).urlpatterns
    return [_private(pattern) for pattern in patterns]


def _private(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    if isinstance(pattern, URLPattern):
        return URLPattern(
            pattern.pattern, never_cache(pattern.callback), pattern.default_args, pattern.name
        )
    inner = [_private(each) for each in pattern.url_patterns]
    return URLResolver(pattern.pattern, inner, pattern.default_kwargs)


urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/", include(_never_kept("allauth.account.urls"))),
    path("account/second-factor/", include(_never_kept("allauth.mfa.urls"))),
    path("account/sessions/", include(_never_kept("allauth.usersessions.urls"))),
    path("organisations/<slug:key>/people/", views.people, name="people"),
    path("organisations/<slug:key>/people/<int:member>/", views.change_role, name="change-role"),
    path(
        "organisations/<slug:key>/invitations/<int:invitation>/",
        views.take_back,
        name="take-back-invitation",
    ),
    path("organisations/<slug:key>/api-clients/", client_views.api_clients, name="api-clients"),
    path(
        "organisations/<slug:key>/api-clients/<int:client>/rotate/",
        client_views.rotate_client,
        name="rotate-client",
    ),
    path(
        "organisations/<slug:key>/api-clients/<int:client>/revoke/",
        client_views.revoke_client,
        name="revoke-client",
    ),
    path("invitations/<str:token>/", views.accept_invitation, name="accept-invitation"),
]
