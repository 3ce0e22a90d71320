"""The addresses of the catalogue in the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from localities.api import changes, changesets, dumps, views

router = SimpleRouter()
router.register("provinces", views.ProvinceViewSet, "api-province")
router.register("industrial-parks", views.IndustrialParkViewSet, "api-industrial-park")
router.register("sectors", views.SectorViewSet, "api-sector")
router.register("indicators", views.IndicatorViewSet, "api-indicator")
router.register("observations", views.ObservationViewSet, "api-observation")
router.register("investment-priorities", views.PriorityViewSet, "api-priority")
router.register("talent-institutions", views.TalentInstitutionViewSet, "api-talent-institution")
router.register("transport-nodes", views.TransportNodeViewSet, "api-transport-node")
router.register("expressways", views.ExpresswayViewSet, "api-expressway")
router.register("agreements", views.AgreementViewSet, "api-agreement")
router.register("commitments", views.CommitmentViewSet, "api-commitment")
router.register("cost-benchmarks", views.CostBenchmarkViewSet, "api-cost-benchmark")
router.register("support-organisations", views.SupportOrganisationViewSet, "api-organisation")
router.register("support-programmes", views.SupportProgrammeViewSet, "api-programme")
router.register("discrepancies", views.DiscrepancyViewSet, "api-discrepancy")
router.register("sources", views.SourceViewSet, "api-source")
router.register("changesets", changesets.ChangesetViewSet, "api-changeset")

urlpatterns = [
    *router.urls,
    path(
        "changesets/<int:number>/edits/",
        changesets.ChangesetEditsView.as_view(),
        name="api-changeset-edits",
    ),
    path("changes/", changes.ChangesView.as_view(), name="api-changes"),
    path(
        "changes/<int:version>/edits/", changes.ChangeEditsView.as_view(), name="api-change-edits"
    ),
    path("dumps/", dumps.DumpsView.as_view(), name="api-dumps"),
    path("dumps/<int:version>/catalogue.<str:form>", dumps.DumpView.as_view(), name="api-dump"),
]
