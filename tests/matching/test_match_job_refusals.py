"""What is refused as a match job, as a whole: nothing of it is stored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from matching.api import uploads
from matching.batch import keeping, reading
from matching.models import MatchBlock, MatchJob
from portal.jobs.models import Job
from tests.matching.batch_api import CSV, JOBS, NDJSON, System

pytestmark = pytest.mark.django_db

ROW = {"profile": {"sector": "it-dx"}}
LINE = json.dumps(ROW) + "\n"


def nothing_stored() -> bool:
    kinds = (keeping.BLOCK, keeping.EXPIRE)
    jobs = Job.objects.filter(kind__in=kinds).exists()
    return not (jobs or MatchJob.objects.exists() or MatchBlock.objects.exists())


@pytest.mark.parametrize(
    ("body", "kind", "query", "pointer", "code"),
    [
        ("", NDJSON, "", "#", "file"),
        ("\n\n", NDJSON, "", "#", "empty"),
        ("sector\n", CSV, "", "#", "empty"),
        ("id\nx\n", CSV, "", "#", "header"),
        ("sector,profit\nit-dx,1\n", CSV, "", "#", "header"),
        ('sector\nit-dx\n"' + "x" * 99_000 + "\n" + "x" * 99_000, CSV, "", "#", "csv"),
        ({"profiles": []}, "", "", "#", "empty"),
        ({"level": "park"}, "", "", "#/profiles", "required"),
        ({"profiles": {}}, "", "", "#/profiles", "not_a_list"),
        ({"profiles": [ROW], "limit": 51}, "", "", "#/limit", "max_value"),
        ({"profiles": [ROW], "level": "city"}, "", "", "#/level", "invalid_choice"),
        ({"profiles": [ROW], "detail": "full"}, "", "", "#/detail", "unknown"),
        ({"profiles": [ROW], "weights": {"cost": 9}}, "", "", "#/weights/cost", "max_value"),
        ({"profiles": [ROW], "must_haves": ["sauna"]}, "", "", "#/must_haves/0", "invalid"),
        ('{"profiles": [{}], "profiles": [{}]}', "", "", "#/profiles", "repeated"),
        ('{"profiles": [{}]', "", "", "#", "json"),
        ('{"profiles": [{}] "level": 1}', "", "", "#", "json"),
        ('{"profiles": [{},]}', "", "", "#", "json"),
        ('{"profiles": [{}]} x', "", "", "#", "json"),
        ("{1: 2}", "", "", "#", "json"),
        ("[]", "", "", "#", "empty"),
        ("3", "", "", "#", "invalid"),
        ([ROW], "", "?limit=0", "?limit", "min_value"),
        (b'{"profiles": ["\xff"]}', "", "", "#", "encoding"),
        ('{"profiles": [' + "[" * 9_999, "", "", "#", "depth"),
        (LINE, NDJSON, "?limit=0", "?limit", "min_value"),
        (LINE, NDJSON, "?limit=ten", "?limit", "invalid"),
        (LINE, NDJSON, "?level=city", "?level", "invalid_choice"),
        (LINE, NDJSON, "?top=3", "?top", "unknown"),
        ({"profiles": [ROW]}, "", "?limit=3", "?limit", "invalid"),
    ],
)
def test_a_wrong_upload(body: Any, kind: str, query: str, pointer: str, code: str) -> None:
    answer = System().send(body, kind, query)
    assert answer.status_code == 400, answer.content
    errors = answer.json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [(pointer, code)]
    assert nothing_stored()


NEEDED = {
    "ja": "リスト「profiles」を持つオブジェクト、またはそのリストのみを送信してください。"
    "オブジェクトにはほかに level, limit, weights, must_haves を指定できます。",
    "en": "An object with the list “profiles” is needed, or that list alone; beside it the object"
    " may have level, limit, weights, must_haves.",
    "vi": "Cần một đối tượng có danh sách “profiles”, hoặc chỉ riêng danh sách đó; ngoài ra đối"
    " tượng có thể có level, limit, weights, must_haves.",
}


def test_what_a_json_upload_must_be_is_said() -> None:
    bank = System()
    for lang, needed in NEEDED.items():
        for body in (3, ROW):
            answer = bank.send(body, "", f"?lang={lang}")
            assert [each["detail"] for each in answer.json()["errors"]] == [needed]
    answer = bank.send({"profiles": [ROW], "rows": []})
    assert answer.json()["errors"] == [
        {
            "pointer": "#/rows",
            "detail": "Unknown key; allowed are profiles, level, limit, weights, must_haves.",
            "code": "unknown",
        }
    ]


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        (" ", 1, 2),
        ("profiles", 1, 1),
        ('{"profiles": [{}] "level": 1}', 1, 19),
        ('{"profiles": [{},]}', 1, 18),
        ('{"profiles": [{}]\n, "level": x}', 2, 12),
        ('{"profiles": [\n{}]\n}\n x', 4, 2),
        ('{"profiles": [' + 9_000 * '{"id": "123"},\n' + '{"id": 1 2}]}', 9_001, 10),
        ("[{}", 1, 4),
        ("{1: 2}", 1, 2),
    ],
)
def test_a_fault_in_the_signs_of_json_is_told_with_its_place(
    body: str, line: int, column: int
) -> None:
    text = f"Not JSON at line {line}, column {column}."
    assert System().send(body).json()["detail"] == text


@pytest.mark.parametrize("kind", [CSV, NDJSON, ""])
def test_too_many_rows(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ROWS", 5)
    monkeypatch.setattr(keeping, "BLOCK_ROWS", 2)
    bodies = {CSV: "sector\n" + 6 * "it-dx\n", NDJSON: 6 * LINE, "": {"profiles": 6 * [ROW]}}
    answer = System().send(bodies[kind], kind)
    assert answer.status_code == 413
    text = "A match job holds at most 5 rows; send the rest as another one."
    assert answer.json()["detail"] == text
    assert nothing_stored()


@pytest.mark.parametrize("kind", [CSV, NDJSON, ""])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}])
def test_a_file_is_read_to_its_end_before_anything_is_written(
    kind: str, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that reads a long file would keep all who write waiting, on SQLite."""
    monkeypatch.setattr(reading, "LONGEST_ROW", 1000)
    monkeypatch.setattr(keeping, "BLOCK_ROWS", 2)
    rows = [*(5 * [ROW]), {"id": "x" * 2000}]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    csv = "sector,id\n" + 5 * "it-dx,\n" + "it-dx," + "x" * 2000
    bodies = {CSV: csv, NDJSON: lines, "": {"profiles": rows}}
    bank = System()
    with CaptureQueriesContext(connection) as queries:
        answer = bank.send(bodies[kind], kind, **key)
    assert answer.status_code == 413
    said = [query["sql"] for query in queries]
    written = ("INSERT INTO matching", "ROLLBACK")
    assert not [sql for sql in said if sql.replace('"', "").startswith(written)]


@pytest.mark.parametrize("kind", [CSV, NDJSON, "", "form"])
def test_too_many_bytes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    bank = System()
    if kind == "form":
        answer = bank.send_file("x.ndjson", LINE.encode() * 5, NDJSON)
    else:
        answer = bank.send(LINE * 5, kind)
    assert answer.status_code == 413
    assert answer.json()["detail"] == "A body holds at most 100 bytes."
    assert nothing_stored()


@pytest.mark.parametrize(
    ("body", "kind", "row"),
    [
        (LINE + '"' + "x" * 200 + '"', NDJSON, 2),
        ("sector,id\nit-dx,\n" + "it-dx," + "x" * 200, CSV, 3),
        ('sector,id\nit-dx,"' + 5 * ("x" * 60 + "\n") + '"\n', CSV, 2),
        ({"profiles": [ROW, "x" * 200]}, "", 2),
    ],
)
def test_a_row_that_is_too_long(
    body: Any, kind: str, row: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LONGEST_ROW", 150)
    answer = System().send(body, kind)
    assert answer.status_code == 413
    text = f"Row {row} is too long: a row holds at most 150 characters."
    assert answer.json()["detail"] == text
    assert nothing_stored()


def test_a_value_that_never_ends_is_refused_before_it_is_read() -> None:
    answer = System().send('{"profiles": ["' + "x" * 1_000_000)
    assert answer.status_code == 413
    assert nothing_stored()


@pytest.mark.parametrize("kind", [CSV, NDJSON, "application/json", "form"])
def test_a_body_that_breaks_off_is_no_job(kind: str) -> None:
    """A client that went away in the midst of it: what came would else pass for the whole."""
    bodies = {CSV: "sector\nit-dx\n", "application/json": json.dumps({"profiles": [ROW]})}
    body = bodies.get(kind, LINE).encode()
    if kind == "form":
        head = '--x\r\nContent-Disposition: form-data; name="file"; filename="p.ndjson"\r\n\r\n'
        kind, body = "multipart/form-data; boundary=x", head.encode() + body
    sent = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body) + 10)}
    answer = System().client.generic("POST", JOBS, **sent, **{"wsgi.input": BytesIO(body)})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body ended before its length was reached."
    assert nothing_stored()


FORMS_UNREAD = {
    "en": "The form can't be read: multipart/form-data has a boundary, named in Content-Type, "
    "around each of its parts.",
    "ja": "フォームを読み取れません。multipart/form-dataでは、"
    "Content-Typeで示した境界（boundary）で各部分を区切ってください。",
    "vi": "Không đọc được biểu mẫu: trong multipart/form-data, mỗi phần được ngăn bằng boundary "
    "nêu trong Content-Type.",
}


@pytest.mark.parametrize("language", FORMS_UNREAD)
def test_a_form_without_a_boundary_is_told_so(language: str) -> None:
    answer = System().client.post(
        JOBS, b"x", "multipart/form-data", headers={"Accept-Language": language}
    )
    assert (answer.status_code, answer.json()["detail"]) == (400, FORMS_UNREAD[language])
    assert nothing_stored()


def test_no_file_or_two_in_a_form() -> None:
    bank = System()
    for name in ("x.txt", "x"):
        answer = bank.send_file(name, b"x", "application/octet-stream")
        assert answer.status_code == 415
    answer = bank.send("sector\nit-dx\n", "text/plain")
    assert answer.status_code == 415
    assert nothing_stored()


CHARSETS = {
    "ja": "本文の文字コードは UTF-8 のみです。charset=utf-8 で送信してください。",
    "en": "Bodies are taken in UTF-8 alone; send it as charset=utf-8.",
    "vi": "Chỉ nhận nội dung mã hóa UTF-8; hãy gửi với charset=utf-8.",
}


@pytest.mark.parametrize("kind", [CSV, NDJSON, "application/json", "form"])
def test_a_character_set_other_than_utf_8_is_refused_at_once(kind: str) -> None:
    bank = System()
    body = {CSV: "sector\nit-dx\n", "application/json": json.dumps({"profiles": [ROW]})}
    for lang, text in CHARSETS.items():
        if kind == "form":
            file = b"sector\nit-dx\n"
            answer = bank.send_file("p.csv", file, "text/csv; charset=shift_jis", f"?lang={lang}")
        else:
            sent_as = f"{kind}; charset=Shift_JIS"
            answer = bank.send(body.get(kind, LINE), sent_as, f"?lang={lang}")
        assert (answer.status_code, answer.json()["detail"]) == (415, text)
    assert nothing_stored()
    assert bank.send(LINE, f"{NDJSON}; charset=UTF-8").status_code == 202


@pytest.mark.parametrize("kind", [CSV, NDJSON, ""])
@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le"])
def test_a_body_in_utf_16_is_refused_as_a_whole(kind: str, charset: str) -> None:
    bodies = {CSV: "sector,id\nit-dx,会社\n", NDJSON: LINE, "": json.dumps({"profiles": [ROW]})}
    answer = System().send(bodies[kind].encode(charset), kind)
    assert answer.status_code == 400
    assert answer.json()["detail"] in ("The body is not UTF-8.", "Not JSON at line 1, column 2.")
    assert nothing_stored()


def test_a_header_of_csv_in_another_code_is_told_as_such() -> None:
    answer = System().send("sector,会社\nit-dx,x\n".encode("cp932"), CSV)
    assert answer.json()["errors"] == [
        {"pointer": "#", "detail": "The body is not UTF-8.", "code": "encoding"}
    ]


def test_a_form_of_results_that_there_is_not() -> None:
    bank = System()
    told = bank.done({"profiles": [ROW]})
    answer = bank.get(told["results_url"] + "?form=xml")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?form")
    answer = bank.get(told["results_url"], Accept="image/png")
    assert answer.status_code == 406


@contextmanager
def read_only() -> Iterator[None]:
    """A database that takes nothing."""
    with connection.cursor() as cursor, transaction.atomic():
        if connection.vendor != "sqlite":
            cursor.execute("SET TRANSACTION READ ONLY")  # until the savepoint
            yield
            transaction.set_rollback(True)
            return
        cursor.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = OFF")


def test_a_database_that_takes_nothing_is_told_as_such() -> None:
    bank = System()
    with read_only():
        answer = bank.send({"profiles": [ROW]})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert nothing_stored()


def test_an_organisation_has_so_many_jobs_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_OPEN", 2)
    bank = System()
    first, second = (bank.send(2 * LINE, NDJSON) for _each in range(2))
    refused = bank.send(2 * LINE, NDJSON)

    assert (first.status_code, second.status_code, refused.status_code) == (202, 202, 409)
    assert refused.json()["detail"] == (
        "At most 2 match jobs of an organisation wait or run at a time."
    )
    assert MatchJob.objects.count() == 2
    assert System("hyogo").send(2 * LINE, NDJSON).status_code == 202
    assert bank.delete(first.headers["Location"]).status_code == 204
    assert bank.send(2 * LINE, NDJSON).status_code == 202


def test_an_organisation_keeps_so_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_KEPT_ROWS", 3)
    bank = System()
    kept = bank.done(2 * LINE, NDJSON)
    refused = bank.send(2 * LINE, NDJSON)

    assert (kept["rows_total"], refused.status_code) == (2, 409)
    assert refused.json()["detail"] == (
        "All match jobs of an organisation hold at most 3 rows; delete some that you have read."
    )
    assert MatchJob.objects.count() == 1
