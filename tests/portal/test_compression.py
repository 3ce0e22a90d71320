"""What goes out compressed, and what keeps its strong ETag instead."""

import gzip

import pytest
from django.test import Client

from tests.matching.contract import ask, example

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("path", ["/ja/", "/en/provinces/", "/en/nowhere/"])
def test_page_is_compressed_for_a_reader_who_takes_it(client: Client, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.content)
    assert gzip.decompress(packed.content) == plain.content


def test_same_page_is_not_twice_as_long(client: Client) -> None:
    """A length that follows from the content alone would give secrets on it away (BREACH)."""
    lengths = {len(client.get("/en/about/", headers=GZIP).content) for _ in range(12)}
    assert len(lengths) > 1


def test_match_of_the_api_is_compressed(client: Client) -> None:
    answer = ask(client, example(), **GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(gzip.decompress(answer.content)) / 4


def test_catalogue_read_keeps_its_strong_etag_and_its_304(client: Client) -> None:
    path = "/api/v1/provinces/?page_size=200"
    plain = client.get(path)
    asked = client.get(path, headers=GZIP)
    etag = asked.headers["ETag"]
    assert etag == plain.headers["ETag"]
    assert etag.startswith('"')
    assert "Content-Encoding" not in asked.headers
    assert asked.content == plain.content
    again = client.get(path, headers={**GZIP, "If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
