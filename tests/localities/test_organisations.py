"""The public page of who curates what: organisations, never people."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from localities.curation.apply import apply
from portal.accounts.models import Organisation
from tests.localities.people import member, operator, organisation
from tests.localities.test_desk import proposed

pytestmark = pytest.mark.django_db


def _rows(client: Client, language: str) -> list[list[str]]:
    html = client.get(f"/{language}/organisations/").content.decode()
    body = re.search(r"<tbody>(.*)</tbody>", html, re.S)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in rows]
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def test_each_organisation_stands_with_what_it_curates_and_contributed(client: Client) -> None:
    operator()
    osaka = organisation("osaka", curates="dong-nai")
    organisation("osaka", curates="hue", record_kind="industrial-park")
    hyogo = organisation("hyogo")
    organisation("nara")  # neither curates nor contributed
    organisation("mie", curates="hai-phong")
    Organisation.objects.filter(key="mie").update(is_active=False)
    reviewer = member("reviewer", "reviewer", osaka)
    apply(proposed(member("editor", "editor", osaka)), reviewer=reviewer)
    apply(proposed(member("guest", "editor", hyogo), of="hyogo", clinic=True), reviewer=reviewer)
    assert _rows(client, "en") == [
        ["Hyogo Japanese prefecture or city", "nothing; it proposes", "1", "1"],
        ["Osaka Japanese prefecture or city", "Hue · industrial parks Dong Nai", "1", "2"],
        ["Operator Operator of this portal", "all that nobody else is named for", "0", "0"],
    ]
    html = client.get("/vi/organisations/").content.decode()
    assert "Reviewer" not in html
    assert "example.org" not in html


def test_nothing_to_tell_is_said(client: Client) -> None:
    assert "登録された機関はまだありません。" in client.get("/ja/organisations/").content.decode()


def test_the_page_reads_as_much_for_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    operator()
    organisation("osaka", curates="dong-nai")
    client.get("/en/organisations/")
    with django_assert_num_queries(3):
        client.get("/en/organisations/")
    for province in ("hue", "hai-phong", "da-nang"):
        organisation(f"of-{province}", curates=province)
    with django_assert_num_queries(3):
        client.get("/en/organisations/")
