"""Where sources differ: what the page shows, what waits for a decision, and what deciding does."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from localities.curation.apply import apply
from localities.curation.propose import propose
from localities.models import Changeset, Citation, Discrepancy, Edit, Province, Stewardship
from localities.rules import deciding_organisation, standing
from portal.accounts.models import User
from tests.localities.people import officer, operator, organisation, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

KEY = "ha-noi-population-8718000-statistical-average"
DECIDED = "bac-ninh-admin_centre-tan-tien-ward"
PROVINCE_SOURCE = "document-6bb8da66"
OTHER = "8,718,000 (statistical average)"
TAKEN = {"choice": "take", "source": PROVINCE_SOURCE, "reason_en": "x"}
OTHER_SOURCE = "sapnhap-bando-com-vn-68c091eb"


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="ha-noi")


def text_of(page: str, part: str = "other-value") -> list[str]:
    """What the page says beside its values."""
    found = re.findall(rf'<div class="{part}">(.*?)</div>', page, re.S)
    return [" ".join(unescape(re.sub("<[^>]+>", "", text)).split()) for text in found]


def post(user: User, key: str = KEY, **typed: str) -> Any:
    data = {name.replace("value__", "record-"): text for name, text in typed.items()}
    return signed_in(user).post(reverse("desk:decide", args=[key]), data)


def agreed(answer: Any, editor: User, reviewer: User) -> Changeset:
    """The draft that `answer` leads to, after review."""
    assert answer.status_code == 302, answer.content.decode()
    changeset = Changeset.objects.get(author=editor)
    return apply(propose(changeset, actor=editor), reviewer=reviewer)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            f"another source says {OTHER} Source: Merger map of Viet Nam",
        ),
        ("ja", f"別の出典では {OTHER} 出典: Merger map of Viet Nam"),
        ("vi", f"nguồn khác cho biết {OTHER} Nguồn: Merger map of Viet Nam"),
    ],
)
def test_page_shows_the_other_value_beside_the_one_on_record(
    client: Client, language: str, said: str
) -> None:
    page = client.get(f"/{language}/provinces/ha-noi/").content.decode()
    (told,) = text_of(page)
    assert told.startswith(said)
    line = re.search(r"<dd>8[.,]807[.,]523.*?</dd>", page, re.S)
    assert line is not None
    assert "other-value" in line[0]


def test_page_says_why_the_value_on_record_stands(client: Client) -> None:
    (told,) = text_of(client.get("/ja/provinces/bac-ninh/").content.decode())
    assert told.startswith("別の出典では Tan Tien ward 出典: Python package")
    assert told.endswith(
        "掲載している値を採る理由: "
        "合併計画は、行政中心が旧バクザン省にあるとだけ述べているため、バクザン坊としている。"
    )


def test_park_page_shows_it_even_where_nothing_is_on_record(client: Client) -> None:
    for park, value in (("phu-my-3", "1,046 ha"), ("chau-duc", "1,156.14 ha")):
        (told,) = text_of(client.get(f"/en/industrial-parks/{park}/").content.decode())
        assert told.startswith(f"another source says {value} Source:"), park


def test_api_filters_by_record_and_decision(client: Client) -> None:
    def found(query: str) -> set[str]:
        rows = client.get(f"/api/v1/discrepancies/?page_size=100&{query}").json()["results"]
        return {row["slug"] for row in rows}

    assert found("record_kind=province&record=ha-noi&field=population") == {KEY}
    decided = {DECIDED, "dong-thap-coastal-landlocked"}
    assert found("decided=true") == decided
    assert found("decided=false") == set(
        Discrepancy.objects.exclude(key__in=decided).values_list("key", flat=True)
    )
    body = client.get(f"/api/v1/discrepancies/{KEY}/").json()
    sources = [source["slug"] for source in body.pop("sources")]
    assert (body, sources) == (
        {
            "slug": KEY,
            "record_kind": "province",
            "record": "ha-noi",
            "field": "population",
            "value": "8,718,000 (statistical average)",
            "reason_ja": None,
            "reason_en": None,
            "reason_vi": None,
            "decided": False,
        },
        [OTHER_SOURCE],
    )


def test_worklist_holds_what_the_reader_curates_and_nobody_decided(editor: User) -> None:
    def listed(query: str = "") -> list[str]:
        address = reverse("desk:worklist", args=["discrepancies"]) + query
        page = signed_in(editor).get(address).content.decode()
        return re.findall(r'/en/desk/discrepancies/([^/"]+)/', page)

    assert listed() == ["hanssip-total_area_ha-nearly-600-ha", KEY]
    assert set(listed("?of=all")) == set(
        Discrepancy.objects.exclude(reason_en__isnull=False).values_list("key", flat=True)
    )
    assert set(listed("?of=all&province=bac-ninh")) == set()


def rows_of(page: str) -> list[list[str]]:
    """The cells of a table's rows, as they are read."""
    return [
        [
            " ".join(unescape(re.sub("<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.S)
    ]


def test_worklist_shows_both_values_each_with_its_source(editor: User) -> None:
    address = reverse("desk:worklist", args=["discrepancies"])
    desk = signed_in(editor)
    rows = rows_of(desk.get(address).content.decode())
    _kind, what, own, other, _steps = rows[1]
    assert what == "Ha Noi population"
    assert own.startswith("8,807,523 Python package")
    assert other == f"{OTHER} Merger map of Viet Nam (metadata) date unknown"
    decided = rows_of(desk.get(address + "?of=all&decided=yes").content.decode())
    (_kind, _what, own, other, why, _steps) = next(row for row in decided if "Ninh" in row[1])
    assert own.startswith("Bac Giang ward ")
    assert other.startswith("Tan Tien ward ")
    assert why == Discrepancy.objects.get(key=DECIDED).reason_en
    assert desk.get(address + "?decided=perhaps").status_code == 400


def test_worklist_marks_what_somebody_decides_on_already_to_those_who_may_see_it(
    editor: User, reviewer: User
) -> None:
    def marks(user: User) -> list[str]:
        address = reverse("desk:worklist", args=["discrepancies"]) + "?of=all"
        page = signed_in(user).get(address).content.decode()
        (row,) = (row for row in rows_of(page) if row[1].startswith("Ha Noi population"))
        return [row[1], *re.findall(r'href="(/en/desk/changesets/\d+/)"', page)]

    outsider = officer("outsider", "administrator", "hyogo", curates="hue")
    operator_head = officer("head", "reviewer", "operator")
    assert marks(editor) == ["Ha Noi population"]
    post(editor, choice="keep", source=PROVINCE_SOURCE, reason_en="Same basis.")
    made = Changeset.objects.get(author=editor)
    address = f"/en/desk/changesets/{made.pk}/"
    own = [f"Ha Noi population Draft Changeset #{made.pk}", address]
    for user, told in ((editor, own), (reviewer, own), (operator_head, ["Ha Noi population"])):
        assert marks(user) == told, user
    propose(made, actor=editor)
    waits = [f"Ha Noi population Waiting for review Changeset #{made.pk}", address]
    for user, told in ((operator_head, waits), (outsider, ["Ha Noi population"])):
        assert marks(user) == told, user
    apply(made, reviewer=reviewer)
    listed = signed_in(editor).get(reverse("desk:worklist", args=["discrepancies"]))
    assert address not in listed.content.decode()


def test_keeping_the_value_gives_its_reason(editor: User, reviewer: User, client: Client) -> None:
    answer = post(
        editor, choice="keep", source=PROVINCE_SOURCE, reason_en="Same basis as the resolution."
    )
    agreed(answer, editor, reviewer)
    assert Province.objects.get(key="ha-noi").population == 8807523
    (told,) = text_of(client.get("/en/provinces/ha-noi/").content.decode())
    assert told.endswith("Why the value on record stands: Same basis as the resolution.")
    page = signed_in(editor).get(reverse("desk:worklist", args=["discrepancies"]))
    assert KEY not in page.content.decode()


def test_taking_the_other_value_swaps_both_in_one_draft(
    editor: User, reviewer: User, client: Client
) -> None:
    told = {
        "choice": "take",
        "value__population": "8718000",
        "source": PROVINCE_SOURCE,
        "reason_vi": "Số liệu thống kê bình quân.",
    }
    undated = post(editor, **told)
    assert (undated.status_code, list(undated.context["errors"])) == (400, ["as_of"])
    answer = post(editor, **told, as_of="2025")
    changeset = agreed(answer, editor, reviewer)
    edits = changeset.edits.exclude(record_kind="citation")
    assert [(e.record_kind, e.field, e.old, e.new, e.source_id) for e in edits] == [
        ("province", "population", 8807523, 8718000, OTHER_SOURCE),
        (
            "discrepancy",
            "value",
            "8,718,000 (statistical average)",
            "8,807,523",
            PROVINCE_SOURCE,
        ),
        ("discrepancy", "reason_vi", None, "Số liệu thống kê bình quân.", OTHER_SOURCE),
    ]
    (said,) = text_of(client.get("/en/provinces/ha-noi/").content.decode())
    assert said.startswith("another source says 8,807,523 Source: Python package")
    named = Citation.objects.filter(is_active=True, record_kind="province", record="ha-noi")
    assert [one.source_id for one in named if "population" in one.fields] == [OTHER_SOURCE]


def test_taking_it_where_nothing_was_on_record_leaves_nothing_to_differ(
    editor: User, reviewer: User, client: Client
) -> None:
    key = "chau-duc-total_area_ha-115614-ha"
    source = Citation.objects.filter(record_kind="industrial-park", record="chau-duc")[0].source_id
    officer("editor-hcm", "editor", "kobe", curates="ho-chi-minh")
    author = User.objects.get(email="editor-hcm@example.org")
    judge = officer("judge", "reviewer", "kobe")
    answer = post(
        author,
        key,
        choice="take",
        value__total_area_ha="1156.14",
        source=source,
        reason_ja="工業団地だけの面積",
    )
    agreed(answer, author, judge)
    assert not Discrepancy.objects.get(key=key).is_active
    (gone,) = Edit.objects.filter(action="deactivate", record=key)
    assert gone.reason == "工業団地だけの面積"
    assert text_of(client.get("/en/industrial-parks/chau-duc/").content.decode()) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"choice": "keep", "source": PROVINCE_SOURCE}, "A reason is needed"),
        ({"source": PROVINCE_SOURCE, "reason_en": "x"}, "Choose one of the list."),
        ({"choice": "keep", "source": "no-such", "reason_en": "x"}, "Choose one of the list."),
        (
            {
                "choice": "take",
                "source": PROVINCE_SOURCE,
                "reason_en": "x",
                "value__population": "many",
            },
            "A whole number is needed",
        ),
        (
            {
                "choice": "take",
                "source": PROVINCE_SOURCE,
                "reason_en": "x",
                "value__population": "-5",
            },
            "-5",
        ),
        (
            TAKEN | {"value__population": "8807523"},
            "This is the value on record already.",
        ),
        ({"choice": "keep", "source": PROVINCE_SOURCE, "reason_en": "a\x00b"}, "without NUL"),
    ],
)
def test_what_can_not_be_decided_is_told_and_stores_nothing(
    editor: User, typed: dict[str, str], said: str
) -> None:
    answer = post(editor, **typed)
    assert answer.status_code == 400
    assert said in unescape(answer.content.decode())
    assert not Changeset.objects.filter(author=editor).exists()


def test_one_is_recorded_by_the_form_of_its_kind(
    editor: User, reviewer: User, client: Client
) -> None:
    address = reverse("desk:add", args=["discrepancy"]) + "?record_kind=province&record=ha-noi"
    desk = signed_in(editor)
    page = desk.get(address).content.decode()
    assert '<option value="area_km2">' in page
    assert '<option value="province" selected>' in page
    typed = {
        "record-record_kind": "province",
        "record-record": "ha-noi",
        "record-field": "area_km2",
        "record-value": "3,358.6 km²",
        "source": PROVINCE_SOURCE,
        "step": "save",
    }
    wrong = desk.post(address, {**typed, "record-record": "atlantis"})
    assert (wrong.status_code, "There is no record" in unescape(wrong.content.decode())) == (
        400,
        True,
    )
    odd = desk.post(address, {**typed, "record-field": "height"})
    assert (odd.status_code, "no such field" in unescape(odd.content.decode())) == (400, True)
    assert not Changeset.objects.filter(author=editor).exists()
    agreed(desk.post(address, typed), editor, reviewer)
    assert "another source says 3,358.6 km²" in " ".join(
        text_of(client.get("/en/provinces/ha-noi/").content.decode())
    )


@pytest.mark.parametrize(
    ("pointing", "goal"),
    [("record", {"record": "hue"}), ("record_kind", {"record_kind": "province-profile"})],
)
def test_what_one_speaks_of_stays(editor: User, pointing: str, goal: dict[str, str]) -> None:
    said = "A discrepancy stays with its record: add one for the other record."
    desk, row = signed_in(editor), Discrepancy.objects.filter(key=KEY)
    own = row.values("record_kind", "record", "field", "value").get()
    typed = {f"record-{name}": text for name, text in {**own, **goal}.items()}
    address = reverse("desk:edit", args=["discrepancy", KEY])
    page = desk.post(address, {**typed, "source": PROVINCE_SOURCE, "step": "save"})
    assert (page.status_code, said in unescape(page.content.decode())) == (400, True)
    edit = {"kind": "discrepancy", "key": KEY, "field": pointing, "new": goal[pointing]}
    body = {"title": "Trial", "edits": [{**edit, "source": PROVINCE_SOURCE}]}
    sent = {"content_type": "application/json", "headers": {"Accept-Language": "en"}}
    answer = desk.post("/api/v1/changesets/", body, **sent)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "#/edits/0/new", "detail": said, "code": "refused"}],
    )
    assert not Changeset.objects.filter(author=editor).exists()


@pytest.mark.parametrize("reviewing", ["hyogo", "osaka"])
def test_who_curates_the_kind_alone_decides_on_its_discrepancies(
    editor: User, reviewing: str
) -> None:
    """The steward of all parks, not that of their province for the rest, nor the operator."""
    organisation("hyogo", record_kind="industrial-park")
    organisation("osaka", record_kind="province")
    judges = {name: officer(f"judge-{name}", "reviewer", name) for name in ("hyogo", "osaka")}
    key = "hanssip-total_area_ha-nearly-600-ha" if reviewing == "hyogo" else KEY
    record = Discrepancy.objects.get(key=key)
    source = Citation.objects.filter(record=record.record, record_kind=record.record_kind)[0]
    other = {"hyogo": "osaka", "osaka": "hyogo"}[reviewing]
    Stewardship.objects.filter(province="ha-noi").delete()
    answer = post(editor, key, choice="keep", source=source.source_id, reason_en="SECRET")
    assert answer.status_code == 302
    changeset = propose(Changeset.objects.get(author=editor), actor=editor)
    address = reverse("desk:changeset", args=[changeset.pk])
    found = {}
    for name in (reviewing, other):
        client = signed_in(judges[name])
        rows = client.get(reverse("desk:changesets")).context["part"].rows
        found[name] = (client.get(address).status_code, changeset in rows)
    own = other == "osaka"  # who proposed it: they see it, and may not decide
    assert found == {reviewing: (200, True), other: (200 if own else 404, own)}
    assert deciding_organisation(standing(judges[other]), changeset) is None
    applied = apply(changeset, reviewer=judges[reviewing])
    assert applied.reviewing_organisation_id == reviewing


def test_only_who_curates_the_place_decides(editor: User, reviewer: User) -> None:
    outsider = officer("outsider", "reviewer", "hyogo", curates="hue")
    post(editor, choice="keep", source=PROVINCE_SOURCE, reason_en="SECRET")
    changeset = propose(Changeset.objects.get(author=editor), actor=editor)
    address = reverse("desk:changeset", args=[changeset.pk])
    assert signed_in(outsider).get(address).status_code == 404
    seen = signed_in(reviewer).get(address).content.decode()
    assert "SECRET" in seen
    assert "Ha Noi" in seen
    viewer = officer("viewer", "viewer", "osaka")
    assert signed_in(viewer).get(reverse("desk:decide", args=[KEY])).status_code == 403
    assert signed_in(editor).get(reverse("desk:decide", args=["none"])).status_code == 404
