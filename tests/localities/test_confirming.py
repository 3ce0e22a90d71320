"""A value that is stale and still right: confirmed at the desk from another source."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from localities.models import Changeset
from portal.accounts.models import User
from tests.localities.people import officer, operator, signed_in

pytestmark = pytest.mark.django_db

PARK = "tra-kha"  # in Ca Mau; what is known of it is of May 2016
SOURCE = {
    "source": "+new",
    "source_title": "Call of October 2026",
    "source_publisher": "Osaka Prefecture",
    "source_published": "2026-10-02",
}


@pytest.fixture
def editor() -> User:
    operator()
    return officer("editor", "editor", "osaka", curates="ca-mau")


@pytest.fixture
def reviewer(editor: User) -> User:
    return officer("reviewer", "reviewer", "osaka")


def at(name: str, *args: Any) -> str:
    """The English address of a page."""
    with translation.override("en"):
        return reverse(name, args=args)


def form(kind: str = "industrial-park", key: str = PARK) -> str:
    return at("desk:edit", kind, key)


def post(user: User, address: str = "", step: str = "save", **typed: Any) -> Any:
    data = {name.replace("value__", "record-"): text for name, text in typed.items()}
    return signed_in(user).post(address or form(), {"step": step, **data}, follow=True)


def own(user: User) -> Changeset:
    return Changeset.objects.get(author=user)


def told(changeset: Changeset) -> list[tuple[Any, ...]]:
    """The edits of records, as they are kept."""
    edits = changeset.edits.exclude(record_kind__in=["source", "citation"])
    return list(edits.values_list("field", "old", "new", "as_of"))


def stale(user: User, kind: str, key: str) -> list[str]:
    """The fields of the record that the worklist has; '' is the whole record."""
    address, found, number = at("desk:worklist", "stale"), [], 1
    while True:
        page = signed_in(user).get(address, {"of": "all", "page": number})
        part = page.context["part"]
        found += [
            one.fact.field for one in part.rows if (one.fact.kind, one.fact.key) == (kind, key)
        ]
        if not part.more:
            return found
        number += 1


def applied(author: User, reviewer: User) -> Changeset:
    """The author's draft, proposed at the desk and applied by another."""
    draft = own(author)
    address = at("desk:propose", draft.pk)
    signed_in(author).post(address, {"revision": draft.revision})
    for user in (author, reviewer):
        signed_in(user).post(at("desk:apply", draft.pk), {"revision": draft.revision}, follow=True)
        draft.refresh_from_db()
        assert (user, draft.state) == (user, "applied" if user == reviewer else "proposed")
    return draft


def api(kind: str, key: str) -> tuple[Any, str]:
    answer = Client().get(f"/api/v1/{kind}s/{key}/")
    return answer.json(), answer.headers["ETag"]


def plain(answer: Any) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", answer.content.decode())).split())


def test_a_stale_fact_that_is_still_right_is_confirmed_and_leaves_the_worklist(
    editor: User, reviewer: User
) -> None:
    assert stale(editor, "industrial-park", PARK) == [""]
    before, etag = api("industrial-park", PARK)
    page = signed_in(editor).get(form())
    assert 'name="confirm" value="status"' in page.content.decode()
    assert 'name="confirm" value="tenants_count"' not in page.content.decode()  # unknown

    post(editor, confirm="status", **SOURCE)
    draft = own(editor)
    assert told(draft) == [("status", "operating", "operating", "2026-10-02")]
    page = plain(signed_in(editor).get(form()))
    assert "confirmed: Operating" in page
    assert "Operating → Operating" not in page
    waiting = plain(signed_in(reviewer).get(at("desk:changeset", draft.pk)))
    assert "confirmed: Operating Call of October 2026 2026-10-02 · as of 2026-10-02" in waiting

    applied(editor, reviewer)
    assert stale(editor, "industrial-park", PARK) == []
    after, now = api("industrial-park", PARK)
    assert now != etag
    sources = before.pop("sources"), after.pop("sources")
    assert after == before
    added = [one for one in sources[1] if one not in sources[0]]
    assert [(one["title"], one["fields_backed"]) for one in added] == [
        ("Call of October 2026", ["status"])
    ]

    history = signed_in(editor).get(at("desk:record-history", "industrial-park", PARK))
    said = {one.field: one for one in history.context["told"].fields}["status"]
    assert (said.changeset.author, said.changeset.reviewer, said.source.title) == (
        editor,
        reviewer,
        "Call of October 2026",
    )
    assert "confirmed: Operating" in plain(history)
    public = plain(Client().get(at("localities:park-history", PARK)))
    assert "confirmed: Operating" in public
    assert "Osaka" in public
    (change,) = Client().get("/api/v1/changes/?since=1").json()["results"]
    (edit,) = [one for one in change["edits"] if one["kind"] == "industrial-park"]
    assert (edit["field"], edit["old"], edit["new"]) == ("status", "operating", "operating")


def backing(field: str) -> list[str]:
    """The titles of the sources that back a field of the park."""
    sources = api("industrial-park", PARK)[0]["sources"]
    return [one["title"] for one in sources if field in one["fields_backed"]]


def test_a_confirmation_is_taken_back_and_not_called_one(editor: User, reviewer: User) -> None:
    before = backing("status")
    post(editor, confirm="status", **SOURCE)
    first = applied(editor, reviewer)
    page = signed_in(reviewer).post(at("desk:revert", first.pk), follow=True)
    assert "confirmed: Operating" not in plain(page)
    back = Changeset.objects.get(reverts=first)
    signed_in(reviewer).post(at("desk:propose", back.pk), {"revision": back.revision})
    back.refresh_from_db()
    signed_in(officer("head", "reviewer", "osaka")).post(
        at("desk:apply", back.pk), {"revision": back.revision}
    )
    back.refresh_from_db()
    assert (back.state, backing("status")) == ("applied", before)


def test_what_was_confirmed_again_since_is_not_taken_back(editor: User, reviewer: User) -> None:
    post(editor, confirm="status", **SOURCE)
    first = applied(editor, reviewer)
    again = {"source_title": "Call of November 2026", "source_published": "2026-11-02"}
    other = officer("other", "editor", "osaka")
    post(other, confirm="status", **(SOURCE | again))
    applied(other, reviewer)
    answer = signed_in(editor).post(at("desk:revert", first.pk))
    assert answer.status_code == 400
    assert "Nothing of it is left to take back." in plain(answer)
    assert not Changeset.objects.filter(reverts=first).exists()
    assert "Call of November 2026" in backing("status")


@pytest.mark.parametrize(
    ("kind", "key", "fact", "field", "value", "dated"),
    [
        (
            "industrial-park",
            "binh-xuyen-2-industrial-park",
            "factory_rent_as_of",
            "factory_rent_usd_m2_month_min",
            2.7,
            [("factory_rent_as_of", "2021-12", "2026-10", "2026-10")],
        ),
        (
            "support-programme",
            "osaka-business-support-desk",
            "as_of",
            "status",
            "unknown",
            [("as_of", "2012-11", "2026-10", "2026-10")],
        ),
        ("observation", "thanh-hoa-japan-fdi-projects-2015", "", "value_min", 10.0, []),
    ],
)
def test_each_kind_of_stale_fact_is_confirmed_where_the_worklist_leads(
    editor: User, kind: str, key: str, fact: str, field: str, value: Any, dated: list[Any]
) -> None:
    reviewer = officer("operating", "reviewer", "operator")
    assert fact in stale(editor, kind, key)
    rows = signed_in(editor).get(at("desk:worklist", "stale"), {"of": "all", "kind": kind})
    links = re.findall(rf'href="([^"]*/{key}/#[^"]*)"', rows.content.decode())
    assert links == [f"{form(kind, key)}#record-{field}"]
    assert f'id="confirm-{field}"' in signed_in(editor).get(form(kind, key)).content.decode()
    assert f'id="confirm-{fact}"' not in signed_in(editor).get(form(kind, key)).content.decode()

    post(editor, form(kind, key), confirm=field, as_of="2026-10", **SOURCE)
    assert told(own(editor)) == [(field, value, value, "2026-10"), *dated]
    applied(editor, reviewer)
    assert fact not in stale(editor, kind, key)


def test_only_what_is_ticked_is_confirmed_and_a_tick_can_be_taken_back(editor: User) -> None:
    address = form("industrial-park", "binh-xuyen-2-industrial-park")
    rents = ["factory_rent_usd_m2_month_min", "factory_rent_usd_m2_month_max"]
    idle = post(editor, address, **SOURCE)
    assert "Nothing was changed, or marked as still true" in plain(idle)
    assert not Changeset.objects.filter(author=editor).exists()

    page = post(editor, address, confirm=[*rents, "tenants_count", "nothing"], **SOURCE)
    draft = own(editor)
    dated = ("factory_rent_as_of", "2021-12", "2026-10-02", "2026-10-02")
    held = [
        (name, value, value, "2026-10-02") for name, value in zip(rents, (2.7, 3.1), strict=True)
    ]
    assert told(draft) == [*held, dated]
    pin = re.findall(r'name="confirmed" value="([^"]*)"', page.content.decode())
    assert pin == [" ".join(rents)]
    post(editor, address, confirmed=pin[0], confirm=rents[0])
    assert told(draft) == [held[0], dated]
    post(editor, address, confirmed=rents[0])
    assert told(draft) == []


def test_a_confirmation_without_a_source_or_a_date_is_not_proposed(editor: User) -> None:
    page = post(editor, confirm="status")
    assert "confirmed: Operating no source yet" in plain(page)
    refused = post(editor, f"{form()}?draft={own(editor).pk}", step="propose", confirmed="status",
                   confirm="status")  # fmt: skip
    assert (refused.status_code, own(editor).state) == (400, "draft")
    assert "A source is needed." in plain(refused)

    later = post(editor, again="status", confirmed="status", confirm="status", **SOURCE)
    assert "no source yet" not in plain(later)
    assert told(own(editor)) == [("status", "operating", "operating", "2026-10-02")]
    own(editor).delete()

    address = form("observation", "thanh-hoa-japan-fdi-projects-2015")
    undated = {**SOURCE, "source_published": ""}
    refused = post(editor, address, step="propose", confirm="value_min", **undated)
    assert (refused.status_code, own(editor).state) == (400, "draft")
    assert "A date is needed" in plain(refused)


def test_a_confirmation_conflicts_with_another_value_applied_meanwhile(
    editor: User, reviewer: User
) -> None:
    other = officer("other", "editor", "osaka")
    post(editor, confirm="total_area_ha", **SOURCE)
    post(other, value__total_area_ha="71", **SOURCE)
    ((_field, before, _after, _as_of),) = told(own(other))
    applied(other, reviewer)
    draft = own(editor)
    address = at("desk:propose", draft.pk)
    answer = signed_in(editor).post(address, {"revision": draft.revision}, follow=True)
    draft.refresh_from_db()
    assert draft.state == "draft"
    shown = plain(answer)
    assert "In conflict: 1 value has changed in the catalogue since this was begun" in shown
    assert re.search(rf"total area.* {before:g} 71 confirmed: {before:g} ", shown)
    post(editor, again="total_area_ha", confirmed="total_area_ha", confirm="total_area_ha",
         as_of="2026-11", **SOURCE)  # fmt: skip
    assert told(draft) == [("total_area_ha", before, before, "2026-11")]


def test_a_tick_is_of_the_value_that_the_page_showed(editor: User, reviewer: User) -> None:
    page = signed_in(editor).get(form()).content.decode()
    (seen,) = re.findall(r'name="shown" value="([^"]*)"', page)
    (text,) = re.findall(r'name="record-total_area_ha" value="([^"]*)"', page)
    other = officer("other", "editor", "osaka")
    post(other, value__total_area_ha="71", **SOURCE)
    applied(other, reviewer)
    typed = {"value__total_area_ha": text, "shown": seen, "confirm": "total_area_ha"}
    post(editor, **typed, **SOURCE)
    assert told(own(editor)) == [("total_area_ha", float(text), float(text), "2026-10-02")]
    own(editor).delete()
    post(editor, **{**typed, "value__total_area_ha": "72"}, **SOURCE)
    assert told(own(editor)) == [("total_area_ha", 71, 72, None)]


def test_a_tick_is_kept_as_one_goes_and_taken_back(editor: User) -> None:
    typed = {"step": "keep", "confirm": "status"}
    answer = signed_in(editor).post(form(), typed).content.decode()
    draft = own(editor)
    assert told(draft) == [("status", "operating", "operating", None)]
    assert 'name="confirmed" value="status"' in answer
    assert "confirmed: Operating" in answer
    assert re.search(r'name="again" value="status" checked', answer)
    revision = draft.revision
    signed_in(editor).post(form(), {**typed, "confirmed": "status"})
    draft.refresh_from_db()
    assert draft.revision == revision
    signed_in(editor).post(form(), {"step": "keep", "confirmed": "status"})
    assert told(draft) == []


def test_the_date_that_moves_has_the_source_that_was_told_last(editor: User) -> None:
    address = form("industrial-park", "binh-xuyen-2-industrial-park")
    typed = {"step": "keep", "confirm": "factory_rent_usd_m2_month_min", "source": "+new"}
    again = {"confirmed": typed["confirm"], "again": typed["confirm"]}
    for title, date in (("A", "2026-11"), ("A call", "2026-10"), ("A call in October", "2026-10")):
        told_so_far = {"source_title": title, "source_published": date}
        signed_in(editor).post(address, {**typed, **told_so_far})
        typed |= again
    edits = own(editor).edits.exclude(record_kind="source")
    (source,) = own(editor).edits.filter(record_kind="source")
    assert source.new["title"] == "A call in October"
    assert [(edit.field, edit.new, edit.source_id) for edit in edits] == [
        ("factory_rent_usd_m2_month_min", 2.7, source.record),
        ("factory_rent_as_of", "2026-10", source.record),
    ]
