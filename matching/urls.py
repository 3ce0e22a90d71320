"""The addresses of the pages of `matching`."""

from django.urls import path

from matching.views.backtest import backtest
from matching.views.compare import compare
from matching.views.desk.companies import companies
from matching.views.desk.impact import changeset_impact
from matching.views.own import leaving, profiles
from matching.views.profile import profile
from matching.views.readiness import readiness
from matching.views.report import report, report_workbook
from matching.views.results import results
from matching.views.shortlist import keep, shortlist

app_name = "matching"

urlpatterns = [
    path("about/backtest/", backtest, name="backtest"),
    path("compare/", compare, name="compare"),
    path("desk/companies/", companies, name="companies"),
    path("desk/changesets/<int:number>/impact/", changeset_impact, name="changeset-impact"),
    path("matching/", profile, name="profile"),
    path("matching/results/", results, name="results"),
    path("matching/report/", report, name="report"),
    path("matching/report.xlsx", report_workbook, name="report-workbook"),
    path("shortlist/", shortlist, name="shortlist"),
    path("shortlist/keep/", keep, name="keep"),
    path("readiness/", readiness, name="readiness"),
    path("profiles/", profiles.own, name="own-profiles"),
    path("profiles/new/", profiles.new, name="new-profile"),
    path("profiles/<uuid:key>/", profiles.one, name="own-profile"),
    path("profiles/<uuid:key>/delete/", profiles.delete, name="delete-profile"),
    path("profiles/<uuid:key>/matches/", profiles.store, name="store-match"),
    path("profiles/<uuid:key>/matches/<uuid:match>/", profiles.moved, name="moved"),
    path("account/data.json", leaving.data, name="own-data"),
    path("account/leave/", leaving.leave, name="leave"),
]
