"""Editing a record at the desk: by whom, into which draft, with which source, and refusals."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import translation

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.curation.review import send_back, take_over
from localities.curation.values import record_values, stored
from localities.forms.inputs import Widget, inputs_of
from localities.forms.layout import EDITABLE
from localities.models import KINDS, Changeset, IndustrialPark, Source
from portal.accounts.models import User
from tests.localities.people import member, organisation

pytestmark = pytest.mark.django_db

PARK = "long-duc"  # in Dong Nai; 70 tenants
PAGE = f"/ja/desk/edit/industrial-park/{PARK}/"
KNOWN_SOURCE = "daiwahouse-co-jp-bda25bea"
NEW_SOURCE = {
    "source": "+new",
    "source_title": "2026年10月の現地訪問",
    "source_publisher": "大阪府",
    "source_published": "2026年10月2日",
}


def signed_in(user: User) -> Client:
    """A browser of `user`, who has a second factor."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> User:
    return member("editor", "editor", organisation("osaka", curates="dong-nai"))


@pytest.fixture
def desk(editor: User) -> Client:
    return signed_in(editor)


def post(client: Client, address: str = PAGE, step: str = "save", **typed: Any) -> Any:
    """The page after `typed` was sent; a field of the record is named with two underscores."""
    data = {name.replace("value__", "record-"): text for name, text in typed.items()}
    return client.post(address, {"step": step, **data}, follow=True)


def shown(client: Client, address: str = PAGE) -> str:
    """What the form says that it shows, to be sent back."""
    page = client.get(address).content.decode()
    found = re.search(r'name="shown" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def as_stored(kind: str = "industrial-park", key: str = PARK, language: str = "ja") -> Any:
    """What a form of the record sends where nothing was typed."""
    model = EDITABLE[kind]
    values = stored(model, [key])[key].values
    with translation.override(language):
        inputs = inputs_of(model)
        return {f"value__{name}": one.write(values[name]) for name, one in inputs.items()}


def first_key(kind: str) -> str:
    """The key of a record of a kind."""
    keys = EDITABLE[kind]._default_manager.order_by("key").values_list("key", flat=True)
    return str(keys[0])


def said(response: Any, part: str) -> list[str]:
    """The texts of the elements of a class."""
    found = re.findall(rf'<p class="{part}[^"]*"[^>]*>(.*?)</p>', response.content.decode(), re.S)
    return [" ".join(unescape(re.sub("<[^>]+>", "", text)).split()) for text in found]


def beside(response: Any, control: str) -> str:
    """What is said to be wrong with a control."""
    found = re.search(
        rf'<p class="error" id="{re.escape(control)}-error">(.*?)</p>',
        response.content.decode(),
        re.S,
    )
    return unescape(found[1]) if found else ""


def plain(response: Any) -> str:
    """The texts of a page, without its tags."""
    return " ".join(unescape(re.sub("<[^>]+>", "", response.content.decode())).split())


def told(changeset: Changeset) -> list[tuple[Any, ...]]:
    return [
        (edit.action, edit.record_kind, edit.record, edit.field, edit.old, edit.new)
        for edit in changeset.edits.exclude(record_kind="source")
    ]


# Who


def nobody() -> Client:
    return Client()


def company() -> Client:
    return signed_in(User.objects.create_user("firm@example.org"))


def viewer() -> Client:
    return signed_in(member("viewer", "viewer", organisation("osaka")))


def editor_elsewhere() -> Client:
    return signed_in(member("else", "editor", organisation("hyogo", curates="ha-noi")))


@pytest.mark.parametrize(
    ("who", "status"),
    [(nobody, 302), (company, 403), (viewer, 403), (editor_elsewhere, 200)],
)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [PAGE, "/ja/desk/add/industrial-park/?province=dong-nai"])
def test_editors_alone_edit(who: Callable[[], Client], status: int, method: str, path: str) -> None:
    response = getattr(who(), method)(path, {"step": "find"} if method == "post" else None)
    assert response.status_code == status
    if status != 200:
        assert "record-tenants_count" not in response.content.decode()
    assert Changeset.objects.filter(state="draft").count() == 0


def test_a_draft_of_somebody_else_is_not_found_nor_written(desk: Client) -> None:
    other = signed_in(member("second", "editor", organisation("osaka")))
    post(other, value__tenants_count="7777")
    theirs = Changeset.objects.get(state="draft")

    assert desk.get(f"{PAGE}?draft={theirs.pk}").status_code == 404
    assert "7777" not in desk.get(PAGE).content.decode()
    assert post(desk, f"{PAGE}?draft={theirs.pk}", value__tenants_count="8").status_code == 404
    assert told(theirs) == [("update", "industrial-park", PARK, "tenants_count", 70, 7777)]


# Saving


def test_what_is_typed_goes_into_a_draft_with_its_source(desk: Client, editor: User) -> None:
    response = post(
        desk,
        value__tenants_count="７１",
        value__clinic="true",
        value__factory_rent_as_of="2026/10/2",
        note="3頁",
        as_of="2026年10月",
        **NEW_SOURCE,
    )

    draft = Changeset.objects.get(state="draft")
    source = draft.edits.get(record_kind="source")
    assert response.redirect_chain == [(f"{PAGE}?draft={draft.pk}", 302)]
    assert (draft.title, draft.author, draft.organisation_id) == (
        "ドンナイ市の変更",
        editor,
        "osaka",
    )
    assert source.new == {
        "title": "2026年10月の現地訪問",
        "url": None,
        "publisher": "大阪府",
        "published": "2026-10-02",
    }
    before = IndustrialPark.objects.get(key=PARK)
    assert told(draft) == [
        ("update", "industrial-park", PARK, name, old, new)
        for name, old, new in (
            ("tenants_count", 70, 71),
            ("factory_rent_as_of", before.factory_rent_as_of, "2026-10-02"),
            ("clinic", before.clinic, True),
        )
    ]
    assert {
        (edit.source_id, edit.source_note, edit.as_of)
        for edit in draft.edits.filter(record_kind="industrial-park")
    } == {(source.record, "3頁", "2026-10")}
    assert said(response, "notice") == [
        f"下書き #{draft.pk} に保存しました：入居企業数、工場賃料の時点、診療所"
    ]
    assert stored(IndustrialPark, [PARK])[PARK].values["tenants_count"] == 70


def test_a_form_sent_back_as_it_was_changes_nothing(desk: Client) -> None:
    for kind in EDITABLE:
        key = first_key(kind)
        for language in ("ja", "vi"):
            page = f"/{language}/desk/edit/{kind}/{key}/"
            response = post(desk, page, **as_stored(kind, key, language))
            assert (kind, response.redirect_chain) == (kind, [(page, 302)])
    assert Changeset.objects.filter(state="draft").count() == 0


def test_two_saves_may_have_two_sources(desk: Client) -> None:
    post(desk, value__tenants_count="71", source=KNOWN_SOURCE)
    post(desk, value__occupancy_pct="99", **NEW_SOURCE)
    draft = Changeset.objects.get(state="draft")
    found = {
        edit.field: edit.source_id == KNOWN_SOURCE
        for edit in draft.edits.filter(record_kind="industrial-park")
    }
    assert found == {"tenants_count": True, "occupancy_pct": False}


def test_a_source_can_be_given_later(desk: Client) -> None:
    first = post(desk, value__tenants_count="71")
    assert "出典未入力" in first.content.decode()
    post(desk, source=KNOWN_SOURCE, again="tenants_count", note="p. 2")
    edit = Changeset.objects.get(state="draft").edits.get()
    assert (edit.field, edit.new, edit.source_id, edit.source_note) == (
        "tenants_count",
        71,
        KNOWN_SOURCE,
        "p. 2",
    )


def test_sources_are_found_by_their_words_and_what_was_typed_stays(desk: Client) -> None:
    response = post(desk, step="find", find="daiwahouse", value__tenants_count="7１x")
    page = response.content.decode()
    assert f'value="{KNOWN_SOURCE}"' in page
    assert 'value="7１x"' in page
    assert Changeset.objects.filter(state="draft").count() == 0


def test_each_place_has_its_own_draft_unless_another_is_chosen(desk: Client) -> None:
    post(desk, value__tenants_count="71")
    own = Changeset.objects.get(state="draft")
    post(desk, "/ja/desk/edit/industrial-park/amata-bien-hoa/", value__clinic="false")
    assert own.edits.count() == 2  # Dong Nai, too
    elsewhere = IndustrialPark.objects.exclude(province="dong-nai").order_by("key")[0]
    page = f"/ja/desk/edit/industrial-park/{elsewhere.key}/"
    post(desk, page, value__tenants_count="4711")
    assert Changeset.objects.filter(state="draft").count() == 2
    post(desk, f"{page}?draft={own.pk}", value__tenants_count="4712")
    assert own.edits.count() == 3
    post(desk, f"{PAGE}?draft=new", value__tenants_count="72")
    assert Changeset.objects.filter(state="draft").count() == 3


def test_a_draft_is_edited_however_many_newer_ones_there_are(desk: Client, editor: User) -> None:
    post(desk, value__tenants_count="71")
    oldest = Changeset.objects.get(author=editor)
    for number in range(25):
        draft(f"Newer {number}", [], author=editor, organisation=organisation("osaka"))
    address = f"{PAGE}?draft={oldest.pk}"
    assert 'value="71"' in desk.get(address).content.decode()
    assert post(desk, address, value__tenants_count="72").status_code == 200
    assert [edit.new for edit in oldest.edits.filter(field="tenants_count")] == [72]


def test_who_belongs_to_several_organisations_chooses(desk: Client, editor: User) -> None:
    member("editor", "editor", organisation("hyogo"))
    refused = post(desk, value__tenants_count="71")
    assert refused.status_code == 400
    assert beside(refused, "organisation") == "どの所属機関として提案するかを選んでください。"
    assert 'value="71"' in refused.content.decode()
    post(desk, value__tenants_count="71", organisation="hyogo")
    assert Changeset.objects.get(state="draft").organisation_id == "hyogo"


# Two windows


def test_two_windows_keep_different_fields_and_the_later_of_one(desk: Client) -> None:
    post(desk, value__tenants_count="71")
    both = shown(desk)
    everything = {**as_stored(), "value__tenants_count": "71"}

    post(desk, shown=both, **{**everything, "value__tenants_count": "72"})
    post(desk, shown=both, **{**everything, "value__occupancy_pct": "98"})
    draft = Changeset.objects.get(state="draft")
    assert {edit[3]: edit[5] for edit in told(draft)} == {"tenants_count": 72, "occupancy_pct": 98}

    response = post(desk, shown=both, **{**everything, "value__tenants_count": "73"})
    assert {edit[3]: edit[5] for edit in told(draft)} == {"tenants_count": 73, "occupancy_pct": 98}
    draft.refresh_from_db()
    assert said(response, "notice")[1:] == [
        f"入居企業数はその間に別の画面で変更されていました（リビジョン{draft.revision - 1}：72）。"
        "今回の入力値 73 で置き換えました。"
    ]


def test_a_draft_proposed_in_another_window_is_not_written(desk: Client, editor: User) -> None:
    post(desk, value__tenants_count="71", source=KNOWN_SOURCE, as_of="2026-10")
    draft = Changeset.objects.get(state="draft")
    propose(draft, actor=editor)
    response = post(desk, f"{PAGE}?draft={draft.pk}", value__tenants_count="99")
    assert response.status_code == 409
    assert 'value="99"' in response.content.decode()
    assert told(draft) == [("update", "industrial-park", PARK, "tenants_count", 70, 71)]


def test_what_is_typed_into_a_draft_taken_over_meanwhile_is_kept(
    desk: Client, editor: User
) -> None:
    post(desk, value__tenants_count="71", source=KNOWN_SOURCE, as_of="2026-10")
    draft = Changeset.objects.get(state="draft")
    reviewer = member("reviewer", "reviewer", organisation("osaka"))
    send_back(propose(draft, actor=editor), reviewer=reviewer, comment="Which page?")
    take_over(draft, actor=member("colleague", "editor", organisation("osaka")))
    response = post(desk, f"{PAGE}?draft={draft.pk}", value__tenants_count="99")
    assert (response.status_code, 'value="99"' in response.content.decode()) == (409, True)
    assert told(draft) == [("update", "industrial-park", PARK, "tenants_count", 70, 71)]


# Refusals


@pytest.mark.parametrize(
    ("language", "field", "text", "message"),
    [
        ("ja", "tenants_count", "約70", "整数で入力してください（例：1500）。"),
        ("ja", "tenants_count", "70.5", "整数で入力してください（例：1500）。"),
        ("ja", "occupancy_pct", "140", "140.0 は大きすぎます。100 以下で入力してください。"),
        ("ja", "available_area_ha", "1,2", "数値で入力してください（例：1,500.5）。"),
        ("ja", "clinic", "maybe", "一覧から選んでください。"),
        ("ja", "rental_units_m2", "1000 500", "広さは正の数（㎡）を小さい順に入力してください。"),
        ("vi", "power_mva", "1.000", "“1.000” có thể là 1000 hoặc 1. Hãy viết một trong hai."),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_stored(
    desk: Client, language: str, field: str, text: str, message: str
) -> None:
    page = PAGE.replace("/ja/", f"/{language}/")
    typed = {f"value__{field}": text, "value__commune": "Long Đức x"}
    response = post(desk, page, **typed, **NEW_SOURCE)
    assert response.status_code == 400
    assert beside(response, f"record-{field}") == message
    body = unescape(response.content.decode())
    assert 'value="Long Đức x"' in body
    assert 'value="2026年10月の現地訪問"' in body
    assert Changeset.objects.filter(state="draft").count() == 0


def test_what_is_wrong_with_the_source_is_told_there(desk: Client) -> None:
    response = post(
        desk,
        value__tenants_count="71",
        source="+new",
        source_url="no address",
        source_published="last year",
        as_of="soon",
        note="x" * 201,
    )
    assert response.status_code == 400
    assert [
        beside(response, control)
        for control in ("source_title", "source_published", "as_of", "note")
    ] == [
        "題名を入力してください。",
        "「last year」は時点・期間として読めません。"
        "2025、2025-03、2025-03-31、2025-Q4、2025-9M の形で入力してください。",
        "「soon」は時点・期間として読めません。"
        "2025、2025-03、2025-03-31、2025-Q4、2025-9M の形で入力してください。",
        "メモは200文字以内で入力してください。",
    ]
    wrong_address = post(desk, value__tenants_count="71", source_title="A", source_url="no address")
    assert beside(wrong_address, "source_url") == "有効なURLを入力してください。"
    unknown = post(desk, value__tenants_count="71", source="no-such-source")
    assert beside(unknown, "source") == "一覧から選んでください。"
    idle = post(desk, source=KNOWN_SOURCE)
    assert beside(idle, "source") == (
        "この出典にもとづいて変更された項目も、「まだ正しい」とした項目もありません。"
    )
    assert Changeset.objects.filter(state="draft").count() == 0


def test_a_value_without_a_source_is_not_proposed(desk: Client) -> None:
    response = post(desk, step="propose", value__tenants_count="71", comment="現地で確認")
    draft = Changeset.objects.get(state="draft")
    assert response.status_code == 400
    assert beside(response, "record-tenants_count") == "出典を指定してください。"
    assert "現地で確認" in response.content.decode()
    assert told(draft) == [("update", "industrial-park", PARK, "tenants_count", 70, 71)]


@pytest.mark.parametrize("kind", EDITABLE)
def test_junk_never_breaks_a_page(desk: Client, kind: str) -> None:
    junk = [
        "\x00",
        "-1",
        "９" * 60,
        "1e999",
        "../../etc",
        "<b>",
        "x" * 700,
        "未定",
        "nan",
        "\ud7ff",
    ]
    inputs = inputs_of(EDITABLE[kind])
    # Texts get past the form, to curation; a number that can't be read would hide them.
    texts = [name for name, one in inputs.items() if one.widget is not Widget.NUMBER]
    numbers = [name for name, one in inputs.items() if one.widget is Widget.NUMBER]
    bodies: list[dict[str, Any]] = [
        {f"record-{name}": junk[(n + turn) % len(junk)] for n, name in enumerate(names)}
        for turn in (0, 5)
        for names in (list(inputs), texts)
    ]
    bodies += [{f"record-{name}": text for name in numbers} for text in ("-1", "9" * 39)]
    bodies += [
        {"shown": "a:b :: x", "source": "\x00", "note": "\x00", "as_of": "\x00"},
        {"step": "drop:99999999999999999999999", "organisation": "\x00"},
        {"step": "drop:x", "source_title": "\x00", "source_url": "x" * 900},
        {"step": "find", "find": "\x00" * 9, "source": "x" * 900},
        {"step": "unheard of", "again": ["+whole", "key", "\x00"], "source": KNOWN_SOURCE},
        {"step": "propose", "comment": "\x00"},
    ]
    for address, sent in (
        (f"/ja/desk/edit/{kind}/{first_key(kind)}/", bodies),
        (f"/vi/desk/add/{kind}/", bodies[1:4:2]),
    ):
        for body in sent:
            response = desk.post(address, {"step": "save", **body})
            assert response.status_code in (200, 302, 400), (address, body)
            if response.status_code == 400 and body.get("step") is None:
                assert 'class="notice notice-error edit-errors"' in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ja/desk/edit/citation/x/", 404),
        ("/ja/desk/edit/stewardship/x/", 404),
        ("/ja/desk/edit/industrial-park/no-such-park/", 404),
        ("/ja/desk/add/no-such-kind/", 404),
        (f"{PAGE}?draft=0", 400),
        (f"{PAGE}?draft=999999", 404),
        (f"{PAGE}?colour=red", 400),
        ("/ja/desk/add/strength/?province=atlantis", 400),
        ("/ja/desk/add/strength/?" + urlencode({"province": "x" * 5000}), 400),
    ],
)
def test_addresses_that_lead_nowhere(desk: Client, path: str, status: int) -> None:
    assert desk.get(path).status_code == status


# The record as a whole, and the way to review


def test_a_new_record_is_added_and_edited_in_the_draft(desk: Client, editor: User) -> None:
    page = "/ja/desk/add/investment-priority/?province=an-giang"
    form = desk.get(page).content.decode()
    assert '<option value="an-giang" selected>' in form
    refused = post(desk, page, value__province="an-giang", value__sector="energy")
    assert beside(refused, "record-priority") == "値を指定してください。"
    typed = {
        "value__province": "an-giang",
        "value__sector": "basic-metals",
        "value__priority": "2",
        "value__wants_japan": "false",
        "value__statement_en": "Wanted.",
        "value__statement_ja": "誘致する。",
    }
    response = post(desk, page, **typed, source=KNOWN_SOURCE)
    draft = Changeset.objects.get(state="draft")
    address = f"/ja/desk/edit/investment-priority/an-giang-basic-metals/?draft={draft.pk}"
    assert response.redirect_chain == [(address, 302)]
    post(desk, address, value__priority="3")
    edit = draft.edits.get()
    assert (edit.action, edit.new["priority"], edit.source_id) == ("create", 3, KNOWN_SOURCE)
    gone = post(desk, address, step=f"drop:{edit.pk}")
    assert gone.redirect_chain == [("/ja/desk/add/investment-priority/", 302)]
    assert draft.edits.count() == 0


def test_a_record_is_taken_out_for_a_reason_and_put_back(desk: Client) -> None:
    refused = post(desk, step="take-out", reason=" ")
    needed = "理由を入力してください。なぜこのデータをカタログから外すのですか。"
    assert (refused.status_code, beside(refused, "reason")) == (400, needed)
    assert not Changeset.objects.filter(state="draft").exists()
    for wrong in ("x" * 201, "a\x00b"):
        refused = post(desk, step="take-out", reason=wrong)
        longest = "理由は200文字以内で入力してください。"
        assert (refused.status_code, beside(refused, "reason")) == (400, longest)
    whole = "操業を停止した" + "x" * 192
    page = post(desk, step="take-out", reason=f" {whole[:150]}\r\n{whole[150:]}")
    draft = Changeset.objects.get(state="draft")
    says = record_values(IndustrialPark.objects.get(key=PARK))
    assert told(draft) == [("deactivate", "industrial-park", PARK, "", says, None)]
    assert [edit.reason for edit in draft.edits.all()] == [f"{whole[:150]} {whole[150:]}"]
    page = post(desk, step="take-out", reason="操業を停止した")
    assert [edit.reason for edit in draft.edits.all()] == ["操業を停止した"]
    assert "理由: 操業を停止した" in plain(page)
    post(desk, step="put-back")
    assert told(draft) == []


def test_an_edit_is_taken_out_of_the_draft_and_what_else_is_typed_is_saved(desk: Client) -> None:
    post(desk, value__tenants_count="71")
    draft = Changeset.objects.get(state="draft")
    number = draft.edits.get().pk
    typed = {**as_stored(), "value__tenants_count": "71", "value__commune": "X"}
    post(desk, step=f"drop:{number}", shown=shown(desk), **typed)
    assert [(edit[3], edit[5]) for edit in told(draft)] == [("commune", "X")]


def test_what_waits_elsewhere_is_marked_for_those_who_may_see_it(
    desk: Client, editor: User
) -> None:
    post(desk, value__tenants_count="71", source=KNOWN_SOURCE, as_of="2026-10")
    waiting = Changeset.objects.get(state="draft")
    propose(waiting, actor=editor)
    page = desk.get(PAGE).content.decode()
    assert f"#{waiting.pk} の提案：71" in page
    assert f'href="/ja/desk/changesets/{waiting.pk}/"' in page
    note = f'/{waiting.pk}/">提案 #{waiting.pk} がこのデータについて審査を待っています</a>'
    assert page.count(note) == 1
    assert "の提案：71" not in (elsewhere := editor_elsewhere().get(PAGE).content.decode())
    assert "がこのデータについて" not in elsewhere


def test_a_value_that_moved_under_the_draft_is_marked(desk: Client, editor: User) -> None:
    post(desk, value__tenants_count="71", source=KNOWN_SOURCE, as_of="2026-10")
    other = member("second", "editor", organisation("osaka"))
    post(signed_in(other), value__tenants_count="80", source=KNOWN_SOURCE, as_of="2026-10")
    theirs = Changeset.objects.get(state="draft", author=other)
    propose(theirs, actor=other)
    apply(theirs, reviewer=member("reviewer", "reviewer", organisation("osaka")))
    page = desk.get(PAGE)
    assert "現在のカタログの値：80" in page.content.decode()


def test_from_the_form_to_review(desk: Client, editor: User) -> None:
    response = post(
        desk, step="propose", value__tenants_count="71", comment="確認済み", **NEW_SOURCE
    )
    changeset = Changeset.objects.get(author=editor)
    assert response.redirect_chain[-1] == (f"/ja/desk/changesets/{changeset.pk}/", 302)
    assert (changeset.state, changeset.steps.get().text) == ("proposed", "確認済み")
    apply(changeset, reviewer=member("reviewer", "reviewer", organisation("osaka")))
    assert stored(IndustrialPark, [PARK])[PARK].values["tenants_count"] == 71
    assert Source.objects.filter(title="2026年10月の現地訪問").exists()


def test_a_source_itself_needs_no_source(desk: Client, editor: User) -> None:
    page = f"/ja/desk/edit/source/{KNOWN_SOURCE}/"
    response = post(desk, page, step="propose", value__publisher="大和ハウス工業株式会社")
    assert response.redirect_chain[-1][0].startswith("/ja/desk/changesets/")


def test_every_kind_that_officers_curate_has_a_form(desk: Client) -> None:
    assert set(KINDS) - set(EDITABLE) == {"citation", "stewardship"}
    for kind, model in EDITABLE.items():
        for language in ("ja", "en", "vi"):
            page = desk.get(f"/{language}/desk/edit/{kind}/{first_key(kind)}/").content.decode()
            for name, one in inputs_of(model).items():
                control = f"record-{name}"
                several = one.widget in (Widget.CODES, Widget.RECORDS)
                assert f'id="{control}"' in page, (kind, name)
                assert several or f'name="{control}"' in page, (kind, name)


# Kept as one goes


def kept(client: Client, address: str = PAGE, **typed: Any) -> Any:
    """The answer to what a page sends by itself while somebody types."""
    page = {**as_stored(), "shown": shown(client, address), **typed}
    data = {name.replace("value__", "record-"): text for name, text in page.items()}
    return client.post(address, {"step": "keep", **data})


def pins(answer: Any) -> dict[str, str]:
    """What the page goes on with."""
    found = re.findall(r'name="(draft|shown)" value="([^"]*)"', answer.content.decode())
    return dict(found)


def test_what_is_kept_is_a_draft_that_nobody_proposed(desk: Client, editor: User) -> None:
    answer = kept(desk, value__tenants_count="71")
    draft = Changeset.objects.get(author=editor)
    assert (answer.status_code, draft.state) == (200, "draft")
    assert told(draft) == [("update", "industrial-park", PARK, "tenants_count", 70, 71)]
    assert answer.headers["HX-Replace-Url"] == f"{PAGE}?draft={draft.pk}"
    assert pins(answer)["draft"] == str(draft.pk)


def test_keeping_takes_nothing_back_that_another_window_saved(desk: Client, editor: User) -> None:
    before = shown(desk)
    first = pins(kept(desk, shown=before, value__tenants_count="71"))
    post(desk, **{**as_stored(), "value__japanese_tenants_count": "12", "shown": before})
    second = pins(kept(desk, **first, value__tenants_count="72"))
    kept(desk, **second, value__tenants_count="73")
    (draft,) = Changeset.objects.filter(author=editor)
    assert {edit.field: edit.new for edit in draft.edits.all()} == {
        "tenants_count": 73,
        "japanese_tenants_count": 12,
    }


def test_a_new_draft_is_begun_once_while_one_types(desk: Client, editor: User) -> None:
    post(desk, value__tenants_count="71")
    address = f"{PAGE}?draft=new"
    first = pins(kept(desk, address, value__tenants_count="72"))
    kept(desk, address, **first, value__tenants_count="73")
    own = Changeset.objects.filter(author=editor).order_by("pk")
    assert [[edit.new for edit in draft.edits.all()] for draft in own] == [[71], [73]]


def test_a_value_that_breaks_a_rule_with_another_keeps_the_rest(desk: Client, editor: User) -> None:
    answer = kept(
        desk,
        value__factory_rent_usd_m2_month_min="9",
        value__factory_rent_usd_m2_month_max="3",
        value__tenants_count="71",
    )
    assert beside(answer, "record-factory_rent_usd_m2_month_min") != ""
    (draft,) = Changeset.objects.filter(author=editor)
    fields = [edit.field for edit in draft.edits.order_by("field")]
    assert fields == ["tenants_count"]


def test_nothing_is_kept_in_a_draft_that_was_proposed_meanwhile(desk: Client, editor: User) -> None:
    post(desk, value__tenants_count="71", **NEW_SOURCE)
    (draft,) = Changeset.objects.filter(author=editor)
    propose(draft, actor=editor)
    answer = kept(desk, draft=str(draft.pk), value__tenants_count="72")
    assert answer.status_code == 409
    assert told(draft) == [("update", "industrial-park", PARK, "tenants_count", 70, 71)]


def test_a_source_half_told_is_none_yet_and_leaves_nothing_behind(
    desk: Client, editor: User
) -> None:
    half = {"source": "+new", "source_title": "", "source_published": "someday"}
    first = kept(desk, value__tenants_count="71", **half)
    assert beside(first, "source_published") != ""
    assert beside(first, "source_title") == ""
    (draft,) = Changeset.objects.filter(author=editor)
    for title in ("A", "A visit", "A visit in October"):
        kept(
            desk,
            **pins(first),
            value__tenants_count="71",
            source="+new",
            source_title=title,
            again="tenants_count",
        )
    sources = draft.edits.filter(record_kind="source")
    assert [edit.new["title"] for edit in sources] == ["A visit in October"]
    assert draft.edits.get(field="tenants_count").source_id == sources.get().record


def test_a_save_while_the_same_is_kept_gives_it_its_source(desk: Client, editor: User) -> None:
    before = {**as_stored(), "shown": shown(desk), "value__tenants_count": "71"}
    kept(desk, **before)
    post(desk, **before, source=KNOWN_SOURCE)  # the page has not heard yet that it was kept
    (draft,) = Changeset.objects.filter(author=editor)
    assert [(edit.new, edit.source_id) for edit in draft.edits.all()] == [(71, KNOWN_SOURCE)]
