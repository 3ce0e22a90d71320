"""What an answer cites for a fact, and the date that it gives."""

from typing import Any

import pytest

from localities.models import (
    CatalogueRecord,
    Citation,
    ProvinceInfrastructure,
    SupportOrganisation,
)
from localities.periods import parse
from matching import snapshot
from matching.engine.facts import OFFERS
from matching.snapshot import Snapshot, reader
from matching.snapshot.contents import Evidence
from matching.snapshot.notebook import Notebook
from tests.matching.contract import ask, example

pytestmark = pytest.mark.django_db

_OHNO = ('Ohno et al., slides on "From town factory to global company in Asia", 2015', "2015")
_DAIWA = ("Daiwa House: Long Duc Industrial Park", None)  # undated
_SOJITZ = ("Sojitz and GLT agree on Long Duc 3 industrial park (press release, PR Times)", "2023")
_UNIKA = ("NB Shimbun: Unika adds to its rental factory in Vietnam", None)  # undated
LONG_DUC = {
    "factory_rent_usd_m2_month": (
        "VnExpress: Japanese homebuilder plans factory rental expansion",
        "2016-10",
    ),
    "occupancy_pct": _SOJITZ,
    "japanese_tenants": _SOJITZ,
    "rental_units_m2": _OHNO,
    "incubation_without_company": _OHNO,
    "power_kva": _DAIWA,
    "one_stop_setup": (
        "Sojitz and Osaka Prefecture agreement on support for moving into overseas industrial "
        "parks",
        None,
    ),
    "japanese_speaking_staff": _DAIWA,
    "km_to_airport": (  # ours, from the park's position: the airport it states is being built
        "Vietnamese provinces database (ward boundaries and pre-merger unit lists)",
        "2026-08",
    ),
    "km_to_seaport": _DAIWA,
    "japanese_developer": (
        "e-nenpi: three Japanese firms set up Long Duc industrial park",
        "2011-08",
    ),
}
VIE_PAN = {
    "factory_rent_usd_m2_month": _UNIKA,
    "rental_units_m2": _OHNO,
    "japanese_tenants": (
        "Vietstock/VIR: Boosting investment into specialised industrial parks",
        "2020-03-18",
    ),
    "one_stop_setup": (
        "Hanoi Times: HCM City attracts Japanese support industry firms",
        "2016-01-27",
    ),
    "accounting_tax": _UNIKA,
    "labour_recruitment": _UNIKA,
    "incubation_without_company": _OHNO,
    "japanese_developer": _OHNO,
}


def _cited(read: Snapshot, fact: str, *at: int) -> tuple[str, str | None]:
    evidence = read.behind(fact, *at)
    source = read.source(evidence)
    assert source is not None
    return source.title, evidence.as_of


def _cited_of_park(park: str, *facts: str) -> dict[str, tuple[str, str | None]]:
    read = snapshot.current()
    at = read.facts.park_slugs.index(park)
    return {
        fact: _cited(read, "offers", at, OFFERS.index(fact))
        if fact in OFFERS
        else _cited(read, fact, at)
        for fact in facts
    }


def test_long_duc_cites_what_each_fact_was_read_in() -> None:
    assert (
        _cited_of_park(
            "long-duc",
            "factory_rent_usd_m2_month",
            "occupancy_pct",
            "japanese_tenants",
            "rental_units_m2",
            "incubation_without_company",
            "power_kva",
            "one_stop_setup",
            "japanese_speaking_staff",
            "km_to_airport",
            "km_to_seaport",
            "japanese_developer",
        )
        == LONG_DUC
    )


def test_vie_pan_cites_what_each_fact_was_read_in() -> None:
    assert (
        _cited_of_park(
            "vie-pan-techno-park",
            "factory_rent_usd_m2_month",
            "rental_units_m2",
            "japanese_tenants",
            "one_stop_setup",
            "accounting_tax",
            "labour_recruitment",
            "incubation_without_company",
            "japanese_developer",
        )
        == VIE_PAN
    )


@pytest.mark.parametrize("province", ["son-la", "dien-bien", "lai-chau"])
def test_a_missing_expressway_cites_an_account_of_the_network(province: str) -> None:
    read = snapshot.current()
    at = read.facts.province_slugs.index(province)
    assert not read.facts.has_expressway[at]
    assert _cited(read, "has_expressway", at) == (
        "Ministry of Construction on 2025 expressway openings (Bao Da Nang)",
        "2025-07-10",
    )


def test_an_expressway_cites_the_section_that_crosses_the_province() -> None:
    read = snapshot.current()
    crossed = read.facts.province_slugs.index("an-giang")
    being_built = read.facts.province_slugs.index("cao-bang")
    assert _cited(read, "has_expressway", crossed) == (
        "Panoramic view of Mekong Delta's expressway corridor",
        "2026-01",
    )
    assert _cited(read, "has_expressway", being_built) == (
        "Prime Minister urges speed on key expressway projects",
        "2026-02-20",
    )


def test_an_answer_gives_the_date_of_the_source_that_states_the_rent(client: Any) -> None:
    body = example(level="park", limit=500, must_haves=[], robustness=False)
    answer = ask(client, body).json()
    lines = answer["results"] + answer["too_little_data"]
    park = next(line for line in lines if line["place"]["slug"] == "long-duc")
    rent = next(c for c in park["criteria"] if c["code"] == "cost.rent")
    assert rent["source"]["title"] == LONG_DUC["factory_rent_usd_m2_month"][0]
    assert rent["as_of"] == "2016-10"


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any], str, Evidence]]:
    """What is noted while a snapshot is read: fact, records, field and evidence."""
    seen: list[tuple[str, list[Any], str, Evidence]] = []
    write_down = Notebook.note

    def note(
        self: Notebook, fact: str, index: Any, records: Any, field: str = "", *rest: Any
    ) -> None:
        several: list[CatalogueRecord] = list(records)
        write_down(self, fact, index, several, field, *rest)
        seen.append((fact, several, field, self.evidence[fact][index]))

    monkeypatch.setattr(Notebook, "note", note)
    return seen


def test_no_fact_cites_a_source_of_other_fields(noted: list[Any]) -> None:
    reader.read()
    assert len(noted) > 3_000
    by_record: dict[tuple[str, str], list[Citation]] = {}
    for citation in Citation.objects.filter(is_active=True):
        by_record.setdefault((citation.record_kind, citation.record), []).append(citation)
    for fact, records, field, evidence in noted:
        assert evidence.source is not None, (fact, records)
        cited = [
            citation
            for record in records
            for citation in by_record.get((record.kind, record.key), [])
            if citation.source_id == evidence.source
        ]
        assert any(field in c.fields or not c.fields for c in cited), (fact, records, field)


def test_dates_of_facts_are_dates(noted: list[Any]) -> None:
    reader.read()
    for _fact, _records, _field, evidence in noted:
        if evidence.as_of is not None:
            parse(evidence.as_of)


def test_a_fact_that_several_sources_could_back_has_no_date() -> None:
    parks = ("long-duc", "binh-xuyen-2-industrial-park")
    Citation.objects.filter(record_kind="industrial-park", record__in=parks).update(fields=[])
    read = reader.read()
    at = read.facts.park_slugs.index("long-duc")
    evidence = read.behind("occupancy_pct", at)
    assert (evidence.source is not None, evidence.as_of) == (True, None)
    # A date that the record itself states is kept.
    dated = read.facts.park_slugs.index("binh-xuyen-2-industrial-park")
    assert read.behind("factory_rent_usd_m2_month", dated).as_of == "2021-12"


def test_a_remark_behind_a_date_is_left_out() -> None:
    read = snapshot.current()
    city = read.facts.province_slugs.index("ho-chi-minh")
    assert read.behind("japanese_projects", city).as_of == "2025-12"
    # 'May-June 2023' is no date: the source's own one stands, and the words stay in the sentence.
    shortage = read.behind("power_shortage", read.facts.province_slugs.index("ha-noi"))
    assert (shortage.as_of, shortage.words and shortage.words.en) == ("2023-06-02", "May-June 2023")


def test_a_firm_or_a_bank_is_no_office_of_a_prefecture() -> None:
    read = snapshot.current()
    city = read.facts.province_slugs.index("ho-chi-minh")
    firm = SupportOrganisation.objects.get(key="solutec-trading")
    assert (firm.organisation_kind, firm.prefecture_code, firm.province_id) == (
        "private",
        "27",
        "ho-chi-minh",
    )
    assert read.facts.home_desk[city, 26] != 1
    # Toyama has a bank and a desk there: the desk is named.
    assert read.facts.home_desk[city, 15] == 1
    named = read.behind("home_desk", city, 15).words
    assert named is not None
    assert named.ja == SupportOrganisation.objects.get(key="toyama-hcm-desk").name_ja


def test_every_province_says_whether_a_road_is_open() -> None:
    read = snapshot.current()
    assert {
        slug
        for slug, road in zip(read.facts.province_slugs, read.facts.has_expressway, strict=True)
        if not road
    } == set(
        ProvinceInfrastructure.objects.filter(has_expressway=False).values_list(
            "province", flat=True
        )
    )
