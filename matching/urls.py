"""The addresses of the pages of `matching`."""

from django.urls import path

from matching.views.backtest import backtest
from matching.views.profile import profile
from matching.views.readiness import readiness
from matching.views.report import report, report_workbook
from matching.views.results import results

app_name = "matching"

urlpatterns = [
    path("about/backtest/", backtest, name="backtest"),
    path("matching/", profile, name="profile"),
    path("matching/results/", results, name="results"),
    path("matching/report/", report, name="report"),
    path("matching/report.xlsx", report_workbook, name="report-workbook"),
    path("readiness/", readiness, name="readiness"),
]
