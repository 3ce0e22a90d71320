"""The addresses of the desk, for officers alone."""

from django.urls import path

from localities.views.desk import changesets, steps

app_name = "desk"

urlpatterns = [
    path("changesets/", changesets.changeset_list, name="changesets"),
    path("changesets/<int:number>/", changesets.changeset, name="changeset"),
    path("changesets/<int:number>/comment/", steps.comment, name="comment"),
    path("changesets/<int:number>/propose/", steps.propose, name="propose"),
    path("changesets/<int:number>/withdraw/", steps.withdraw, name="withdraw"),
    path("changesets/<int:number>/send-back/", steps.send_back, name="send-back"),
    path("changesets/<int:number>/reject/", steps.reject, name="reject"),
    path("changesets/<int:number>/apply/", steps.apply, name="apply"),
    path("changesets/<int:number>/settle/", steps.settle, name="settle"),
    path("changesets/<int:number>/revert/", steps.revert, name="revert"),
]
