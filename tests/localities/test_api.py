"""The catalogue over REST: every resource, its filters, its pages, its refusals."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.models import KINDS, IndustrialPark

pytestmark = pytest.mark.django_db

RESOURCES = {
    "provinces": ("province", 34),
    "industrial-parks": ("industrial-park", 231),
    "sectors": ("sector", 31),
    "indicators": ("indicator", 27),
    "observations": ("observation", 641),
    "investment-priorities": ("investment-priority", 245),
    "talent-institutions": ("talent-institution", 100),
    "transport-nodes": ("transport-node", 127),
    "expressways": ("expressway", 59),
    "agreements": ("agreement", 104),
    "commitments": ("commitment", 66),
    "cost-benchmarks": ("cost-benchmark", 152),
    "support-organisations": ("support-organisation", 89),
    "support-programmes": ("support-programme", 53),
    "discrepancies": ("discrepancy", 23),
    "sources": ("source", 1378),
}


def _get(client: Client, address: str, **headers: str) -> Any:
    return client.get(f"/api/v1/{address}", headers=headers)


def _all(client: Client, address: str) -> list[Any]:
    rows: list[Any] = []
    url: str | None = f"/api/v1/{address}"
    while url:
        page = client.get(url).json()
        rows += page["results"]
        url = page["next"]
    return rows


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_record_comes_once_over_the_pages(client: Client, resource: str) -> None:
    kind, count = RESOURCES[resource]
    rows = _all(client, f"{resource}/?page_size=100")
    slugs = [row["slug"] for row in rows]
    assert len(slugs) == count
    assert set(slugs) == set(KINDS[kind].objects.values_list("pk", flat=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("query", ["", "&ordering=-slug"])
def test_a_list_costs_the_same_for_one_and_three_rows(
    client: Client, resource: str, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The version and the page; the records and their citations, and what lies in other tables.
    further = {"provinces": 2, "industrial-parks": 1, "expressways": 1, "agreements": 1}
    further |= {"support-programmes": 1}
    expected = 4 + further.get(resource, 0)
    for size in (1, 3):
        with django_assert_num_queries(expected):
            _get(client, f"{resource}/?page_size={size}{query}")
    with django_assert_num_queries(2):  # what was shown of a version is kept
        _get(client, f"{resource}/?page_size=3{query}")


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_has_its_own_address(client: Client, resource: str) -> None:
    row = _get(client, f"{resource}/?page_size=1").json()["results"][0]
    assert _get(client, f"{resource}/{row['slug']}/").json() == row
    missing = _get(client, f"{resource}/no-such-slug/")
    assert (missing.status_code, missing.json()["status"]) == (404, 404)


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("Tỉnh Bình Dương", ["ho-chi-minh"]),
        ("tinh binh duong", ["ho-chi-minh"]),
        ("binh duong province", ["ho-chi-minh"]),
        ("旧ビンズオン省", ["ho-chi-minh"]),
        ("ビンズオン市", ["ho-chi-minh"]),
        ("Tp. Hồ Chí Minh", ["ho-chi-minh"]),
        ("TP.HCM", ["ho-chi-minh"]),
        ("Thành phố Hồ Chí Minh", ["ho-chi-minh"]),
        ("Ho Chi Minh City", ["ho-chi-minh"]),
        ("ホーチミン市", ["ho-chi-minh"]),
        ("Hà Tĩnh", ["ha-tinh"]),
        ("Tỉnh Hà Tĩnh", ["ha-tinh"]),
        ("thành phố", ["ho-chi-minh"]),
        ("Tỉnh Osaka", []),
    ],
)
def test_a_province_is_found_with_its_unit(client: Client, typed: str, slugs: list[str]) -> None:
    page = client.get("/api/v1/provinces/", {"q": typed}).json()
    assert [row["slug"] for row in page["results"]] == slugs


def test_a_unit_alone_is_a_word_like_any_other(client: Client) -> None:
    cities = {"can-tho", "da-nang", "dong-nai", "ha-noi", "hai-phong", "ho-chi-minh", "hue"}
    page = client.get("/api/v1/provinces/", {"q": "市"}).json()
    assert {row["slug"] for row in page["results"]} == cities


def test_province_is_whole(client: Client) -> None:
    body = _get(client, "provinces/dong-nai/").json()
    sources = body.pop("sources")
    assert {"title", "url", "published", "note", "slug", "fields_backed"} == set(sources[0])
    assert body == {
        "slug": "dong-nai",
        "code": "75",
        "kind": "city",
        "name_ja": "ドンナイ市",
        "name_en": "Dong Nai",
        "name_vi": "Đồng Nai",
        "other_names": body["other_names"],
        "region": "southeast",
        "macro": "south",
        "admin_centre": body["admin_centre"],
        "admin_centre_lat": body["admin_centre_lat"],
        "admin_centre_lon": body["admin_centre_lon"],
        "area_km2": body["area_km2"],
        "population": body["population"],
        "population_year": None,
        "coastal": False,
        "neighbours": ["lam-dong", "ho-chi-minh", "tay-ninh"],
        "predecessors": [
            {
                "slug": "binh-phuoc",
                "name_ja": "ビンフオック省",
                "name_en": "Binh Phuoc",
                "name_vi": "Bình Phước",
            },
            {
                "slug": "dong-nai",
                "name_ja": "ドンナイ省",
                "name_en": "Dong Nai",
                "name_vi": "Đồng Nai",
            },
        ],
    }


def test_park_shows_unknown_as_null(client: Client) -> None:
    park = _get(client, "industrial-parks/long-duc/").json()
    assert park["factory_rent_usd_m2_month_min"] == 5
    assert park["factory_rent_usd_m2_month_max"] is None
    assert park["rental_units_m2"] == [512, 768, 960, 1042]
    assert (park["rental_factory"], park["sublease_allowed"]) == (True, None)
    assert park["target_sectors"] == [
        "chemicals-pharma",
        "fabricated-metal",
        "logistics-ports",
        "transport-equipment",
    ]


@pytest.mark.parametrize("name", ["ビンズン", "びんずん", "Binh Duong", "Bình Dương", "BINHDUONG"])
def test_an_old_name_finds_the_new_province(client: Client, name: str) -> None:
    found = client.get("/api/v1/provinces/", {"q": name}).json()["results"]
    assert [province["slug"] for province in found] == ["ho-chi-minh"]


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("province=dong-nai", lambda p: p["province"] == "dong-nai"),
        ("rental_factory=true", lambda p: p["rental_factory"] is True),
        ("bank=unknown", lambda p: p["bank"] is None),
        ("unit_m2_max=500", lambda p: (p["rental_units_m2"] or [9e9])[0] <= 500),
        (
            "rent_usd_m2_month_max=4.5",
            lambda p: (p["factory_rent_usd_m2_month_min"] or 9e9) <= 4.5,
        ),
        ("sector=machinery", lambda p: "machinery" in p["target_sectors"]),
        ("status=planned&status=operating", lambda p: p["status"] != "under-construction"),
        ("japanese_speaking_staff=true", lambda p: p["japanese_speaking_staff"] is True),
    ],
)
def test_a_filter_keeps_what_it_says_and_all_of_it(
    client: Client, query: str, condition: Any
) -> None:
    every = _all(client, "industrial-parks/?page_size=200")
    kept = _all(client, f"industrial-parks/?page_size=200&{query}")
    wanted = [park["slug"] for park in every if condition(park)]
    assert 0 < len(wanted) < len(every)
    assert [park["slug"] for park in kept] == wanted


@pytest.mark.parametrize(
    ("resource", "query", "condition"),
    [
        ("support-programmes", "stage=operate", lambda p: "operate" in p["stages"]),
        (
            "support-programmes",
            "stage=enter&stage=withdraw",
            lambda p: {"enter", "withdraw"} & set(p["stages"]),
        ),
        (
            "support-programmes",
            "sector=machinery",
            lambda p: p["any_sector"] or "machinery" in p["eligible_sectors"],
        ),
        (
            "support-programmes",
            "prefecture=27",
            lambda p: not p["eligible_prefectures"] or "27" in p["eligible_prefectures"],
        ),
        ("support-organisations", "prefecture=27", lambda o: o["prefecture_code"] == "27"),
        ("support-organisations", "function=legal", lambda o: "legal" in o["functions"]),
    ],
)
def test_help_is_found_by_stage_sector_place_and_function(
    client: Client, resource: str, query: str, condition: Any
) -> None:
    every = _all(client, f"{resource}/?page_size=200")
    kept = _all(client, f"{resource}/?page_size=200&{query}")
    wanted = [each["slug"] for each in every if condition(each)]
    assert 0 < len(wanted) < len(every)
    assert [each["slug"] for each in kept] == wanted


def test_lists_may_stand_several_times(client: Client) -> None:
    rows = _all(client, "provinces/?macro=south&macro=north&fields=macro&fields=slug")
    assert {row["macro"] for row in rows} == {"south", "north"}
    assert set(rows[0]) == {"macro", "slug"}


def test_include_adds_what_is_asked_for(client: Client) -> None:
    plain = _get(client, "provinces/ninh-binh/").json()
    body = _get(client, "provinces/ninh-binh/?include=observations,priorities,parks").json()
    assert {name: body[name] for name in plain} == plain
    assert body.keys() - plain.keys() == {"observations", "priorities", "parks"}
    assert len(body["parks"]) == 18
    assert {o["former_province"] for o in body["observations"]} >= {"ha-nam", "nam-dinh", None}
    assert {o["province"] for o in body["observations"]} == {"ninh-binh"}


@pytest.mark.parametrize(
    ("address", "pointer", "allowed"),
    [
        ("provinces/?colour=red", "?colour", "macro"),
        ("provinces/?include=rivers", "?include", "observations, priorities, parks"),
        ("provinces/?include=", "?include", "observations, priorities, parks"),
        ("provinces/?fields=colour", "?fields", "slug, sources, macro, kind"),
        ("provinces/?include=parks&fields=slug,parks", "?fields", "area_km2"),
        ("provinces/dong-nai/?fields=", "?fields", "area_km2"),
        ("sources/?fields=key", "?fields", "slug, title"),
        ("provinces/?macro=east", "?macro", "central"),
        ("industrial-parks/?page_size=100000", "?page_size", "200"),
        ("industrial-parks/?page_size=0", "?page_size", "1 to 200"),
        ("industrial-parks/?province=atlantis", "?province", "dong-nai"),
        ("industrial-parks/?bank=perhaps", "?bank", "unknown"),
        ("industrial-parks/?unit_m2_max=-5", "?unit_m2_max", "0"),
        ("industrial-parks/?unit_m2_max=NaN", "?unit_m2_max", ""),
        ("industrial-parks/?ordering=luck", "?ordering", "name_en"),
        ("industrial-parks/?cursor=abc", "?cursor", ""),
        ("agreements/?prefecture=48", "?prefecture", "47"),
        ("support-programmes/?stage=dream", "?stage", "consider, prepare, enter"),
        ("support-programmes/?prefecture=00", "?prefecture", "47"),
        ("support-organisations/?function=magic", "?function", "legal"),
        ("sources/?record_kind=x", "?record_kind", "source, region, sector, province"),
        ("discrepancies/?record_kind=x", "?record_kind", "source, region, sector, province"),
        ("discrepancies/?decided=x", "?decided", "Allowed: true, false."),
        ("observations/?indicator=x", "?indicator", "pci_score"),
        ("observations/?province=binh-duong", "?province", "dong-nai"),
        ("industrial-parks/?unit_m2_max=1_000", "?unit_m2_max", "number"),
        ("industrial-parks/?unit_m2_max=５００", "?unit_m2_max", "number"),
        ("industrial-parks/?unit_m2_max=+500", "?unit_m2_max", "number"),
        ("industrial-parks/?unit_m2_max=500%20", "?unit_m2_max", "number"),
        ("investment-priorities/?priority_min=０1", "?priority_min", "number"),
        ("observations/?lang=de", "?lang", "ja"),
        ("industrial-parks/?unit_m2_max=500&unit_m2_max=900", "?unit_m2_max", "stands once"),
        ("agreements/?prefecture=27&prefecture=28", "?prefecture", "stands once"),
        ("changes/?since=1&since=2", "?since", "stands once"),
    ],
)
def test_a_wrong_parameter_is_named(
    client: Client, address: str, pointer: str, allowed: str
) -> None:
    response = _get(client, address, **{"Accept-Language": "en"})
    assert response.status_code == 400
    errors = response.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert allowed in errors[0]["detail"]


@pytest.mark.parametrize("written", ["500", "500.", "5e2", "500.0", "0500"])
def test_a_number_may_be_written_as_programs_write_it(client: Client, written: str) -> None:
    told = _get(client, f"industrial-parks/?unit_m2_max={written}&fields=slug").json()["results"]
    assert told == _get(client, "industrial-parks/?unit_m2_max=500&fields=slug").json()["results"]
    assert told


def test_a_place_whose_name_holds_a_nul_is_as_unknown_as_any_other(client: Client) -> None:
    unknown, nul = (_get(client, f"provinces/{name}/?lang=vi") for name in ("none", "%00"))
    assert (nul.status_code, nul.json()) == (unknown.status_code, unknown.json())
    for name in ("Content-Type", "Content-Language", "Catalogue-Version"):
        assert nul.headers[name] == unknown.headers[name]
    assert nul.headers["Content-Language"] == "vi"


def test_an_unchanged_catalogue_is_not_sent_again(client: Client) -> None:
    first = _get(client, "provinces/?macro=south")
    again = _get(client, "provinces/?macro=south", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Catalogue-Version"] == "1"


@pytest.mark.parametrize("resource", ["provinces", "industrial-parks"])
def test_what_is_stale_is_asked_anew_each_day(client: Client, resource: str) -> None:
    address = f"{resource}/?freshness=stale&fields=slug&page_size=200"
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
        first = _get(client, address)
        known = {"If-None-Match": first.headers["ETag"]}
        assert _get(client, address, **known).status_code == 304
    with time_machine.travel(datetime(2027, 12, 27, tzinfo=UTC)):
        later = _get(client, address, **known)
        assert later.status_code == 200
        assert len(later.json()["results"]) > len(first.json()["results"])


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_shows_the_fields_asked_for(client: Client, resource: str) -> None:
    whole = _get(client, f"{resource}/?page_size=3")
    assert ("sources" in whole.json()["results"][0]) == (resource != "sources")
    names = [name for name in whole.json()["results"][0] if name.startswith(("s", "n"))]
    cut = _get(client, f"{resource}/?page_size=3&fields={','.join(reversed(names))}")
    wanted = [{name: row[name] for name in names} for row in whole.json()["results"]]
    assert cut.json()["results"] == wanted
    assert cut.json().keys() == {"next", "previous", "results"}
    assert cut.headers["ETag"] != whole.headers["ETag"]
    slug = wanted[0]["slug"]
    assert _get(client, f"{resource}/{slug}/?fields=slug").json() == {"slug": slug}
    repeated = _get(client, f"{resource}/{slug}/?" + "&".join(f"fields={name}" for name in names))
    assert repeated.json() == _get(client, f"{resource}/{slug}/?fields={','.join(names)}").json()
    assert set(repeated.json()) == set(names)


def test_what_is_included_stays_whole(client: Client) -> None:
    body = _get(client, "provinces/ninh-binh/?include=parks&fields=slug").json()
    assert body.keys() == {"slug", "parks"}
    park = body["parks"][0]
    assert park == _get(client, f"industrial-parks/{park['slug']}/").json()


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_parameter_that_no_list_knows_is_refused(client: Client, resource: str) -> None:
    for address in (f"{resource}/?sort=slug", f"{resource}/?page=2", f"{resource}/?Lang=en"):
        assert _get(client, address).status_code == 400, address


@pytest.mark.parametrize(
    ("name", "page"),
    [("provinces", "provinces"), ("industrial-parks", "industrial-parks"), ("sources", "sources")],
)
def test_a_list_page_and_its_endpoint_filter_by_the_same_set(
    client: Client, name: str, page: str
) -> None:
    api = _get(client, f"{name}/?none=1").json()["errors"][0]["detail"]
    own = {"cursor", "fields", "include", "lang", "ordering", "page_size"}
    told = re.findall(r"[a-z0-9_]+", api.split("、")[-1] if "、" in api else api)
    for parameter in sorted(set(told) - own - {"allowed"}):
        answer = client.get(f"/en/{page}/", {parameter: ""})
        assert answer.status_code in (200, 301, 302), parameter


def test_a_former_province_is_gone_and_names_its_successor(client: Client) -> None:
    answer = _get(client, "provinces/binh-duong/", **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()) == (
        410,
        {
            "type": "about:blank",
            "title": "Gone",
            "status": 410,
            "detail": "Binh Duong is a part of Ho Chi Minh City since July 2025.",
            "errors": [],
        },
    )
    link = '<http://testserver/api/v1/provinces/ho-chi-minh/>; rel="successor-version"'
    assert answer.headers["Link"] == link
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_that_was_taken_out_is_gone(client: Client, resource: str) -> None:
    kind, count = RESOURCES[resource]
    slug = _get(client, f"{resource}/?page_size=1").json()["results"][0]["slug"]
    KINDS[kind].objects.filter(pk=slug).update(is_active=False)  # type: ignore[attr-defined]
    answer = _get(client, f"{resource}/{slug}/", **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["detail"]) == (
        410,
        "This record was taken out of the catalogue.",
    )
    assert len(_all(client, f"{resource}/?page_size=200&fields=slug")) == count - 1


@pytest.mark.parametrize("resource", ["provinces/", "provinces/dong-nai/", "sources/?page_size=1"])
def test_any_etag_will_do_for_a_star(client: Client, resource: str) -> None:
    answer = _get(client, resource, **{"If-None-Match": "*"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == _get(client, resource).headers["ETag"]
    assert _get(client, "provinces/none/", **{"If-None-Match": "*"}).status_code == 404


def test_head_tells_what_get_would(client: Client) -> None:
    got = _get(client, "provinces/?page_size=2")
    head = client.head("/api/v1/provinces/?page_size=2")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Catalogue-Version", "Content-Type", "Cache-Control", "Vary"):
        assert head.headers[name] == got.headers[name], name


PARK_ORDERINGS = (
    "slug",
    "name_en",
    "total_area_ha",
    "established_year",
    "factory_rent_usd_m2_month_min",
)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("ordering", PARK_ORDERINGS)
def test_pages_hold_each_row_once_while_rows_come_and_go(
    client: Client, ordering: str, sign: str
) -> None:
    """Rows before and behind the reader, some without a value, many of the same value."""
    IndustrialPark.objects.filter(pk__in=_parks(60)).update(
        total_area_ha=20_000, established_year=None, factory_rent_usd_m2_month_min=None
    )
    every = set(IndustrialPark.objects.values_list("pk", flat=True))
    doomed, seen = _parks(231)[5::11], []
    taken_out: set[str] = set()
    url: str | None = f"/api/v1/industrial-parks/?page_size=20&ordering={sign}{ordering}"
    for number in range(100):
        assert url is not None
        page = client.get(url).json()
        seen += [row["slug"] for row in page["results"]]
        if (url := page["next"]) is None:
            break
        _add_parks(number)
        going = [slug for slug in doomed if slug not in seen][:2]
        IndustrialPark.objects.filter(pk__in=going).update(is_active=False)
        taken_out |= set(going)
    assert len(seen) == len(set(seen))
    assert set(seen) >= every - taken_out
    assert not set(seen) & taken_out


def _parks(count: int) -> list[str]:
    return list(IndustrialPark.objects.order_by("pk").values_list("pk", flat=True)[:count])


def _add_parks(number: int) -> None:
    template = IndustrialPark.objects.get(pk="long-duc")
    for place, area in (("aa", None), ("mm", 20_000), ("zz", 90_000)):
        template.pk = f"{place}-new-{number}"
        template.name_en = f"{place.upper()} {number}"
        template.total_area_ha, template.established_year = area, 2000 if area else None
        template.save(force_insert=True)


@pytest.mark.parametrize("change", ["flip", "cut", "other list"])
def test_a_cursor_that_was_tampered_with_is_refused(client: Client, change: str) -> None:
    following = _get(client, "sectors/?page_size=2").json()["next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    wrong = {
        "flip": cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        "cut": cursor[2:],
        "other list": cursor,
    }[change]
    resource = "indicators" if change == "other list" else "sectors"
    answer = client.get(f"/api/v1/{resource}/", {"cursor": wrong, "page_size": "2"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?cursor")
