"""The shortlist, from outside: kept in a signed cookie, sent by an address."""

import html as entities
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from matching.shortlist import LARGEST_TEXT, MOST, Kept, Shortlist, signed

pytestmark = pytest.mark.django_db

OWN = {"Origin": "http://testserver"}
PROFILE = "sector=fabricated-metal&stage=prepare"
LIST = "/en/shortlist/"


def _keep(client: Client, slug: str, **kwargs: Any) -> Any:
    return client.post(f"{LIST}keep/", {"place": slug, **kwargs}, headers=OWN)


def _do(client: Client, do: str, **fields: str) -> Any:
    return client.post(LIST, {"do": do, **{n.replace("__", "-"): v for n, v in fields.items()}})


def _page(client: Client, query: str = "", status: int = 200) -> str:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == status
    return response.content.decode()


def _kept(html: str) -> list[str]:
    return re.findall(r'<li class="kept" id="kept-([\w-]+)">', html)


def _dropped(html: str) -> list[str]:
    return re.findall(r'<li class="kept kept-dropped" id="kept-([\w-]+)">', html)


def _link(html: str) -> str:
    found = re.search(r'id="link" value="http://testserver([^"]+)"', html)
    assert found
    return entities.unescape(found[1])


def test_a_place_is_kept_without_an_account_and_without_a_token(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = _keep(strict, "dong-nai", profile=PROFILE)
    assert response.status_code == 302
    cookie = strict.cookies["shortlist"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    html = strict.get(response.headers["Location"]).content.decode()
    assert _kept(html) == ["dong-nai"]
    assert "Dong Nai is on your shortlist." in html
    assert "confirmed " in html


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {},
    ],
)
def test_a_foreign_page_keeps_nothing_but_asks(client: Client, headers: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(f"{LIST}keep/", {"place": "dong-nai"}, headers=headers)
    assert response.status_code == 403
    assert "shortlist" not in response.cookies
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())
    assert token
    sent = {"do": "keep:dong-nai", "csrfmiddlewaretoken": token[1]}
    assert strict.post(LIST, sent).status_code == 302
    assert _kept(strict.get(LIST).content.decode()) == ["dong-nai"]


def test_the_lists_own_buttons_need_the_token_of_the_visit(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    _keep(strict, "dong-nai")
    response = strict.post(LIST, {"do": "remove:dong-nai"})
    assert response.status_code == 403
    assert "The form was not taken" in response.content.decode()
    assert _kept(strict.get(LIST).content.decode()) == ["dong-nai"]


@pytest.mark.parametrize(
    "path",
    ["/en/matching/results/?sector=machinery", "/en/provinces/dong-nai/",
     "/en/industrial-parks/long-duc/"],
)  # fmt: skip
def test_pages_with_the_button_stay_public(client: Client, path: str) -> None:
    _keep(client, "dong-nai")
    before = Client().get(path)
    after = client.get(path)
    assert 'action="/en/shortlist/keep/"' in after.content.decode()
    assert after.content == before.content
    assert after.cookies == {}
    assert "Cookie" not in after.headers.get("Vary", "")


def test_the_list_is_private(client: Client) -> None:
    response = client.get(LIST)
    assert "Cookie" in response.headers["Vary"]
    assert "private" in response.headers["Cache-Control"]


def test_notes_and_order_stay(client: Client) -> None:
    for slug in ("dong-nai", "long-duc", "hai-phong"):
        _keep(client, slug)
    _do(client, "up:hai-phong", note__dong_nai="", **{"note-long-duc": " 空き区画を確認\r\n中 "})
    html = _page(client)
    assert _kept(html) == ["dong-nai", "hai-phong", "long-duc"]
    assert ">空き区画を確認\n中</textarea>" in html
    _do(client, "down:dong-nai")
    assert _kept(_page(client)) == ["hai-phong", "dong-nai", "long-duc"]
    _do(client, "up:hai-phong")  # the first cannot go further up
    assert _kept(_page(client)) == ["hai-phong", "dong-nai", "long-duc"]
    _do(client, "remove:dong-nai")
    assert _kept(_page(client)) == ["hai-phong", "long-duc"]


def test_a_dropped_place_stands_apart_with_its_reason_and_comes_back(client: Client) -> None:
    for slug in ("dong-nai", "long-duc"):
        _keep(client, slug)
    fields = {"reason-long-duc": "cost", "why-long-duc": "<over> budget", "note-long-duc": "n1"}
    _do(client, "drop:long-duc", **fields)
    html = _page(client)
    assert (_kept(html), _dropped(html)) == (["dong-nai"], ["long-duc"])
    assert "<strong>Too expensive</strong> · &lt;over&gt; budget" in html
    _do(client, "back:long-duc")
    html = _page(client)
    assert (_kept(html), _dropped(html)) == (["dong-nai", "long-duc"], [])
    assert ">n1</textarea>" in html


def test_dropping_asks_for_a_reason_and_loses_nothing_that_was_typed(client: Client) -> None:
    _keep(client, "dong-nai")
    response = _do(
        client, "drop:dong-nai", **{"note-dong-nai": "typed note", "why-dong-nai": "typed why"}
    )
    html = response.content.decode()
    assert response.status_code == 400
    assert 'id="reason-dong-nai-error">Choose a reason' in html
    assert ">typed note</textarea>" in html
    assert 'value="typed why"' in html


def test_a_full_list_refuses_in_words_and_keeps_what_it_has(client: Client) -> None:
    slugs = re.findall(r'id="place-([\w-]+)"', _results(client))[: MOST + 1]
    for slug in slugs[:MOST]:
        assert _keep(client, slug).status_code == 302
    response = _keep(client, slugs[MOST])
    assert response.status_code == 409
    assert "the list holds at most 20 places" in response.content.decode()
    assert _kept(_page(client)) == slugs[:MOST]
    assert _keep(client, slugs[0]).status_code == 302  # one that is there already is no more


def _results(client: Client, level: str = "province") -> str:
    return client.get(f"/en/matching/results/?{PROFILE}&level={level}").content.decode()


def test_notes_that_no_cookie_holds_are_refused_and_stay_in_their_fields(client: Client) -> None:
    slugs = re.findall(r'id="place-([\w-]+)"', _results(client))[:MOST]
    for slug in slugs:
        _keep(client, slug)
    notes = {
        f"note-{slug}": "".join(chr(0x4E00 + (n * 97 + 31 * at) % 20000) for n in range(200))
        for at, slug in enumerate(slugs)
    }
    response = _do(client, "save", **notes)
    assert response.status_code == 409
    html = response.content.decode()
    assert "all the notes together are too long" in html
    assert all(f">{note}</textarea>" in html for note in notes.values())
    assert len(client.cookies["shortlist"].value) < 3_600


def test_a_note_that_is_too_long_is_refused_beside_its_place(client: Client) -> None:
    _keep(client, "dong-nai")
    response = _do(client, "save", **{"note-dong-nai": "x" * 201})
    assert response.status_code == 400
    assert "at most 200 characters" in response.content.decode()


@pytest.mark.parametrize("cookie", ["nonsense", "a" * 5000, "W10:forged", ".eJx:forged"])
def test_a_tampered_cookie_is_told_and_a_new_list_begins(client: Client, cookie: str) -> None:
    client.cookies["shortlist"] = cookie
    html = _page(client)
    assert "could not be read" in html
    assert _kept(html) == []
    assert _keep(client, "dong-nai").status_code == 302
    html = _page(client)
    assert (_kept(html), "could not be read" in html) == (["dong-nai"], False)


def test_a_list_of_another_signing_is_not_taken(client: Client) -> None:
    good = signed(Shortlist((Kept("dong-nai"),)))
    client.cookies["shortlist"] = good.replace(good[-1], "A" if good[-1] != "A" else "B")
    assert "could not be read" in _page(client)


def test_stale_and_former_slugs_are_named_and_keep_their_notes(client: Client) -> None:
    entries = (Kept("binh-duong", note="n1"), Kept("gone-park", note="n2"))
    client.cookies["shortlist"] = signed(Shortlist(entries))
    html = _page(client)
    assert _kept(html) == ["binh-duong", "gone-park"]
    assert "Ho Chi Minh City</a>" in html
    assert "kept as “binh-duong”, a former province" in html
    assert "No longer in the catalogue: gone-park." in html
    assert ">n1</textarea>" in html
    assert ">n2</textarea>" in html


def test_the_link_shows_the_list_and_it_can_be_taken_over(client: Client) -> None:
    for slug in ("dong-nai", "long-duc", "hai-phong"):
        _keep(client, slug)
    _do(client, "drop:hai-phong", **{"reason-hai-phong": "people", "note-dong-nai": "見学済み"})
    link = _link(_page(client, f"profile={quote(PROFILE, safe='')}"))
    other = Client()
    _keep(other, "da-nang")
    html = other.get(link).content.decode()
    assert "見学済み" in html
    assert "<textarea" not in html
    assert "<strong>People are hard to find</strong>" in html
    assert "confirmed " in html
    fields = {
        name: re.findall(f'type="hidden" name="{name}" value="([^"]+)"', html)
        for name in ("keep", "notes")
    }
    assert other.post(LIST, {"do": "take", **fields}).status_code == 302
    mine = other.get(LIST).content.decode()
    assert (_kept(mine), _dropped(mine)) == (["da-nang", "dong-nai", "long-duc"], ["hai-phong"])
    assert ">見学済み</textarea>" in mine
    assert _kept(_page(client)) == ["dong-nai", "long-duc"]  # the sender's is as it was


def test_taking_over_never_pushes_out_what_is_kept(client: Client) -> None:
    slugs = re.findall(r'id="place-([\w-]+)"', _results(client))[: MOST + 1]
    client.cookies["shortlist"] = signed(Shortlist(tuple(Kept(slug) for slug in slugs[:MOST])))
    response = client.post(LIST, {"do": "take", "keep": slugs[1:]})
    assert response.status_code == 409
    assert _kept(_page(client)) == slugs[:MOST]


def test_broken_notes_leave_the_places_of_the_link(client: Client) -> None:
    html = _page(client, "keep=dong-nai&keep=long-duc&notes=W10%3Abroken", 400)
    assert "The notes in the address cannot be read" in html
    assert "Long Duc" in html
    html = _page(client, "keep=dong-nai&keep=atlantis", 400)
    assert "Not in the catalogue: atlantis" in html
    assert ">Dong Nai</a>" in html


def test_a_long_list_is_linked_without_its_notes_and_says_so(client: Client) -> None:
    slugs = re.findall(r'id="place-([\w-]+)"', _results(client, "park"))[:MOST]
    lists = (
        Shortlist(
            tuple(
                Kept(slug, "".join(chr(0x4E00 + (n * 97 + 31 * at) % 20000) for n in range(length)))
                for at, slug in enumerate(slugs)
            )
        )
        for length in range(200, 0, -1)
    )
    longest = next(text for one in lists if len(text := signed(one)) <= LARGEST_TEXT)
    client.cookies["shortlist"] = longest
    html = _page(client)
    assert "notes=" not in _link(html)
    assert "The notes are too long for a link and are not in it." in html


def test_kept_places_lead_to_comparisons_of_one_kind(client: Client) -> None:
    for slug in ("dong-nai", "long-duc", "hai-phong", "amata-bien-hoa"):
        _keep(client, slug)
    html = _page(client)
    links = re.findall(r'href="/en/compare/\?([^"]+)"', html)
    assert [entities.unescape(link) for link in links] == [
        "place=dong-nai&place=hai-phong",
        "place=long-duc&place=amata-bien-hoa",
    ]


@pytest.mark.parametrize("do", ["dance", "up", "", "keep:atlantis"])
def test_a_button_that_no_page_has_is_refused(client: Client, do: str) -> None:
    _keep(client, "dong-nai")
    response = _do(client, do)
    assert response.status_code in (302, 400)
    assert _kept(_page(client)) == ["dong-nai"]


def test_a_place_that_is_not_in_the_catalogue_is_not_kept(client: Client) -> None:
    response = _keep(client, "atlantis")
    assert response.status_code == 400
    assert "Nothing was kept" in response.content.decode()
    assert client.get(f"{LIST}keep/").status_code == 302


def test_the_button_answers_in_place_where_scripts_run(client: Client) -> None:
    headers = {**OWN, "HX-Request": "true"}
    response = client.post(f"{LIST}keep/", {"place": "dong-nai"}, headers=headers)
    assert response.status_code == 200
    assert response.content.decode().strip().startswith('<p class="keep" role="status">')
    assert _kept(_page(client)) == ["dong-nai"]
