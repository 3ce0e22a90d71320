"""The catalogue's tables. `KINDS` lists the kinds of record in the order they can be loaded."""

from localities.models.changes import Catalogue, Changeset, Edit, Step
from localities.models.discrepancies import Discrepancy
from localities.models.dumps import StoredDump
from localities.models.facts import (
    Citation,
    CostBenchmark,
    Dimension,
    Indicator,
    Observation,
    Sector,
    Source,
    StageIssue,
)
from localities.models.imports import ColumnMapping, ImportFile, ImportRow
from localities.models.places import (
    FormerProvince,
    IndustrialPark,
    Province,
    Region,
)
from localities.models.records import CatalogueRecord, NamedRecord
from localities.models.support import (
    Language,
    ProgrammeStage,
    Stewardship,
    SupportFunction,
    SupportOrganisation,
    SupportProgramme,
)
from localities.models.talent import TalentField, TalentInstitution
from localities.models.ties import (
    AnchorCompany,
    Commitment,
    CooperationAgreement,
    InvestmentPriority,
    ProvinceProfile,
    Strength,
)
from localities.models.transport import Expressway, ProvinceInfrastructure, TransportNode
from localities.models.work import LinkCheck, Weighing

KINDS: dict[str, type[CatalogueRecord]] = {
    model.kind: model
    for model in (
        Source,
        Region,
        Sector,
        Province,
        FormerProvince,
        TransportNode,
        Expressway,
        ProvinceInfrastructure,
        ProvinceProfile,
        Strength,
        AnchorCompany,
        InvestmentPriority,
        Commitment,
        CooperationAgreement,
        IndustrialPark,
        TalentInstitution,
        SupportOrganisation,
        SupportProgramme,
        Indicator,
        Observation,
        CostBenchmark,
        StageIssue,
        Discrepancy,
        Stewardship,
        Citation,
    )
}

__all__ = [
    "KINDS",
    "AnchorCompany",
    "Catalogue",
    "CatalogueRecord",
    "Changeset",
    "Citation",
    "ColumnMapping",
    "Commitment",
    "CooperationAgreement",
    "CostBenchmark",
    "Dimension",
    "Discrepancy",
    "Edit",
    "Expressway",
    "FormerProvince",
    "ImportFile",
    "ImportRow",
    "Indicator",
    "IndustrialPark",
    "InvestmentPriority",
    "Language",
    "LinkCheck",
    "NamedRecord",
    "Observation",
    "ProgrammeStage",
    "Province",
    "ProvinceInfrastructure",
    "ProvinceProfile",
    "Region",
    "Sector",
    "Source",
    "StageIssue",
    "Step",
    "Stewardship",
    "StoredDump",
    "Strength",
    "SupportFunction",
    "SupportOrganisation",
    "SupportProgramme",
    "TalentField",
    "TalentInstitution",
    "TransportNode",
    "Weighing",
]
