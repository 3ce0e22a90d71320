"""The addresses of the desk, for officers alone."""

from django.urls import path

from localities.views.desk import (
    changesets,
    discrepancies,
    editing,
    history,
    home,
    imports,
    organisations,
    statistics,
    steps,
    stewardship,
    worklists,
)

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("worklists/", worklists.worklists, name="worklists"),
    path("worklists/<slug:which>/", worklists.worklist, name="worklist"),
    path("history/", history.versions, name="history"),
    path("history/<slug:kind>/<slug:key>/", history.record, name="record-history"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("import/", imports.imports, name="import"),
    path("import/<uuid:pk>/", imports.import_columns, name="import-columns"),
    path("import/<uuid:pk>/check/", imports.import_check, name="import-check"),
    path("import/<uuid:pk>/draft/", imports.import_draft, name="import-draft"),
    path("export/<slug:kind>.xlsx", imports.export, {"form": "xlsx"}, name="export"),
    path("export/<slug:kind>.csv", imports.export, {"form": "csv"}, name="export-csv"),
    path("changesets/", changesets.changeset_list, name="changesets"),
    path("changesets/<int:number>/", changesets.changeset, name="changeset"),
    path("changesets/<int:number>/comment/", steps.comment, name="comment"),
    path("changesets/<int:number>/propose/", steps.propose, name="propose"),
    path("changesets/<int:number>/withdraw/", steps.withdraw, name="withdraw"),
    path("changesets/<int:number>/take-over/", steps.take_over, name="take-over"),
    path("changesets/<int:number>/send-back/", steps.send_back, name="send-back"),
    path("changesets/<int:number>/reject/", steps.reject, name="reject"),
    path("changesets/<int:number>/apply/", steps.apply, name="apply"),
    path("changesets/<int:number>/settle/", steps.settle, name="settle"),
    path("changesets/<int:number>/revert/", steps.revert, name="revert"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:key>/", organisations.organisation, name="organisation"),
    path("organisations/<slug:key>/close/", organisations.close_organisation, name="close"),
    path("organisations/<slug:key>/reopen/", organisations.reopen_organisation, name="reopen"),
    path("stewardship/", stewardship.stewardship, name="stewardship"),
    path("discrepancies/<slug:key>/", discrepancies.decide, name="decide"),
    path("edit/<slug:kind>/<slug:key>/", editing.edit, name="edit"),
    path("add/<slug:kind>/", editing.add, name="add"),
]
