"""The page about the data: the engine's own declarations, what is known, and how well it does."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from localities.models import Observation
from localities.queries import catalogue
from matching.coverage import coverage
from matching.engine.criteria import CRITERIA
from matching.method import backtest_headline
from matching.snapshot import current

pytestmark = pytest.mark.django_db


def _page(client: Client, language: str = "en") -> str:
    response = client.get(f"/{language}/about/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def _row(html: str, code: str) -> str:
    found = re.search(rf'<tr id="{re.escape(code)}">.*?</tr>', html, re.S)
    assert found, code
    return found[0]


def test_every_criterion_stands_there_with_its_basis_and_coverage(client: Client) -> None:
    html = _page(client)
    facts = current().facts
    for line in coverage(current()):
        row = _row(html, line.criterion.code)
        assert line.criterion.basis in row
        assert f">{line.provinces} / {facts.provinces}<" in row
        assert f">{line.parks} / {facts.parks}<" in row


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_every_basis_is_told_in_the_readers_language(client: Client, language: str) -> None:
    html = _page(client, language)
    with translation.override(language):
        left = [c.basis for c in CRITERIA if translation.gettext(c.basis) == c.basis]
    assert left == []
    assert [c.code for c in CRITERIA if c.basis in _row(html, c.code)] == []


def test_bounds_are_those_that_the_criterion_declares(client: Client) -> None:
    html = _page(client)
    assert "30 → 1; 250 → 0" in _row(html, "hard.japan_flights")
    assert "20 → 1; 150 → 0" in _row(html, "hard.seaport")
    assert "0.9× → 1; 1.5× → 1" in _row(html, "hard.unit_size")
    assert "→" not in _row(html, "sector.priority")
    assert "0,9× → 1" in _row(_page(client, "vi"), "hard.unit_size")


def test_the_back_tests_headline_is_that_of_its_page(client: Client) -> None:
    headline = backtest_headline()
    html = _page(client)
    assert f"Of {headline.cases} published decisions, {headline.found:.0f} stand" in html
    page = unescape(client.get("/en/about/backtest/").content.decode())
    assert f"{headline.cases} published decisions" in page


def test_ages_are_those_of_the_oldest_and_the_newest_figure() -> None:
    found = catalogue.ages()
    known = set(Observation.objects.values_list("period", flat=True))
    assert {found.oldest, found.newest} <= known
    assert found.oldest is not None
    assert found.newest is not None
    assert found.oldest[:4] == min(period[:4] for period in known)
    assert found.newest[:4] == max(period[:4] for period in known)


def test_the_page_needs_few_queries_warm(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/ja/about/")
    with django_assert_max_num_queries(6):
        client.get("/ja/about/")
