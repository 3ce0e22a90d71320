"""Match jobs: the answers of POST matches/ for many profiles, and every way to send them."""

import csv
import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from localities.models import Catalogue
from matching import snapshot
from matching.batch import keeping
from matching.engine.criteria import ENGINE_VERSION
from matching.models import MatchBlock, MatchJob
from portal.jobs.models import Job
from portal.jobs.running import run_waiting
from portal.webhooks.models import Delivery
from tests.matching.batch_api import CSV, JOBS, NDJSON, System, lines, listens
from tests.matching.contract import EXAMPLE, ask

pytestmark = pytest.mark.django_db

ROWS: list[dict[str, Any]] = [
    {
        "id": "A-1",
        "profile": EXAMPLE["profile"],
        "weights": EXAMPLE["weights"],
        "must_haves": EXAMPLE["must_haves"],
    },
    {"id": "A-2", "profile": {"sector": "it-dx"}},
    {"profile": {"sector": "fisheries", "stage": "operate", "power_kva": 300}},
    {"profile": {"sector": "it-dx"}, "must_haves": [{"province": ["ha-noi"]}, "power_dual_source"]},
]
WRONG: list[Any] = [
    {"id": "B-1", "profile": {"sector": "sushi", "employees": "many"}, "colour": "red"},
    {"id": "B-2", "profile": {"sector": "it-dx"}, "must_haves": ["rent_within_budget"]},
    ["it-dx"],
]


def of_matches(body: dict[str, Any], level: str, limit: int) -> list[dict[str, Any]]:
    """What POST matches/ says, cut down to what a match job says."""
    question = {name: value for name, value in body.items() if name != "id"}
    answer = ask(Client(), {**question, "level": level, "limit": limit, "robustness": False})
    assert answer.status_code == 200, answer.content
    return [
        {
            "rank": each["rank"],
            "place": {name: each["place"][name] for name in ("kind", "slug")},
            "fit": each["fit"],
            "band": each["band"],
            "coverage": each["coverage"],
            "to_be_confirmed": each["to_be_confirmed"],
            "best_park": each["best_park"]
            and {name: each["best_park"][name] for name in ("slug", "fit")},
        }
        for each in answer.json()["results"]
    ]


def near(value: Any) -> Any:
    """`value`, whose numbers may differ by half of the fourth decimal."""
    if isinstance(value, dict):
        return {name: near(each) for name, each in value.items()}
    if isinstance(value, list):
        return [near(each) for each in value]
    return pytest.approx(value, abs=6e-5) if isinstance(value, float) else value


@pytest.mark.parametrize("level", ["province", "park"])
def test_rows_get_the_answers_of_matches(level: str) -> None:
    bank = System()
    told = bank.done({"profiles": ROWS, "level": level, "limit": 4})
    assert bank.results(told) == [
        {
            "row": number,
            "id": row.get("id"),
            "errors": [],
            "results": near(of_matches(row, level, 4)),
        }
        for number, row in enumerate(ROWS, 1)
    ]


def test_every_way_to_send_rows_gets_the_same_results() -> None:
    bank = System()
    text = lines(ROWS)
    ways = [
        bank.done({"limit": 3, "profiles": ROWS}),
        bank.done(text, NDJSON, "?limit=3"),
        bank.done(text.replace("\n", "\r\n"), "application/ndjson", "?limit=3&level=province"),
        bank.done(json.dumps({"profiles": ROWS, "limit": 3}, indent=4)),
        bank.done("\ufeff" + text, NDJSON, "?limit=3"),
        bank.done(ROWS, "", "?limit=3"),
    ]
    first, *others = [bank.results(told) for told in ways]
    assert len(first) == len(ROWS)
    assert all(each == first for each in others)


def test_an_id_that_is_not_utf_8_is_refused_and_not_told_otherwise() -> None:
    bank = System()
    told = bank.done("id,sector\n会社,it-dx\nA,it-dx\n".encode("cp932"), CSV, "?limit=1&lang=en")
    first, second = bank.results(told)
    fault = {"pointer": "#/id", "detail": "The body is not UTF-8.", "code": "encoding"}
    assert (first["errors"], first["results"]) == ([fault], None)
    assert (second["id"], second["errors"]) == ("A", [])


def test_ids_have_one_rule_in_every_form() -> None:
    bank = System()
    ids = ["x" * 200, "x" * 201, "a\0b", "会社"]
    rows = [{"id": each, "profile": {"sector": "it-dx"}} for each in ids]
    table = "id,sector\n" + "".join(f"{each},it-dx\n" for each in ids)
    jobs = [bank.done({"profiles": rows}), bank.done(lines(rows), NDJSON), bank.done(table, CSV)]
    for told in jobs:
        found = bank.results(told)
        assert [line["id"] for line in found] == ["x" * 200, None, None, "会社"]
        assert [details(line["errors"]) for line in found] == [
            [],
            [("Allowed are at most 200 characters.", "max_length")],
            [("A text holds no NUL character.", "nul")],
            [],
        ]


@pytest.mark.parametrize(
    ("name", "kind"), [("p.csv", "application/octet-stream"), ("profiles", CSV), ("p.CSV.csv", "")]
)
def test_a_form_with_a_file(name: str, kind: str) -> None:
    bank = System()
    sent = bank.send_file(name, b"sector,id\nit-dx,x\n", kind)
    assert sent.status_code == 202, sent.content
    run_waiting()
    told = bank.get(sent.headers["Location"]).json()
    (line,) = bank.results(told)
    assert (line["row"], line["id"], line["errors"]) == (2, "x", [])
    assert line["results"] == near(of_matches(ROWS[1], "province", 10))


def test_a_job_is_told_from_its_beginning_to_its_end() -> None:
    bank = System()
    sent = bank.send(lines([*ROWS, *WRONG]), NDJSON, "?level=park&limit=2")
    begun = sent.json()
    job = MatchJob.objects.get()
    assert begun == {
        "id": str(job.pk),
        "url": f"http://testserver{JOBS}{job.pk}/",
        "state": "queued",
        "level": "park",
        "limit": 2,
        "catalogue_version": Catalogue.objects.get().version,
        "engine_version": ENGINE_VERSION,
        "rows_total": 7,
        "rows_done": 0,
        "rows_failed": 0,
        "created_at": begun["created_at"],
        "finished_at": None,
        "expires_at": begun["expires_at"],
        "results_url": None,
    }
    assert sent.headers["Location"] == begun["url"]
    assert [begun[name][-6:] for name in ("created_at", "expires_at")] == ["+09:00", "+09:00"]
    early = bank.get(f"{begun['url']}results/")
    assert (early.status_code, early.headers["Retry-After"]) == (409, "5")
    assert early.json()["errors"][0]["code"] == "not_done"
    assert early.json()["detail"] == "The match job is not done: 0 of 7 rows."
    run_waiting()
    ended = bank.get(begun["url"]).json()
    assert ended == {
        **begun,
        "state": "done",
        "rows_done": 7,
        "rows_failed": 3,
        "finished_at": ended["finished_at"],
        "expires_at": ended["expires_at"],
        "results_url": f"{begun['url']}results/",
    }
    kept = datetime.fromisoformat(ended["expires_at"]) - datetime.fromisoformat(
        ended["finished_at"]
    )
    assert kept == timedelta(days=7)
    listed = bank.get(JOBS).json()
    assert listed == {"next": None, "previous": None, "results": [ended]}


@pytest.mark.parametrize(
    ("lang", "needed"),
    [
        ("en", "Allowed is a whole number from 1 to 1,000,000."),
        ("ja", "1 から 1,000,000 までの整数を入力してください。"),
        ("vi", "Cho phép số nguyên từ 1 đến 1.000.000."),
    ],
)
def test_bad_rows_stand_beside_good_ones_in_the_reader_s_language(lang: str, needed: str) -> None:
    bank = System()
    told = bank.done(lines([ROWS[1], *WRONG, "{", ROWS[1]]), NDJSON, "?limit=1")
    assert (told["rows_done"], told["rows_failed"]) == (6, 4)
    found = bank.results(told, **{"Accept-Language": lang})
    assert [(line["row"], line["id"], line["results"] is None) for line in found] == [
        (1, "A-2", False),
        (2, "B-1", True),
        (3, "B-2", True),
        (4, None, True),
        (5, None, True),
        (6, "A-2", False),
    ]
    assert found[0] == {**found[5], "row": 1}
    errors = {error["pointer"]: error for line in found for error in line["errors"]}
    assert {pointer: error["code"] for pointer, error in errors.items()} == {
        "#/profile/sector": "invalid_choice",
        "#/profile/employees": "invalid",
        "#/colour": "unknown",
        "#/must_haves/0": "needs",
        "#": "invalid",
    }
    assert errors["#/profile/employees"]["detail"] == needed


def test_what_is_wrong_is_told_as_matches_tells_it() -> None:
    bank = System()
    told = bank.done({"profiles": WRONG[:2]})
    for row, line in zip(WRONG[:2], bank.results(told), strict=True):
        body = {name: value for name, value in row.items() if name != "id"}
        of_one = ask(Client(), body).json()["errors"]
        codes = [(each["pointer"], each["code"]) for each in of_one]
        assert [(each["pointer"], each["code"]) for each in line["errors"]] == codes
        known = [each for each in of_one if each["code"] != "unknown"]
        assert [each for each in line["errors"] if each["code"] != "unknown"] == known


OUT_OF_BOUNDS: list[dict[str, Any]] = [
    {"profile": {"sector": "machinery", "employees": 0}},
    {"profile": {"sector": "machinery", "employees": 2_000_000}},
    {"profile": {"sector": "machinery", "employees": "many"}},
    {"profile": {"sector": "machinery", "power_kva": -1}},
    {"profile": {"sector": "machinery", "max_km_to_seaport": 5_001}},
    {"profile": {"sector": "sushi", "stage": "dream"}},
    {"profile": {"sector": "machinery", "entry_modes": 51 * ["office"]}},
    {"profile": {"sector": "machinery"}, "must_haves": ["rent_within_budget"]},
]
ONLY_IN_JSON: list[dict[str, Any]] = [
    {"profile": {"sector": 1, "entry_modes": {}, "stage": 2}},
    {"profile": {"sector": "machinery"}, "weights": {"cost": 9, "hard": -1, "soft": "x"}},
    {"profile": {"sector": "machinery"}, "must_haves": 51 * ["rental_factory"]},
    {"profile": {"sector": "machinery"}, "must_haves": [{"macro": []}, 3]},
]


def as_table(rows: list[dict[str, Any]]) -> str:
    """The rows as CSV."""
    names = ["sector", "employees", "power_kva", "max_km_to_seaport", "stage", "entry_modes"]
    table = [",".join([*names, "must_haves"])]
    for row in rows:
        said = [row["profile"].get(name, "") for name in names] + [row.get("must_haves", "")]
        table.append(",".join(";".join(v) if isinstance(v, list) else str(v) for v in said))
    return "\n".join(table)


@pytest.mark.parametrize("kind", ["", NDJSON, CSV])
def test_what_is_wrong_is_told_in_every_language(kind: str) -> None:
    bank = System()
    rows = OUT_OF_BOUNDS if kind == CSV else [*OUT_OF_BOUNDS, *ONLY_IN_JSON]
    bodies = {"": {"profiles": rows}, NDJSON: lines(rows), CSV: as_table(OUT_OF_BOUNDS)}
    told = bank.done(bodies[kind], kind)
    for lang in ("ja", "en", "vi"):
        of_one = [ask(Client(), row, lang).json()["errors"] for row in rows]
        found = bank.results(told, **{"Accept-Language": lang})
        assert [details(line["errors"]) for line in found] == [details(each) for each in of_one]


def details(errors: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["detail"], each["code"]) for each in errors]


LONG_ID = {
    "ja": "200 文字以内で入力してください。",
    "en": "Allowed are at most 200 characters.",
    "vi": "Tối đa 200 ký tự.",
}


def test_a_long_id_is_refused_in_every_language() -> None:
    bank = System()
    told = bank.done(lines([{**ROWS[1], "id": 201 * "x"}]), NDJSON)
    for lang, text in LONG_ID.items():
        (line,) = bank.results(told, **{"Accept-Language": lang})
        assert line["errors"] == [{"pointer": "#/id", "detail": text, "code": "max_length"}]


def test_csv_rows_have_their_columns_as_pointers() -> None:
    bank = System()
    text = "id,sector,employees\r\nA,it-dx,\r\n\r\n=B,sushi,many\r\nC,it-dx,0,more\r\n"
    told = bank.done(text, CSV, "?limit=2")
    found = list(csv.reader(StringIO(bank.text(told, "?form=csv").removeprefix("\ufeff"))))
    assert found[0][:7] == [
        *("row", "id", "error_pointer", "error_code", "error_detail"),
        *("place_1", "park_1"),
    ]
    assert [len(row) for row in found] == 4 * [5 + 2 * 9]
    assert [row[:4] for row in found[1:]] == [
        ["2", "A", "", ""],
        ["4", "'=B", "#/sector | #/employees", "invalid_choice | invalid"],
        ["5", "C", "# | #/employees", "too_many_cells | min_value"],
    ]
    best = of_matches(ROWS[1], "province", 2)
    assert [found[1][5], found[1][14]] == [each["place"]["slug"] for each in best]
    assert float(found[1][8]) == near(best[0]["fit"])
    by_header = bank.get(told["results_url"], Accept="text/csv")
    assert by_header.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(by_header.streaming_content).decode() == bank.text(told, "?form=csv")


def test_weights_and_must_haves_of_the_list_are_those_of_rows_without_own() -> None:
    bank = System()
    own = {"weights": {"cost": 1}, "must_haves": [{"macro": ["south"]}]}
    rows = [ROWS[1], {**ROWS[1], "weights": {"hard": 1}}, {**ROWS[1], "must_haves": []}]
    told = bank.done({**own, "profiles": rows, "limit": 3})
    assert [line["results"] for line in bank.results(told)] == [
        near(of_matches({**own, **row}, "province", 3)) for row in rows
    ]


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_the_size_of_blocks_changes_nothing(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = System()
    whole = bank.results(bank.done({"profiles": [*ROWS, *WRONG]}))
    monkeypatch.setattr(keeping, "BLOCK_ROWS", rows)
    told = bank.done({"profiles": [*ROWS, *WRONG]})
    assert bank.results(told) == whole
    assert MatchBlock.objects.filter(job=told["id"]).count() == -(-7 // rows)
    assert told["rows_failed"] == 3


def test_nothing_of_what_was_sent_is_kept_when_it_is_matched() -> None:
    System().done({"profiles": ROWS})
    assert list(MatchBlock.objects.values_list("asked", flat=True)) == [None]


def test_a_job_keeps_to_the_catalogue_that_it_began_with() -> None:
    bank = System()
    sent = bank.send({"profiles": ROWS[:2], "limit": 2})
    Catalogue.objects.update(version=99)
    snapshot.current()
    run_waiting()
    told = bank.get(sent.headers["Location"]).json()
    assert told["catalogue_version"] == 1
    answer = bank.get(told["results_url"])
    assert answer.headers["Catalogue-Version"] == "1"


def test_a_job_of_an_earlier_engine_fails_and_says_so() -> None:
    bank = System()
    sent = bank.send({"profiles": ROWS[:1]})
    MatchJob.objects.update(engine_version="0.1")
    run_waiting()
    told = bank.get(sent.headers["Location"]).json()
    assert (told["state"], told["results_url"]) == ("failed", None)
    assert told["finished_at"] is not None
    answer = bank.get(f"{told['url']}results/")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "The match job has failed; please send it again."


def test_nobody_gets_at_another_organisation_s_jobs() -> None:
    bank, other = System(), System("other")
    told = bank.done({"profiles": ROWS[:1]})
    for address in (told["url"], told["results_url"]):
        assert other.get(address).status_code == 404
    assert other.delete(told["url"]).status_code == 404
    assert other.get(JOBS).json()["results"] == []
    assert Client().get(told["url"]).status_code == 401
    assert bank.get(told["url"]).status_code == 200


def test_a_client_without_the_scope_is_not_let_in() -> None:
    bank = System(scope="match")
    for answer in (bank.get(JOBS), bank.send({"profiles": ROWS[:1]})):
        assert answer.status_code == 403
        assert answer.json()["detail"] == "This needs an access token with the scope match:batch."
    assert not MatchJob.objects.exists()


@pytest.mark.parametrize("kind", [NDJSON, "application/json"])
def test_a_request_that_comes_twice_makes_one_job(kind: str) -> None:
    bank = System()
    body = lines(ROWS) if kind == NDJSON else {"profiles": ROWS}
    first, again = (bank.send(body, kind, **{"Idempotency-Key": "k"}) for _time in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    other = bank.send(lines(ROWS[:1]), NDJSON, **{"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert MatchJob.objects.count() == 1


def test_delete_ends_a_job_and_takes_all_of_it_away() -> None:
    bank = System()
    sent = bank.send({"profiles": ROWS})
    assert bank.delete(sent.headers["Location"]).status_code == 204
    run_waiting()
    assert (MatchJob.objects.count(), MatchBlock.objects.count()) == (0, 0)
    assert bank.get(sent.headers["Location"]).status_code == 404
    assert not Job.objects.filter(state=Job.State.FAILED).exists()


def test_a_job_is_deleted_seven_days_after_its_end() -> None:
    bank = System()
    told = bank.done({"profiles": ROWS[:1]})
    waiting = Job.objects.filter(kind=keeping.EXPIRE, state="queued").order_by("sent_at")
    kept = MatchJob.objects.get()
    looked_at = [kept.created_at + keeping.KEPT, kept.finished_at + keeping.KEPT]
    assert list(waiting.values_list("sent_at", flat=True)) == looked_at
    assert looked_at[-1] == kept.expires_at
    Job.objects.filter(kind=keeping.EXPIRE).update(sent_at=timezone.now())
    run_waiting()
    assert bank.get(told["url"]).status_code == 200
    MatchJob.objects.update(expires_at=timezone.now())
    assert bank.get(told["url"]).status_code == 404
    keeping.expire(MatchJob.objects.get().pk)
    assert (MatchJob.objects.count(), MatchBlock.objects.count()) == (0, 0)


def test_a_job_that_still_waits_is_not_deleted() -> None:
    bank = System()
    sent = bank.send({"profiles": ROWS[:1]})
    MatchJob.objects.update(expires_at=timezone.now())
    keeping.expire(MatchJob.objects.get().pk)
    run_waiting()
    assert bank.get(sent.headers["Location"]).json()["state"] == "done"


def test_whoever_listens_is_told_of_the_end_once() -> None:
    bank = System()
    listens("bank"), listens("other")
    told = bank.done({"profiles": ROWS})
    keeping.finish(UUID(told["id"]))
    (delivery,) = Delivery.objects.all()
    assert (delivery.endpoint.organisation_id, delivery.event) == ("bank", "match_job.finished")
    address = f"{JOBS}{told['id']}/"
    assert delivery.data == {"id": told["id"], "state": "done", "match_job": address}


@pytest.mark.parametrize("deaths", [0, settings.JOBS_MAX_ATTEMPTS])
def test_whoever_listens_is_told_of_a_job_that_failed(deaths: int) -> None:
    """With a block that raises, and with one that workers die over."""
    bank = System()
    listens("bank")
    sent = bank.send({"profiles": ROWS}).json()
    Job.objects.filter(kind=keeping.BLOCK).update(attempts=deaths)
    MatchJob.objects.update(engine_version="0.1")
    run_waiting()
    (delivery,) = Delivery.objects.all()
    address = f"{JOBS}{sent['id']}/"
    assert delivery.data == {"id": sent["id"], "state": "failed", "match_job": address}
    assert bank.get(address).json()["state"] == "failed"


def test_nobody_is_told_of_a_job_that_was_deleted() -> None:
    bank = System()
    listens("bank")
    bank.delete(bank.send({"profiles": ROWS}).headers["Location"])
    run_waiting()
    assert not Delivery.objects.exists()
