"""The catalogue holds what the researched data holds."""

import pytest

from localities.curation.values import record_values
from localities.models import KINDS, Citation, FormerProvince, IndustrialPark, Observation, Province
from localities.text import fold

pytestmark = pytest.mark.django_db


def test_catalogue_holds_every_researched_record() -> None:
    assert {kind: model.objects.count() for kind, model in KINDS.items()} == {
        "source": 1378,
        "region": 6,
        "sector": 31,
        "province": 34,
        "former-province": 63,
        "transport-node": 127,
        "expressway": 59,
        "province-infrastructure": 34,
        "province-profile": 34,
        "strength": 154,
        "anchor-company": 98,
        "investment-priority": 245,
        "commitment": 66,
        "agreement": 104,
        "industrial-park": 231,
        "talent-institution": 100,
        "support-organisation": 89,
        "support-programme": 53,
        "indicator": 27,
        "observation": 275 + 366,
        "cost-benchmark": 152,
        "stage-issue": 30,
        "discrepancy": 23,
        "stewardship": 0,
        "citation": 5349 + 23,
    }


def test_province_is_whole() -> None:
    assert record_values(Province.objects.get(key="ho-chi-minh")) == {
        "name_ja": "ホーチミン市",
        "name_en": "Ho Chi Minh City",
        "name_vi": "Hồ Chí Minh",
        "other_names": [
            "Thành phố Hồ Chí Minh",
            "サイゴン",
            "Saigon",
            "HCMC",
            "TP.HCM",
        ],
        "code": "79",
        "status": "city",
        "region": "southeast",
        "admin_centre": "Sai Gon ward",
        "admin_centre_lat": 10.7809,
        "admin_centre_lon": 106.7042,
        "area_km2": 6772.59,
        "population": 14002598,
        "population_year": None,
        "coastal": True,
        "neighbours": ["dong-nai", "dong-thap", "lam-dong", "tay-ninh"],
    }


def test_park_keeps_ranges_blanks_and_services() -> None:
    values = record_values(IndustrialPark.objects.get(key="long-duc"))
    told = {name: value for name, value in values.items() if value not in (None, [])}
    assert told == {
        "name_ja": "ロンドウック工業団地",
        "name_en": "Long Duc Industrial Park",
        "name_vi": "Khu công nghiệp Long Đức",
        "province": "dong-nai",
        "former_province": "dong-nai",
        "commune": "Xã An Phước",
        "lat": 10.818,
        "lon": 106.9261,
        "location_precision": "commune",
        "status": "operating",
        "developer": "Long Duc Investment JSC (LDIC): Sojitz 57.3%, Daiwa House 22%, Kobelco"
        " Eco-Solutions 8.7%, Donafoods 12% (at acquisition, 2011)",
        "developer_country": "Japan / Vietnam",
        "japanese_developer": True,
        "established_year": 2007,
        "total_area_ha": 270,
        "leasable_area_ha": 187,
        "available_area_ha": 0,
        "occupancy_pct": 100,
        "tenants_count": 70,
        "japanese_tenants_count": 59,
        "target_sectors": [
            "chemicals-pharma",
            "fabricated-metal",
            "logistics-ports",
            "transport-equipment",
        ],
        "factory_rent_usd_m2_month_min": 5.0,
        "rental_factory": True,
        "rental_units_m2": [512, 768, 960, 1042],
        "sme_zone": True,
        "incubation_without_company": True,
        "power_mva": 110,
        "power_description": "110 MVA, supplied at 22 kV by Dong Nai Power; park's own staff"
        " maintain the electrical system, checks three times a year on public holidays",
        "water_m3_day": 11000,
        "wastewater_m3_day": 9000,
        "telecom": "Optical fibre inside the park; cloud software service planned from the start",
        "city_name": "Ho Chi Minh City centre",
        "city_km": 42,
        "airport_name": "Long Thanh International Airport",
        "airport_km": 14,
        "seaport_name": "Cai Mep - Thi Vai port",
        "seaport_km": 34,
        "one_stop_setup": True,
        "japanese_speaking_staff": True,
        "customs_office_on_site": True,
        "training_centre": True,
        "bank": True,
        "incentives_en": "For companies with head office or plant in Osaka Prefecture: one month's"
        " factory rent free and company set-up handling fee waived (agreement with Sojitz)",
    }


def test_figure_of_a_former_province_stays_with_it() -> None:
    figure = Observation.objects.get(key="phu-tho-phu-tho-pci-rank-2024")
    assert record_values(figure) == {
        "indicator": "pci_rank",
        "province": None,
        "former_province": "phu-tho",
        "park": None,
        "period": "2024",
        "value_min": 8,
        "value_max": 8,
    }


def test_citation_names_the_fields_that_its_note_names() -> None:
    citation = Citation.objects.get(key="industrial-park--long-duc--10")
    assert citation.fields == ["incentives_en", "one_stop_setup"]
    assert citation.source.title == (
        "Sojitz and Osaka Prefecture agreement on support for moving into overseas industrial parks"
    )


def test_every_citation_is_of_a_record() -> None:
    for kind, model in KINDS.items():
        cited = set(Citation.objects.filter(record_kind=kind).values_list("record", flat=True))
        assert cited <= set(model.objects.values_list("pk", flat=True))


def test_neighbours_name_each_other_in_58_pairs() -> None:
    rows = Province.neighbours.through.objects.values_list("from_province_id", "to_province_id")
    assert len(rows) == 2 * 58
    assert set(rows) == {pair[::-1] for pair in rows}


@pytest.mark.parametrize(
    "typed",
    [
        "ビンズン",
        "びんずん",
        "ビンズオン省",
        "ﾋﾞﾝｽﾞﾝ",
        "Binh Duong",
        "Bình Dương",
        "BINH DUONG",
        "binh-duong",
    ],
)
def test_search_for_a_former_name_finds_the_province_of_today(typed: str) -> None:
    found = FormerProvince.objects.filter(search_text__contains=fold(typed))
    assert [former.province.key for former in found] == ["ho-chi-minh"]


def test_every_province_has_its_former_ones() -> None:
    counts = [province.predecessors.count() for province in Province.objects.all()]
    assert (min(counts), max(counts), sum(counts)) == (1, 3, 63)
