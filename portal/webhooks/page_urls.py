"""The addresses of the pages about webhooks."""

from django.urls import path

from portal.webhooks import pages

_ALL = "organisations/<slug:key>/webhooks/"
_ONE = f"{_ALL}<uuid:webhook>/"
urlpatterns = [
    path(_ALL, pages.webhooks, name="webhooks"),
    path(_ONE, pages.webhook, name="webhook"),
    path(f"{_ONE}test/", pages.test, name="webhook-test"),
    path(f"{_ONE}rotate/", pages.rotate, name="webhook-rotate"),
    path(f"{_ONE}on/", pages.switch, {"active": True}, name="webhook-on"),
    path(f"{_ONE}off/", pages.switch, {"active": False}, name="webhook-off"),
    path(f"{_ONE}remove/", pages.remove, name="webhook-remove"),
    path(f"{_ONE}<uuid:delivery>/", pages.send_again, name="webhook-send-again"),
]
