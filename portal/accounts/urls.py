"""The addresses of pages about people."""

from django.urls import include, path

from portal.accounts import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("organisations/<slug:key>/people/", views.people, name="people"),
    path("organisations/<slug:key>/people/<int:member>/", views.change_role, name="change-role"),
    path(
        "organisations/<slug:key>/invitations/<int:invitation>/",
        views.take_back,
        name="take-back-invitation",
    ),
    path("invitations/<str:token>/", views.accept_invitation, name="accept-invitation"),
]
