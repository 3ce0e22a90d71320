"""Every error of the API is a problem document in the reader's language."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import User
from tests.portal.job_api import Counted

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.job_api")]
KNOWN = "cursor, kind, lang, ordering, page_size, progress_done_max, progress_done_min"


def problem(status: int, title: str, detail: str, *errors: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }


def fault(pointer: str, detail: str, code: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": detail, "code": code}


def get(client: Client, path: str, **headers: str) -> Any:
    return client.get(path, headers={"Accept-Language": "en", **headers})


def post(client: Client, body: str | bytes, content_type: str = "application/json") -> Any:
    return client.post(
        "/api/v1/echo/", body, content_type=content_type, headers={"Accept-Language": "en"}
    )


def assert_problem(response: Any, expected: dict[str, Any]) -> None:
    assert response.json() == expected
    assert response.status_code == expected["status"]
    assert response.headers["Content-Type"] == "application/problem+json"


def test_unknown_query_parameter_is_named_with_the_known_ones(client: Client) -> None:
    detail = f"Unknown query parameter; allowed are {KNOWN}."
    assert_problem(
        get(client, "/api/v1/jobs/?colour=red"),
        problem(400, "Bad request", detail, fault("?colour", detail, "unknown")),
    )


@pytest.mark.parametrize("size", ["0", "201", "100000", "abc", "-1", "", "１０", "1e2"])
def test_wrong_page_size_names_the_range(client: Client, size: str) -> None:
    detail = "Allowed are 1 to 200."
    assert_problem(
        get(client, f"/api/v1/jobs/?page_size={size}"),
        problem(400, "Bad request", detail, fault("?page_size", detail, "invalid")),
    )


def test_parameter_of_the_kit_stands_once(client: Client) -> None:
    detail = "This parameter stands once."
    assert_problem(
        get(client, "/api/v1/jobs/?page_size=1&page_size=2"),
        problem(400, "Bad request", detail, fault("?page_size", detail, "repeated")),
    )


def test_wrong_filter_value_is_pointed_at_as_a_parameter(client: Client) -> None:
    assert_problem(
        get(client, "/api/v1/jobs/?progress_done_min=many"),
        problem(
            400,
            "Bad request",
            "Enter a number.",
            fault("?progress_done", "Enter a number.", "invalid"),
        ),
    )


def test_unknown_keys_and_wrong_values_are_pointed_at(client: Client) -> None:
    body = {
        "stage": "dream",
        "floor_area_m2": "NaN",
        "workers": True,
        "exports": "yes",
        "addresses": [{"street": "a"}, {"street": 5, "a/b~c d": 1}],
        "colour": "red",
    }
    unknown = "Unknown key; allowed are {}."
    names = "name, stage, floor_area_m2, workers, exports, addresses, brands"
    assert_problem(
        post(client, json.dumps(body)),
        problem(
            400,
            "Bad request",
            "The request is wrong in 8 places.",
            fault("#/name", "A value is needed.", "required"),
            fault("#/stage", "“dream” is not allowed; allowed: consider, enter.", "invalid_choice"),
            fault("#/floor_area_m2", "Allowed is a number from 0 upwards.", "invalid"),
            fault("#/workers", "Allowed is a whole number from 0 upwards.", "invalid"),
            fault("#/exports", "True or false is needed.", "invalid"),
            fault("#/addresses/1/street", "A text is needed.", "invalid"),
            fault("#/addresses/1/a~1b~0c%20d", unknown.format("street"), "unknown"),
            fault("#/colour", unknown.format(names), "unknown"),
        ),
    )


def test_body_is_read_to_the_letter(client: Client) -> None:
    response = post(client, '\ufeff{"name": "株式会社", "floor_area_m2": 1e2, "workers": 3.0}')
    assert response.json() == {"name": "株式会社", "floor_area_m2": 100.0, "workers": 3}
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ("{", "#", "json"),
        ("", "#/name", "required"),
        ("[]", "#", "invalid"),
        ("null", "#", "null"),
        (b"\xff", "#", "encoding"),
        ('{"name": NaN}', "#/name", "number"),
        ('{"name": -Infinity}', "#/name", "number"),
        ('{"name": [1e999]}', "#/name/0", "number"),
        ('{"name": 9223372036854775808}', "#/name", "number"),
        ('{"name": ' + "9" * 5000 + "}", "#", "number"),
        (r'{"name": "a\u0000b"}', "#/name", "nul"),
        (r'{"name": "\ud800"}', "#/name", "surrogate"),
        (r'{"a\u0000": 1}', "#", "nul"),
        ('{"name": "a", "name": "b"}', "#/name", "repeated"),
        ('{"name": ' + "[" * 40 + "]" * 40 + "}", "#/name" + "/0" * 31, "depth"),
        ("[" * 100_000, "#", "depth"),
    ],
)
def test_body_that_is_no_storable_json_is_pointed_at(
    client: Client, body: str | bytes, pointer: str, code: str
) -> None:
    response = post(client, body)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [(each["pointer"], each["code"]) for each in response.json()["errors"]] == [
        (pointer, code)
    ]


@pytest.mark.parametrize(
    ("body", "pointer", "detail", "code"),
    [
        ([], "#", "An object is needed; its keys may be name, {}.", "invalid"),
        (None, "#", "Null is not allowed here.", "null"),
        ({"name": None}, "#/name", "Null is not allowed here.", "null"),
        ({"name": ""}, "#/name", "An empty text is not allowed.", "blank"),
        ({"workers": -1}, "#/workers", "Allowed is a whole number from 0 upwards.", "min_value"),
        (
            {"floor_area_m2": -0.5},
            "#/floor_area_m2",
            "Allowed is a number from 0 upwards.",
            "min_value",
        ),
        ({"workers": 1.5}, "#/workers", "Allowed is a whole number from 0 upwards.", "invalid"),
        ({"stage": None}, "#/stage", "A text is needed; allowed: consider, enter.", "null"),
        ({"stage": 3}, "#/stage", "A text is needed; allowed: consider, enter.", "invalid"),
        ({"addresses": {}}, "#/addresses", "A list is needed.", "not_a_list"),
        (
            {"addresses": ["a"]},
            "#/addresses/0",
            "An object is needed; its keys may be street.",
            "invalid",
        ),
        (
            {"addresses": [{"street": "a" * 21}]},
            "#/addresses/0/street",
            "Allowed are at most 20 characters.",
            "max_length",
        ),
        ({"brands": "a"}, "#/brands", "A list is needed.", "not_a_list"),
        ({"brands": None}, "#/brands", "Null is not allowed here.", "null"),
        ({"brands": ["a", 5]}, "#/brands/1", "A text is needed.", "invalid"),
    ],
)
def test_refusals_say_what_is_allowed_in_words_of_json(
    client: Client, body: Any, pointer: str, detail: str, code: str
) -> None:
    sent = {"name": "a", **body} if isinstance(body, dict) else body
    told = detail.format("stage, floor_area_m2, workers, exports, addresses, brands")
    assert_problem(
        post(client, json.dumps(sent)),
        problem(400, "Bad request", told, fault(pointer, told, code)),
    )


def test_items_of_a_list_that_is_too_long_are_not_looked_at(client: Client) -> None:
    Counted.looked_at.clear()
    detail = "Allowed are at most 3 items."
    assert_problem(
        post(client, json.dumps({"name": "a", "brands": ["b"] * 4})),
        problem(400, "Bad request", detail, fault("#/brands", detail, "max_length")),
    )
    assert Counted.looked_at == []
    post(client, json.dumps({"name": "a", "brands": ["b", "c"]}))
    assert Counted.looked_at == ["b", "c"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "a", "brands": ["b"] * 300_000}, "#/brands"),
        ({"brands": ["\0"] * 200_000}, "#/brands"),
        ({f"key{n}": 1 for n in range(10_001)}, "#"),
        ({"addresses": [{"a": 1, "b": 2} for _each in range(5_000)]}, "#/addresses/2499"),
        ([[[[0] * 20_000]]], "#/0/0/0"),
    ],
    ids=["items", "nul", "keys", "objects", "nested"],
)
def test_body_of_too_many_values_is_refused_before_any_is_judged(
    client: Client, body: Any, pointer: str
) -> None:
    Counted.looked_at.clear()
    detail = "A body holds at most 10000 members and items."
    assert_problem(
        post(client, json.dumps(body)),
        problem(400, "Bad request", detail, fault(pointer, detail, "too_many")),
    )
    assert Counted.looked_at == []


def test_faults_beyond_fifty_are_counted(client: Client) -> None:
    nul = "A text holds no NUL character."
    faults = [fault(f"#/brands/{n}", nul, "nul") for n in range(50)]
    assert_problem(
        post(client, json.dumps({"brands": ["\0"] * 9_000})),
        problem(
            400,
            "Bad request",
            "The request is wrong in 9000 places.",
            *faults,
            fault("#", "and 8950 more", "more"),
        ),
    )


def test_wrong_parameters_beyond_fifty_are_counted(client: Client) -> None:
    response = get(client, "/api/v1/jobs/?" + "&".join(f"p{n}=1" for n in range(400)))
    assert len(response.json()["errors"]) == 51
    assert response.json()["errors"][-1] == fault("?", "and 350 more", "more")
    assert len(response.content) < 64_000


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("k" * 60, "k" * 60),
        ("k" * 1_000_000, "k" * 60 + "..."),
        ("鍵" * 300_000, "%E9%8D%B5" * 20 + "..."),
        ("~/" * 300_000, "~0~1" * 30 + "..."),
    ],
    ids=["short", "ascii", "kanji", "escaped"],
)
def test_long_keys_are_cut_in_pointers(client: Client, key: str, shown: str) -> None:
    response = post(client, json.dumps({"name": "a", key: {"b": "\0"}}, ensure_ascii=False))
    [error] = response.json()["errors"]
    end = "/b" if len(shown) < 119 else "/..."
    assert error == fault(f"#/{shown}{end}", "A text holds no NUL character.", "nul")


def test_long_values_are_cut(client: Client) -> None:
    detail = f"“{'x' * 120}…” is not allowed; allowed: consider, enter."
    assert_problem(
        post(client, json.dumps({"name": "a", "stage": "x" * 1_000_000})),
        problem(400, "Bad request", detail, fault("#/stage", detail, "invalid_choice")),
    )


@pytest.mark.parametrize("lang", ["ja", "en", "vi"])
@pytest.mark.parametrize(
    "body",
    [
        {"name": "a", **{f"k{n}": 1 for n in range(5_000)}},
        {"name": "a", **{"鍵" * 200 + str(n): 1 for n in range(2_000)}},
        {"a" * 1_000_000: ["\0"] * 9_000},
        {"addresses": [{'\1"' * 500 + str(n): 1} for n in range(500)]},
        {"name": "\1" * 150_000, "stage": "\1" * 150_000},
    ],
    ids=["keys", "kanji", "parent", "escapes", "values"],
)
def test_answers_to_bad_bodies_stay_small(client: Client, body: Any, lang: str) -> None:
    response = client.post(
        f"/api/v1/echo/?lang={lang}",
        json.dumps(body, ensure_ascii=False),
        content_type="application/json",
    )
    assert response.status_code == 400
    assert len(response.content) < 64_000


def test_key_that_stands_many_times_is_told_once(client: Client) -> None:
    members = ",".join(['"name":"a"'] * 100_000 + [f'"k{n}":1' for n in range(5_000)])
    detail = "A key stands once."
    assert_problem(
        post(client, f"{{{members}}}"),
        problem(400, "Bad request", detail, fault("#/name", detail, "repeated")),
    )


def test_body_over_the_limit_is_refused(client: Client) -> None:
    assert_problem(
        post(client, json.dumps({"name": "a" * 2_500_000})),
        problem(413, "Request too large", "A body holds at most 2500000 bytes."),
    )


def test_body_of_unknown_length_is_refused(client: Client) -> None:
    response = client.post(
        "/api/v1/echo/", headers={"Accept-Language": "en", "Transfer-Encoding": "chunked"}
    )
    detail = "A body needs its length in Content-Length; chunked ones are not taken."
    assert_problem(response, problem(411, "Length required", detail))


@pytest.mark.parametrize("encoding", ["gzip", "br", "GZip", "identity, gzip"])
def test_compressed_body_is_refused(client: Client, encoding: str) -> None:
    body = gzip.compress(b'{"name": "a"}')
    headers = {"Accept-Language": "en", "Content-Encoding": encoding}
    response = client.post("/api/v1/echo/", body, "application/json", headers=headers)
    detail = "A body is taken as it is, without Content-Encoding."
    assert_problem(response, problem(415, "Unsupported content type", detail))
    assert response.headers["Accept-Encoding"] == "identity"


def test_body_of_the_encoding_identity_is_read(client: Client) -> None:
    response = client.post(
        "/api/v1/echo/",
        b'{"name": "a"}',
        "application/json",
        headers={"Content-Encoding": "Identity"},
    )
    assert response.status_code == 200


def test_log_holds_no_values_of_an_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        client.get("/api/v1/jobs/?access_token=secret&%61=b&c%0A&d")
    told = [record.msg["request"] for record in caplog.records if isinstance(record.msg, dict)]
    assert set(told) == {"GET /api/v1/jobs/?access_token&%61&c%0A&d"}
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/en/invitations/XW3n-a_b/", "/en/invitations/…/"),
        ("/en/account/password/reset/key/6-a1-b2/", "/en/account/password/reset/key/…/"),
        ("/en/account/confirm-email/Mg:1x:y/", "/en/account/confirm-email/…/"),
    ],
)
@pytest.mark.django_db
def test_log_holds_nothing_that_opens_a_door(
    client: Client, caplog: pytest.LogCaptureFixture, address: str, told: str
) -> None:
    with caplog.at_level("INFO"):
        client.get(address)
        assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    requests = [record.msg["request"] for record in caplog.records if isinstance(record.msg, dict)]
    assert set(requests) == {f"GET {told}", f"POST {told}"}
    assert address.split("/")[-2] not in caplog.text


def test_body_of_another_type_is_refused(client: Client) -> None:
    assert_problem(
        post(client, "name=a", "application/x-www-form-urlencoded"),
        problem(
            415,
            "Unsupported content type",
            "A body of this content type is not taken here; allowed: application/json.",
        ),
    )


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_method_that_an_address_lacks_is_refused(client: Client, method: str) -> None:
    response = client.generic(method.upper(), "/api/v1/echo/", headers={"Accept-Language": "en"})
    detail = "This method is not available here; allowed: POST."
    assert_problem(response, problem(405, "Method not allowed", detail))
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/none/", "/api/v2/jobs/"])
def test_address_that_is_none_is_not_found(client: Client, method: str, path: str) -> None:
    response = client.generic(method, path, headers={"Accept-Language": "en"})
    assert_problem(response, problem(404, "Not found", "There is nothing at this address."))


def test_address_without_its_slash_is_told_so(client: Client) -> None:
    detail = "Addresses end in a slash: /api/v1/jobs/"
    assert_problem(get(client, "/api/v1/jobs"), problem(404, "Not found", detail))


def test_record_that_is_none_is_not_found(client: Client) -> None:
    detail = "There is nothing at this address."
    assert_problem(get(client, "/api/v1/jobs/none/"), problem(404, "Not found", detail))


def test_format_that_is_none_is_refused(client: Client) -> None:
    detail = "Accept names no format of this address; it has application/json."
    assert_problem(
        get(client, "/api/v1/jobs/", Accept="image/png"),
        problem(406, "Format not available", detail),
    )


def test_programming_error_tells_nothing(client: Client) -> None:
    client.raise_request_exception = False
    assert_problem(
        get(client, "/api/v1/broken/"),
        problem(500, "Server error", "Something went wrong here. It is in our log."),
    )


@pytest.mark.parametrize(
    ("path", "pointers"),
    [
        ("/api/v1/jobs/?page_size=1&kind=a%00&ordering=%00&kind=b", ["?kind", "?ordering"]),
        ("/api/v1/jobs/?a%00=1", ["?a%00"]),
        ("/api/v1/none/?x=%00", ["?x"]),
    ],
)
def test_nul_in_an_address_is_refused_by_parameter(
    client: Client, path: str, pointers: list[str]
) -> None:
    nul = "A text holds no NUL character."
    faults = [fault(pointer, nul, "nul") for pointer in pointers]
    assert_problem(
        get(client, path), problem(400, "Bad request", "The request cannot be read.", *faults)
    )


def test_nul_in_the_path_is_an_address_with_nothing_at_it(client: Client) -> None:
    detail = "There is nothing at this address."
    response = get(client, "/api/v1/jobs/a%00/?kind=%00")
    assert_problem(response, problem(404, "Not found", detail))
    assert response.headers["Content-Language"] == "en"


def test_too_many_parameters_are_refused(client: Client) -> None:
    path = "/api/v1/jobs/?" + "&".join(f"p{n}=1" for n in range(501))
    detail = "The request cannot be read."
    assert_problem(get(client, path), problem(400, "Bad request", detail))


def test_host_that_is_not_ours_is_refused(client: Client) -> None:
    detail = "The request cannot be read."
    response = get(client, "/api/v1/jobs/?page_size=1", Host="evil.example")
    assert_problem(response, problem(400, "Bad request", detail))


@pytest.mark.parametrize(
    ("path", "accept", "language", "title"),
    [
        ("/api/v1/none/", "en-GB,en;q=0.8", "en", "Not found"),
        ("/api/v1/none/", "fr,en;q=0.5", "en", "Not found"),
        ("/api/v1/none/?lang=en", "vi", "en", "Not found"),
        ("/api/v1/none/", "ja;q=0, *", "en", "Not found"),
        ("/api/v1/none/", "ja;q=0", "en", "Not found"),
        ("/api/v1/none/", "en-GB;q=0, en;q=0.5", "en", "Not found"),
    ],
)
def test_language_is_chosen_by_parameter_then_header(
    client: Client, path: str, accept: str, language: str, title: str
) -> None:
    response = client.get(path, headers={"Accept-Language": accept})
    assert response.json()["title"] == title
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize("accept", ["", "en;q=0", "en;q=0, vi;q=0.0", "ja;q=0,en;q=0,vi;q=0"])
def test_language_without_a_wish_is_japanese(client: Client, accept: str) -> None:
    client.cookies["django_language"] = "en"
    response = client.get("/api/v1/none/", headers={"Accept-Language": accept})
    assert response.headers["Content-Language"] == "ja"


def test_unknown_language_names_the_known(client: Client) -> None:
    detail = "Unknown language; allowed are ja, en, vi."
    assert_problem(
        get(client, "/api/v1/jobs/?lang=fr"),
        problem(400, "Bad request", detail, fault("?lang", detail, "invalid_choice")),
    )


class Refused(Client):
    """Asks for what is refused by who asks, how, and how often; in one language."""

    def __init__(self, language: str) -> None:
        super().__init__(headers={"Accept-Language": language}, enforce_csrf_checks=True)
        self.language = language
        self.force_login(User.objects.create_user(f"{language}@example.org"))

    def in_turn(self) -> list[tuple[int, str]]:
        """Each status with its detail."""
        stranger = Client(headers={"Accept-Language": self.language})
        answers = [
            stranger.get("/api/v1/changesets/"),
            self.post("/api/v1/stored-jobs/", {}, content_type="application/json"),
            stranger.get("/api/v1/forbidden/"),
            stranger.get("/api/v1/jobs/none/"),
            stranger.get("/api/v1/echo/"),
            stranger.get("/api/v1/jobs/", headers={"Accept": "image/png"}),
            stranger.post("/api/v1/echo/", headers={"Transfer-Encoding": "chunked"}),
            stranger.post("/api/v1/echo/", "a", content_type="text/plain"),
            stranger.post("/api/v1/echo/", {"name": "a"}, content_type="application/json"),
        ]
        return [(each.status_code, each.json()["detail"]) for each in answers]


REFUSALS = {
    "en": [
        (401, "Sign in first, or send an access token."),
        (
            403,
            "The page's token is missing or no longer good; load the page again. "
            "A program sends it in the header X-CSRFToken.",
        ),
        (403, "You may not do this."),
        (404, "There is nothing at this address."),
        (405, "This method is not available here; allowed: POST."),
        (406, "Accept names no format of this address; it has application/json."),
        (411, "A body needs its length in Content-Length; chunked ones are not taken."),
        (415, "A body of this content type is not taken here; allowed: application/json."),
        (429, "Too many requests; please try again in 30 seconds."),
    ],
    "ja": [
        (401, "サインインするか、アクセストークンを送ってください。"),
        (
            403,
            "ページのトークンがないか、無効になっています。ページを読み込み直してください。"
            "プログラムからは、ヘッダーX-CSRFTokenで送ってください。",
        ),
        (403, "この操作は許可されていません。"),
        (404, "このアドレスには何もありません。"),
        (405, "このメソッドはここでは使えません。使えるもの：POST。"),
        (406, "Acceptにある形式では提供していません。提供する形式：application/json。"),
        (411, "本文にはContent-Lengthが必要です。チャンク形式は受け付けません。"),
        (415, "このコンテンツタイプの本文は受け付けません。受け付けるもの：application/json。"),
        (429, "リクエストが多すぎます。30秒後にもう一度お試しください。"),
    ],
    "vi": [
        (401, "Hãy đăng nhập hoặc gửi mã truy cập."),
        (
            403,
            "Mã của trang bị thiếu hoặc không còn hiệu lực; hãy tải lại trang. "
            "Chương trình gửi mã này trong tiêu đề X-CSRFToken.",
        ),
        (403, "Bạn không được phép làm việc này."),
        (404, "Không có gì tại địa chỉ này."),
        (405, "Không dùng được phương thức này ở đây; được phép: POST."),
        (406, "Accept không nêu định dạng nào của địa chỉ này; có: application/json."),
        (411, "Phần thân phải có độ dài trong Content-Length; không nhận phần thân chia đoạn."),
        (415, "Ở đây không nhận phần thân thuộc loại này; được phép: application/json."),
        (429, "Quá nhiều yêu cầu; vui lòng thử lại sau 30 giây."),
    ],
}


@pytest.mark.parametrize("language", REFUSALS)
def test_every_refusal_speaks_the_readers_language(language: str, settings: Any) -> None:
    settings.API_RATES = {"match": "2/minute"}  # the last of the three that count is over
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC), tick=False):
        assert Refused(language).in_turn() == REFUSALS[language]
