"""Which support programmes and organisations help with which need of a firm on its way."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from localities.models import SupportFunction, SupportOrganisation, SupportProgramme
from localities.queries.evidence import Cited, Evidence

MOST_ORGANISATIONS = 3


class Need(Enum):
    """What a firm may need support with."""

    PROTECTION = "protection"
    STUDY = "study"
    PLAN = "plan"
    LEADERSHIP = "leadership"
    CUSTOMERS = "customers"
    MANAGERS = "managers"
    PARTNERS = "partners"
    LANGUAGE = "language"
    FUNDS = "funds"
    WITHDRAWAL = "withdrawal"


# The catalogue files what an organisation does, not what each of its programmes is for; so this is
# read from the programmes' offers. A programme without a line is taken by the functions of its
# organisation; one with an empty line is not for a single small maker (consortia, public works,
# aid projects).
FILED: Mapping[str, tuple[Need, ...]] = {
    "aichi-vietnam-desk-scheme": (Need.PLAN, Need.PARTNERS),
    "aots-energy-saving-training": (),
    "aots-expert-dispatch": (Need.MANAGERS,),
    "aots-technical-training": (Need.MANAGERS,),
    "fast-pass": (Need.PLAN, Need.PARTNERS),
    "global-south-feasibility-study": (Need.STUDY,),
    "global-south-small-demonstration": (Need.STUDY,),
    "hyogo-fs-grant": (Need.STUDY, Need.CUSTOMERS),
    "inpit-foreign-filing": (Need.PROTECTION,),
    "jbic-sme-overseas-loans": (Need.FUNDS,),
    "jetro-additional-survey": (Need.STUDY,),
    "jetro-emerging-expert-support": (Need.PLAN, Need.LEADERSHIP),
    "jetro-export-ecosystem-subsidy": (),
    "jetro-japan-pavilion-mta": (Need.CUSTOMERS,),
    "jetro-local-platform": (Need.PARTNERS, Need.LANGUAGE),
    "jetro-new-export-nation-consortium": (Need.PLAN, Need.LEADERSHIP),
    "jfc-overseas-expansion-micro": (Need.FUNDS, Need.WITHDRAWAL),
    "jfc-overseas-expansion-sme": (Need.FUNDS, Need.WITHDRAWAL),
    "jfc-standby-credit": (Need.FUNDS,),
    "jica-biz-demonstration": (Need.STUDY,),
    "jica-biz-needs-survey": (Need.STUDY,),
    "jica-bop-survey": (),
    "jica-grassroots-regional": (),
    "jica-needs-and-project-survey": (),
    "jica-ppp-survey": (),
    "jica-private-sector-investment-finance": (),
    "jica-private-tech-dissemination": (),
    "jica-private-volunteers": (Need.LEADERSHIP, Need.LANGUAGE),
    "jica-sme-basic-survey": (Need.STUDY, Need.PLAN),
    "jica-verification-survey": (),
    "kanagawa-fs-support": (Need.STUDY, Need.PLAN),
    "kanagawa-industrial-park-scheme": (Need.FUNDS, Need.LANGUAGE),
    "kobe-asia-centre-advice": (Need.PLAN,),
    "mlit-construction-mission-vietnam": (Need.PARTNERS, Need.MANAGERS),
    "mofa-nonproject-grant": (),
    "monozukuri-global": (Need.FUNDS,),
    "nexi-overseas-investment-insurance": (Need.FUNDS, Need.WITHDRAWAL),
    "okinawa-new-field-overseas": (Need.STUDY, Need.CUSTOMERS),
    "osaka-business-support-desk": (Need.PLAN, Need.CUSTOMERS),
    "overseas-filing-fukuoka": (Need.PROTECTION,),
    "overseas-filing-gifu": (Need.PROTECTION,),
    "overseas-filing-kagoshima": (Need.PROTECTION,),
    "overseas-filing-shiga": (Need.PROTECTION,),
    "saitama-vietnam-desk-scheme": (Need.PLAN, Need.MANAGERS, Need.PARTNERS),
    "shoko-chukin-overseas-21": (Need.FUNDS,),
    "smrj-feasibility-study": (Need.STUDY,),
    "smrj-overseas-business-strategy": (Need.STUDY, Need.PLAN),
    "tochigi-vietnam-support-hub-scheme": (Need.PLAN, Need.PARTNERS, Need.LANGUAGE),
    "tokyo-market-development-grant": (Need.CUSTOMERS,),
    "tokyo-overseas-technical-support-grant": (Need.STUDY,),
    "toyama-hcm-desk-scheme": (Need.PLAN, Need.CUSTOMERS, Need.PARTNERS),
    "wakayama-overseas-expansion": (Need.CUSTOMERS, Need.STUDY),
    "yamanashi-overseas-expansion": (Need.CUSTOMERS,),
}
FUNCTIONS: Mapping[Need, frozenset[str]] = {
    Need.PROTECTION: frozenset({SupportFunction.LEGAL}),
    Need.STUDY: frozenset({SupportFunction.CONSULTATION, SupportFunction.SITE_VISIT}),
    Need.PLAN: frozenset({SupportFunction.CONSULTATION}),
    Need.LEADERSHIP: frozenset({SupportFunction.CONSULTATION}),
    Need.CUSTOMERS: frozenset({SupportFunction.MATCHING, SupportFunction.MISSION}),
    Need.MANAGERS: frozenset({SupportFunction.RECRUITMENT, SupportFunction.TRAINING}),
    Need.PARTNERS: frozenset({SupportFunction.MATCHING}),
    Need.LANGUAGE: frozenset({SupportFunction.SITE_VISIT, SupportFunction.SETUP}),
    Need.FUNDS: frozenset({SupportFunction.FINANCE}),
    Need.WITHDRAWAL: frozenset({SupportFunction.AFTER_CARE}),
}
_STATUS_ORDER = {
    SupportProgramme.Status.OPEN: 0,
    SupportProgramme.Status.UNKNOWN: 1,
    SupportProgramme.Status.CLOSED: 2,
}


@dataclass(frozen=True, slots=True)
class Help:
    """What helps with one need: programmes, open ones first, or else organisations to ask."""

    programmes: list[Cited[SupportProgramme]]
    organisations: list[Cited[SupportOrganisation]]  # only where no programme is to be had

    @property
    def to_be_had(self) -> list[Cited[SupportProgramme]]:
        """The programmes that are open, or not known to be closed."""
        closed = SupportProgramme.Status.CLOSED
        return [row for row in self.programmes if row.record.status != closed]

    @property
    def closed(self) -> list[Cited[SupportProgramme]]:
        """The programmes that take no applications; many come back the next year."""
        closed = SupportProgramme.Status.CLOSED
        return [row for row in self.programmes if row.record.status == closed]


def helping(
    needs: Iterable[Need], *, stages: Collection[str], prefecture: str | None
) -> dict[Need, Help]:
    """What helps with each of `needs` at one of `stages`: five queries for all of them.

    Programmes of a prefecture are for its firms alone; without a prefecture there are none.
    """
    wanted = list(dict.fromkeys(needs))
    programmes = _programmes(stages, prefecture)
    organisations = _organisations(prefecture)
    chosen = {
        need: _help(
            [programme for programme in programmes if need in needs_of(programme)],
            [one for one in organisations if not FUNCTIONS[need].isdisjoint(one.functions)],
        )
        for need in wanted
    }
    evidence = Evidence(*(records for pair in chosen.values() for records in pair))
    return {
        need: Help(evidence.beside(schemes), evidence.beside(advisers))
        for need, (schemes, advisers) in chosen.items()
    }


def needs_of(programme: SupportProgramme) -> tuple[Need, ...]:
    """What a programme helps with: as filed, else by what its organisation does."""
    if (filed := FILED.get(programme.key)) is not None:
        return filed
    done = programme.organisation.functions
    return tuple(need for need, functions in FUNCTIONS.items() if not functions.isdisjoint(done))


def _help(
    programmes: list[SupportProgramme], organisations: list[SupportOrganisation]
) -> tuple[list[SupportProgramme], list[SupportOrganisation]]:
    to_be_had = any(p.status != SupportProgramme.Status.CLOSED for p in programmes)
    return programmes, [] if to_be_had else organisations[:MOST_ORGANISATIONS]


def _programmes(stages: Collection[str], prefecture: str | None) -> list[SupportProgramme]:
    """Active programmes for the stages: open ones first, then the prefecture's own, the newest."""
    found = (
        SupportProgramme.objects.filter(is_active=True)
        .select_related("organisation")
        .prefetch_related("eligible_sectors")
        .order_by("key")
    )
    fitting = [p for p in found if _is_for(p, prefecture) and not set(stages).isdisjoint(p.stages)]
    fitting.sort(key=lambda programme: programme.as_of or "", reverse=True)
    fitting.sort(key=lambda programme: not programme.eligible_prefectures)
    return sorted(fitting, key=lambda p: _STATUS_ORDER[SupportProgramme.Status(p.status)])


def _is_for(programme: SupportProgramme, prefecture: str | None) -> bool:
    allowed = programme.eligible_prefectures
    return not allowed or prefecture in allowed


def _organisations(prefecture: str | None) -> list[SupportOrganisation]:
    """Active organisations that help in Japanese: the prefecture's own, then national ones."""
    found = SupportOrganisation.objects.filter(is_active=True).order_by("key")
    near = [
        one for one in found if one.prefecture_code in (None, prefecture) and "ja" in one.languages
    ]
    national = SupportOrganisation.Kind.NATIONAL
    return sorted(
        near, key=lambda one: (one.prefecture_code is None, one.organisation_kind != national)
    )
