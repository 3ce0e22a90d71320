"""The back-test: its cases, its arithmetic, its command and its page."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.models import FormerProvince, IndustrialPark
from matching import snapshot
from matching.backtest import BrokenCases, read_cases, run
from matching.backtest.cases import CASES
from matching.backtest.scoring import compare, points, standing
from tests.matching.changing import deactivate

pytestmark = pytest.mark.django_db
RECORDS: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _record(key: str, province: str, **profile: Any) -> dict[str, Any]:
    return {
        "key": key,
        "firm": None,
        "year": 2020,
        "answer": {"province": province, "former_province": None, "park": None},
        "profile": {"sector": "machinery", **profile},
        "source": {"title": "題", "url": "https://example.jp/", "published": None, "note": "…"},
    }


def _file(folder: Path, records: Any) -> Path:
    path = folder / "cases.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def _printed(*options: str) -> str:
    out = StringIO()
    call_command("backtest", *options, stdout=out)
    return out.getvalue()


# --- the cases --------------------------------------------------------------------------------


def test_every_case_has_a_profile_that_the_portal_accepts_and_an_answer_in_the_catalogue() -> None:
    cases = read_cases(snapshot.current())
    assert len(cases) == len(RECORDS) >= 12
    former = dict(FormerProvince.objects.values_list("key", "province_id"))
    parks = dict(IndustrialPark.objects.values_list("key", "province_id"))
    for case in cases:
        assert former[case.former_province or ""] == case.province, case.key
        assert case.park is None or parks[case.park] == case.province, case.key
        assert urlsplit(case.source.url).hostname, case.key
        assert case.year is None or 1990 <= case.year <= 2026, case.key
        assert not case.question.must_haves


def test_cases_spread_over_sectors_and_provinces() -> None:
    cases = read_cases(snapshot.current())
    assert len({case.province for case in cases}) >= 8
    assert len({case.question.profile.sector for case in cases}) >= 8
    assert len({case.question.profile.prefecture for case in cases}) >= 10


def _profile(**fields: Any) -> Callable[[list[Any]], object]:
    return lambda records: records[0]["profile"].update(fields)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_profile(sector="sushi"), r"^a: .*“sushi”|^a: .*sushi"),
        (_profile(mood="good"), r"^a: .*mood"),
        (lambda records: records[0].pop("year"), r"^a: has exactly answer, firm, key"),
        (lambda records: records[0]["answer"].update(province="saigon"), r"^a: .*'saigon' is no"),
        (lambda records: records[0]["source"].pop("url"), r"^a: source: has exactly note"),
        (lambda records: records.append(records[0]), r"a key stands twice"),
        (lambda records: records.pop(), r"2 cases are needed"),
    ],
)
def test_broken_case_is_named(
    tmp_path: Path, change: Callable[[list[Any]], object], message: str
) -> None:
    records = [_record("a", "ha-noi"), _record("b", "hue")]
    known = snapshot.current()
    assert [case.key for case in read_cases(known, _file(tmp_path, records))] == ["a", "b"]
    change(records)
    with pytest.raises(BrokenCases, match=message):
        read_cases(known, _file(tmp_path, records))


def test_missing_cases_are_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenCases, match=r"none\.json"):
        read_cases(snapshot.current(), tmp_path / "none.json")


# --- the arithmetic ---------------------------------------------------------------------------


def test_places_that_tie_share_their_ranks() -> None:
    key = np.array([[3.0, 1.0, 2.0, 1.0, 1.0, -np.inf]])
    found = standing(key, np.arange(6))
    assert found.rank[:, 0].tolist() == [1, 4, 2, 4, 4, 6]
    first_1, first_3, first_5, first_10, reciprocal = points(found)[:, 0].T
    assert first_1.tolist() == [1, 0, 0, 0, 0, 0]
    assert first_3 == pytest.approx([1, 1 / 3, 1, 1 / 3, 1 / 3, 0])
    assert first_5.tolist() == [1, 1, 1, 1, 1, 0]
    assert first_10.tolist() == [1, 1, 1, 1, 1, 1]
    shared = (1 / 3 + 1 / 4 + 1 / 5) / 3
    assert reciprocal == pytest.approx([1, shared, 1 / 2, shared, shared, 1 / 6])


def test_shuffled_is_the_mean_over_all_derangements_and_p_that_over_all_orders() -> None:
    n = 5
    matrix = np.random.default_rng(3).random((n, n, 5))
    matrix[np.arange(n), np.arange(n)] += 0.3
    orders = np.array(list(permutations(range(n))))
    scores = matrix[np.arange(n), orders].mean(axis=1)
    deranged = (orders != np.arange(n)).all(axis=1)

    found = compare(matrix)
    np.testing.assert_allclose(found.own, scores[0])
    np.testing.assert_allclose(found.shuffled, scores[deranged].mean(axis=0))
    np.testing.assert_allclose(found.p, (scores >= scores[0]).mean(axis=0), atol=0.01)


def test_profile_that_says_where_it_belongs_is_matching(tmp_path: Path) -> None:
    places = ("ca-mau", "lai-chau", "quang-ngai", "tuyen-quang", "an-giang", "ha-tinh")
    records = [_record(slug, slug, existing_ties=[slug]) for slug in places]
    known = snapshot.current()
    report = run(known, read_cases(known, _file(tmp_path, [*records, *_strangers()])))
    told = [result for result in report.results if result.case.told]
    assert {result.case.key for result in told} == set(places)
    assert all(result.rank < result.shuffled_rank for result in told)
    assert report.whole.matching.reciprocal > 0
    assert (report.whole.cases, report.untold.cases) == (8, 2)


def _strangers() -> list[dict[str, Any]]:
    return [_record("stranger-1", "ha-noi"), _record("stranger-2", "da-nang")]


def test_cases_that_all_tell_the_answer_have_no_second_table(tmp_path: Path) -> None:
    records = [_record(slug, slug, customer_provinces=[slug]) for slug in ("ha-noi", "hue")]
    known = snapshot.current()
    report = run(known, read_cases(known, _file(tmp_path, records)))
    assert (report.whole.cases, report.untold) == (2, None)


def test_firms_that_say_the_same_show_no_matching(tmp_path: Path) -> None:
    places = ("ho-chi-minh", "ha-noi", "son-la", "hue")
    known = snapshot.current()
    cases = read_cases(known, _file(tmp_path, [_record(slug, slug) for slug in places]))
    table = run(known, cases).whole
    assert table.matching.hits == (0, 0, 0, 0)
    assert table.matching.reciprocal == pytest.approx(0)
    assert (table.p.hits, table.p.reciprocal) == ((1, 1, 1, 1), 1)


# --- the command ------------------------------------------------------------------------------


def test_backtest_prints_the_same_twice() -> None:
    assert _printed() == _printed()


@pytest.mark.parametrize("options", [(), ("--without-japanese-presence",)])
def test_backtest_prints_every_ranking_and_every_case(options: tuple[str, ...]) -> None:
    lines = _printed(*options).splitlines()
    assert lines[0].startswith("catalogue 1, engine ")
    assert ("without Japanese presence" in lines[0]) == bool(options)
    assert lines[2].split() == [
        *("all", "cases:", "n", "=", "36"),
        *("first", "1", "first", "3", "first", "5", "first", "10", "mean", "1/rank"),
    ]
    assert [line[:24].strip() for line in lines[3:8]] == [
        "engine",
        "engine, profiles shuffle",
        "nearest to Ha Noi or Ho",
        "most Japanese projects",
        "random (exact expectatio",
    ]
    # 34 places: 36 x 1, 3, 5, 10 / 34, and the 34th harmonic number / 34.
    assert lines[7].split()[-5:] == ["1.1", "3.2", "5.3", "10.6", "0.121"]
    printed = {line.split()[-1].rstrip("*") for line in lines[-len(RECORDS) :]}
    assert printed == {record["key"] for record in RECORDS}


def test_japanese_presence_can_be_switched_off() -> None:
    def engine(*options: str) -> str:
        return _printed(*options).splitlines()[3]

    assert engine() != engine("--without-japanese-presence")


def test_backtest_takes_other_cases_and_says_what_is_broken(tmp_path: Path) -> None:
    good = [_record("a", "ha-noi"), _record("b", "hue", existing_ties=["da-nang"])]
    assert "2 cases, 34 provinces" in _printed("--cases", str(_file(tmp_path, good)))
    with pytest.raises(CommandError, match="'saigon' is no province"):
        _printed("--cases", str(_file(tmp_path, [_record("a", "saigon")])))


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_page_shows_every_case_with_its_source(client: Client, language: str) -> None:
    page = client.get(f"/{language}/about/backtest/")
    text = page.content.decode()
    assert page.status_code == 200
    assert f'<html lang="{language}">' in text
    for record in RECORDS:
        assert f'<tr id="{record["key"]}">' in text
        assert f'href="{record["source"]["url"].replace("&", "&amp;")}"' in text
        firm = record["firm"]
        assert firm is None or firm["ja" if language == "ja" else "en"] in text


def test_page_says_what_the_command_prints(client: Client) -> None:
    text = client.get("/en/about/backtest/").content.decode()
    engine = _printed().splitlines()[3].split()
    row = text.split('<th scope="row">This engine</th>')[1].split("</tr>")[0]
    assert [cell.split("</td>")[0] for cell in row.split('<td class="number">')[1:]] == engine[1:]


def test_page_is_computed_once_a_version(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    snapshot.current()
    with django_assert_num_queries(4):  # version, centres of provinces twice, former provinces
        cold = client.get("/en/about/backtest/").content
    with django_assert_num_queries(2):
        warm = client.get("/en/about/backtest/").content
    assert warm == cold


def test_cases_in_a_province_that_was_taken_out_are_left_out(client: Client) -> None:
    cases = read_cases(snapshot.current())
    there = [c for c in cases if "dong-nai" in (c.province, *c.question.profile.customer_provinces)]
    assert there
    deactivate("province", "dong-nai")
    text = " ".join(client.get("/en/about/backtest/").content.decode().split())
    assert f"{len(cases) - len(there)} published decisions of Japanese manufacturers" in text
    assert f"{len(there)} more decisions are left out" in text
    about = " ".join(client.get("/en/about/").content.decode().split())
    assert f"Of {len(cases) - len(there)} published decisions" in about


def test_page_takes_no_parameter(client: Client) -> None:
    assert client.get("/en/about/backtest/?x=1").status_code == 400
