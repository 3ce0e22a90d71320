"""Answers name their catalogue version and are not sent again to a reader who has them."""

import pytest
from django.test import Client

from localities.models import Catalogue
from portal.jobs.models import Job

pytestmark = [pytest.mark.usefixtures("no_jobs"), pytest.mark.urls("tests.portal.job_api")]


@pytest.fixture(autouse=True)
def catalogue(no_jobs: None) -> Catalogue:
    Job.objects.create(kind="one")
    catalogue, _made = Catalogue.objects.update_or_create(id=1, defaults={"version": 7})
    return catalogue


def etag(client: Client, path: str = "/api/v1/jobs/", **headers: str) -> str:
    return client.get(path, headers=headers).headers["ETag"]


@pytest.mark.parametrize("path", ["/api/v1/jobs/", "/api/v1/jobs/none/", "/api/v1/none/"])
def test_every_answer_names_its_catalogue_version(client: Client, path: str) -> None:
    assert client.get(path).headers["Catalogue-Version"] == "7"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Transfer-Encoding": "chunked"}, 411),
        ({"Host": "evil.example"}, 400),
        ({"Cookie": "a=\0"}, 400),
    ],
)
def test_an_answer_of_no_view_names_it_too(
    client: Client, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/api/v1/echo/", headers=headers)
    assert (answer.status_code, answer.headers["Catalogue-Version"]) == (status, "7")


def test_reader_who_has_the_answer_gets_304_without_a_body(client: Client) -> None:
    known = etag(client)
    response = client.get("/api/v1/jobs/", headers={"If-None-Match": f'"other", W/{known}'})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == known
    assert response.headers["Catalogue-Version"] == "7"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["Vary"] == "Accept-Language"


def test_304_reads_the_version_alone(client: Client, django_assert_num_queries: object) -> None:
    known = etag(client)
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/api/v1/jobs/", headers={"If-None-Match": known})


def test_etag_is_strong_and_the_same_for_the_same_question(client: Client) -> None:
    assert etag(client) == etag(client)
    assert etag(client).startswith('"')


def test_etag_differs_by_version_address_and_language(
    client: Client, catalogue: Catalogue, settings: object
) -> None:
    tags = [
        etag(client),
        etag(client, "/api/v1/jobs/?page_size=1"),
        etag(client, "/api/v1/jobs/one/"),
        etag(client, **{"Accept-Language": "vi"}),
        etag(client, "/api/v1/jobs/?lang=ja"),
    ]
    catalogue.version = 8
    catalogue.save(update_fields=["version"])
    tags.append(etag(client))
    settings.RELEASE = "another"  # type: ignore[attr-defined]
    tags.append(etag(client))
    assert len(set(tags)) == len(tags)


def test_errors_have_no_etag(client: Client) -> None:
    assert "ETag" not in client.get("/api/v1/jobs/none/").headers
