"""The report of a match: the page for the board, the evidence behind it, and the workbook."""

import re
from collections import defaultdict
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.matching.test_pages import LARGE, SMALL

pytestmark = pytest.mark.django_db

BODY = {
    "profile": {
        "sector": "fabricated-metal",
        "prefecture": "27",
        "stage": "prepare",
        "employees": 80,
        "floor_area_m2": 500,
        "rent_budget_usd_m2_month": 5,
        "power_kva": 300,
        "workers": 30,
        "max_km_to_seaport": 80,
        "purposes": ["supply-japanese-makers"],
        "entry_modes": ["rental-factory"],
        "talent_fields": ["mechanical"],
        "services": ["one_stop_setup"],
        "customer_provinces": ["ho-chi-minh"],
    },
    "weights": {"sector": 3, "hard": 4, "soft": 5, "talent": 4, "market": 3, "cost": 2},
    "must_haves": ["rental_factory", "japanese_speaking_staff", {"macro": ["south", "north"]}],
    "limit": 500,
    "detail": "full",
}
Table = list[dict[str, Any]]


def _page(client: Client, query: str, language: str = "en") -> str:
    response = client.get(f"/{language}/matching/report/?{query}")
    assert response.status_code == 200, response.content[:500]
    return unescape(response.content.decode())


def _book(client: Client, query: str, language: str = "en") -> CalamineWorkbook:
    response = client.get(f"/{language}/matching/report.xlsx?{query}")
    assert response.status_code == 200, response.content[:500]
    return CalamineWorkbook.from_filelike(BytesIO(response.content))


def _table(book: CalamineWorkbook, sheet: str) -> Table:
    head, *rows = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


def _api(client: Client, level: str = "province") -> dict[str, Any]:
    body = {**BODY, "level": level}
    headers = {"Accept-Language": "en"}
    response = client.post(
        "/api/v1/matches/", body, content_type="application/json", headers=headers
    )
    assert response.status_code == 200, response.content[:500]
    found: dict[str, Any] = response.json()
    return found


def _board(html: str) -> str:
    found = re.search(r'<section class="board".*?</section>', html, re.S)
    assert found
    return found[0]


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
@pytest.mark.parametrize("query", [SMALL, f"{LARGE}&level=park"])
def test_report_opens_in_each_language(client: Client, language: str, query: str) -> None:
    html = _page(client, query, language)
    assert _board(html).count('class="board-place"') == 5
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", html)


def test_the_page_for_the_board_says_what_was_asked_and_what_it_is_not(client: Client) -> None:
    board = _board(_page(client, LARGE, "ja"))
    for text in ("大阪府 · 80名", "500㎡", "レンタル工場", "南部または北部", "ハード 4.0", "第1版"):
        assert text in board
    assert "進出を勧めるものではありません" in board
    assert "/ja/readiness/?prefecture=27&profile=sector%3Dfabricated-metal" in board


def test_the_page_for_the_board_shows_what_the_api_answers(client: Client) -> None:
    board, api = _board(_page(client, LARGE)), _api(client)
    shown = re.findall(
        r"<h3>(.*?)</h3>.*?<strong>(\d+)</strong><span>/100.*?band (\d+)–(\d+).*?<strong>(\d+)%",
        board,
        re.S,
    )
    assert shown == [
        (
            line["place"]["name"],
            f"{line['fit']:.0f}",
            f"{line['band'][0]:.0f}",
            f"{line['band'][1]:.0f}",
            f"{line['p_first'] * 100:.0f}",
        )
        for line in api["results"][:5]
    ]
    for line in api["ask"][:5]:
        assert line["question"] in board


def test_every_number_of_a_source_on_the_page_is_in_the_list_of_sources(client: Client) -> None:
    html = _page(client, LARGE)
    cited = {int(number) for number in re.findall(r'href="#source-(\d+)"', html)}
    listed = [int(number) for number in re.findall(r'<li id="source-(\d+)">', html)]
    assert listed == list(range(1, len(listed) + 1))
    assert cited == set(listed)
    on_board = [int(number) for number in re.findall(r'href="#source-(\d+)"', _board(html))]
    assert list(dict.fromkeys(on_board)) == list(range(1, max(on_board) + 1))


def test_each_reason_and_caution_of_the_board_is_the_cards_own_with_its_source(
    client: Client,
) -> None:
    board, api = _board(_page(client, LARGE)), _api(client)
    sentence = r'<li class="board-(?:for|against)">.*?</span>(.*?) <span class="cite">'
    found = re.findall(sentence, board)
    told = {
        line["text"]
        for result in api["results"][:5]
        for line in (*result["reasons"], *result["cautions"])
    }
    assert len(found) >= 5
    assert set(found) <= told


def test_detail_ranks_every_place_and_names_the_excluded_with_their_facts(client: Client) -> None:
    html, api = _page(client, LARGE), _api(client)
    ranking = html.split('id="report-ranking"')[1].split("</section>")[0]
    assert ranking.count('<th scope="row">') == api["counts"]["ranked"] == len(api["results"])
    excluded = html.split('id="report-excluded"')[1].split("</section>")[0]
    assert excluded.count("<li>") == api["counts"]["excluded"] == len(api["excluded"])
    facts = [failed["fact"] for line in api["excluded"] for failed in line["failed"]]
    assert facts
    assert [fact for fact in facts if fact and fact not in excluded] == []


def test_criteria_of_the_first_five_are_all_there(client: Client) -> None:
    html, api = _page(client, LARGE), _api(client)
    for at, result in enumerate(api["results"][:5], start=1):
        part = html.split(f'id="report-place-{at}"')[1].split("</section>")[0]
        labels = re.findall(r'<th scope="row">(.*?)</th>', part)
        assert labels == [line["label"] for line in result["criteria"]]


@pytest.mark.parametrize("level", ["province", "park"])
def test_workbook_holds_the_numbers_of_the_api(client: Client, level: str) -> None:
    book, api = _book(client, f"{LARGE}&level={level}"), _api(client, level)
    ranking = _table(book, "Ranking")
    assert [(row["Place"], row["Rank"]) for row in ranking] == [
        (line["place"]["name"], line["rank"]) for line in api["results"]
    ]
    for row, line in zip(ranking, api["results"], strict=True):
        numbers = [row["Fit"], row["Band, lowest"], row["Band, highest"]]
        assert numbers == pytest.approx([line["fit"], *line["band"]], abs=1e-9)
        assert row["Chance of being first"] == pytest.approx(line["p_first"])
    assert len(_table(book, "Too little data")) == api["counts"]["too_little_data"]
    assert len({row["Place"] for row in _table(book, "Excluded")}) == api["counts"]["excluded"]
    assert [row["Question"] for row in _table(book, "Questions")] == [
        line["question"] for line in api["ask"]
    ]


@pytest.mark.parametrize("level", ["province", "park"])
def test_contributions_of_the_workbook_add_up_by_hand(client: Client, level: str) -> None:
    book = _book(client, f"{LARGE}&level={level}")
    mean = next(
        row[2]
        for row in book.get_sheet_by_name("Summary").to_python()
        if row[0] == "Mean fit of all places"
    )
    sums: dict[Any, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in _table(book, "Criteria"):
        if row["Rank"]:
            for column in ("Contribution", "Points (of 100)", "Weight"):
                sums[row["Place"]][column] += row[column]
    ranking = _table(book, "Ranking")
    assert len(sums) == len(ranking) > 5
    for row in ranking:
        found = sums[row["Place"]]
        assert found["Weight"] == pytest.approx(1)
        assert found["Points (of 100)"] == pytest.approx(row["Fit"], abs=1e-6)
        assert found["Contribution"] == pytest.approx(row["Fit"] - mean, abs=1e-6)


def test_the_band_follows_from_the_workbooks_own_columns(client: Client) -> None:
    book = _book(client, LARGE)
    open_points: dict[Any, float] = defaultdict(float)
    for row in _table(book, "Criteria"):
        open_points[row["Place"]] += 100 * row["Weight"] * (row["Share unknown"] + row["Spread"])
    for row in _table(book, "Ranking"):
        highest = row["Fit"] + open_points[row["Place"]]
        assert row["Band, highest"] == pytest.approx(highest, abs=1e-6)


def test_unknown_values_are_words_and_known_facts_have_their_source(client: Client) -> None:
    rows = _table(_book(client, LARGE), "Criteria")
    unknown = [row for row in rows if row["Value (0 to 1)"] == "unknown"]
    known = [row for row in rows if row["Value (0 to 1)"] != "unknown"]
    assert unknown
    assert all(row["Points (of 100)"] == 0 and row["Fact"] == "" for row in unknown)
    assert all(isinstance(row["Value (0 to 1)"], float) for row in known)
    sources = {row["Source no."]: row["Source"] for row in _table(_book(client, LARGE), "Sources")}
    named = [row for row in known if row["Source no."] != ""]
    assert len(named) > len(known) / 2
    assert all(sources[row["Source no."]] == row["Source"] for row in named)


def test_page_and_workbook_number_sources_alike(client: Client) -> None:
    html = _page(client, LARGE)
    on_page = re.findall(r'<li id="source-(\d+)">.*?<cite>(.*?)</cite>', html)
    sheet = _table(_book(client, LARGE), "Sources")
    assert len(sheet) >= len(on_page)
    numbers = [int(number) for number, _title in on_page]
    assert numbers == [row["Source no."] for row in sheet[: len(on_page)]]


@pytest.mark.parametrize(
    ("language", "first", "last"), [("ja", "要約", "出典"), ("vi", "Tóm tắt", "Nguồn")]
)
def test_workbook_is_in_the_readers_language(
    client: Client, language: str, first: str, last: str
) -> None:
    names = _book(client, LARGE, language).sheet_names
    assert len(names) == 10
    assert (names[0], names[-1]) == (first, last)


def test_workbook_is_the_same_bytes_again_and_has_a_plain_name(client: Client) -> None:
    first = client.get(f"/ja/matching/report.xlsx?{SMALL}")
    assert re.fullmatch(
        r'attachment; filename="tsunagari-province-v1-\d{8}\.xlsx"', first["Content-Disposition"]
    )
    assert client.get(f"/ja/matching/report.xlsx?{SMALL}").content == first.content


@pytest.mark.parametrize("page", ["report/", "report.xlsx"])
def test_bad_input_is_told_as_on_the_results_page(client: Client, page: str) -> None:
    wrong = client.get(f"/en/matching/{page}?sector=machinery&floor_area_m2=large")
    assert wrong.status_code == 400
    assert 'id="id_floor_area_m2-error"' in wrong.content.decode()
    unknown = client.get(f"/en/matching/{page}?{SMALL}&colour=red")
    assert unknown.status_code == 400
    assert "“colour”" in unknown.content.decode()
    untidy = client.get(f"/en/matching/{page}?{SMALL}&power_kva=")
    assert (untidy.status_code, untidy["Location"]) == (302, f"/en/matching/{page}?{SMALL}")
    assert client.post(f"/en/matching/{page}?{SMALL}").status_code == 405


def test_a_match_without_any_place_left_has_a_report(client: Client) -> None:
    query = "sector=machinery&floor_area_m2=9999999&must=floor_area&must=rental_factory"
    html = _page(client, query)
    assert "Sources" in html
    _book(client, query)


def test_results_lead_to_both_reports(client: Client) -> None:
    html = client.get(f"/ja/matching/results/?{LARGE}").content.decode()
    query = LARGE.replace("&", "&amp;")
    assert f'href="/ja/matching/report/?{query}"' in html
    assert f'href="/ja/matching/report.xlsx?{query}"' in html


def test_match_command_writes_the_workbook(tmp_path: Path) -> None:
    profile, out = tmp_path / "firm.json", tmp_path / "report.xlsx"
    profile.write_text('{"sector": "it-dx"}', encoding="utf-8")
    call_command("match", f"--profile={profile}", "--lang=en", f"--out={out}", verbosity=0)
    names = CalamineWorkbook.from_path(str(out)).sheet_names
    assert names[:3] == ["Summary", "Ranking", "Criteria"]
