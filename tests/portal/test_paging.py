"""Pages by cursor hold every row once, in order, whatever happens between two of them."""

from itertools import product
from typing import Any

import pytest
from django.test import Client

from portal.jobs.models import Job

pytestmark = [pytest.mark.usefixtures("no_jobs"), pytest.mark.urls("tests.portal.job_api")]
TOTALS = [None, 3, 1, 3, None, 2, 3, None, 0, 3]


@pytest.fixture
def jobs() -> list[Job]:
    """Ten jobs with ties and unknown values, made in an order that is none."""
    return [Job.objects.create(kind=f"kind-{n}", progress_total=t) for n, t in enumerate(TOTALS)]


def row(job: Job) -> dict[str, Any]:
    return {
        "kind": job.kind,
        "progress_done": job.progress_done,
        "progress_total": job.progress_total,
    }


def in_order(jobs: list[Job], *, descending: bool = False) -> list[dict[str, Any]]:
    """What the paginator promises, said in Python: unknown last, ties by key."""
    sign = -1 if descending else 1
    return [
        row(job)
        for job in sorted(
            jobs,
            key=lambda job: (job.progress_total is None, sign * (job.progress_total or 0), job.pk),
        )
    ]


def pages(client: Client, address: str, link: str = "next") -> list[list[dict[str, Any]]]:
    found = []
    following: str | None = address
    while following:
        answer = client.get(following).json()
        found.append(answer["results"])
        following = answer[link]
    return found


@pytest.mark.parametrize(
    ("size", "descending"), list(product([1, 2, 3, 4, 9, 10, 11], [False, True]))
)
def test_pages_hold_every_row_once_in_order(
    client: Client, jobs: list[Job], size: int, descending: bool
) -> None:
    sign = "-" if descending else ""
    found = pages(client, f"/api/v1/jobs/?ordering={sign}total&page_size={size}")
    assert [each for page in found for each in page] == in_order(jobs, descending=descending)
    assert {len(page) for page in found[:-1]} <= {size}


@pytest.mark.parametrize(("size", "descending"), list(product([1, 3, 5], [False, True])))
def test_previous_leads_back_over_the_same_pages(
    client: Client, jobs: list[Job], size: int, descending: bool
) -> None:
    address: str | None = f"/api/v1/jobs/?ordering={'-' * descending}total&page_size={size}"
    seen = []
    while address:
        answer = client.get(address).json()
        seen.append(answer["results"])
        address = answer["next"]
    back = pages(client, answer["previous"], "previous")
    assert back[::-1] == seen[:-1]


def test_page_by_default_is_in_the_views_order_and_alone(client: Client, jobs: list[Job]) -> None:
    assert client.get("/api/v1/jobs/").json() == {
        "next": None,
        "previous": None,
        "results": [row(job) for job in jobs],
    }


def test_page_of_nothing_is_empty(client: Client) -> None:
    assert client.get("/api/v1/jobs/").json() == {"next": None, "previous": None, "results": []}


def test_rows_added_between_pages_move_no_other_row(client: Client, jobs: list[Job]) -> None:
    first = client.get("/api/v1/jobs/?ordering=total&page_size=4").json()
    Job.objects.create(kind="early", progress_total=0)
    late = Job.objects.create(kind="late", progress_total=9)
    rest = pages(client, first["next"])
    known = in_order([*jobs, late])
    assert first["results"] + [each for page in rest for each in page] == known


def test_filter_stays_on_every_page(client: Client, jobs: list[Job]) -> None:
    Job.objects.filter(kind__in=["kind-1", "kind-2", "kind-3"]).update(progress_done=7)
    found = pages(client, "/api/v1/jobs/?progress_done_min=7&page_size=1")
    assert [page[0]["kind"] for page in found] == ["kind-1", "kind-2", "kind-3"]


def test_same_page_is_the_same_bytes(client: Client, jobs: list[Job]) -> None:
    address = "/api/v1/jobs/?ordering=-total&page_size=3"
    assert client.get(address).content == client.get(address).content


@pytest.mark.parametrize("cursor", ["x", "", "W10:abc", "a:b:c"])
def test_cursor_that_is_none_is_refused(client: Client, jobs: list[Job], cursor: str) -> None:
    response = client.get(f"/api/v1/jobs/?lang=en&cursor={cursor}")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"pointer": "?cursor", "detail": "This is no cursor of this list.", "code": "invalid"}
    ]


def test_cursor_of_another_ordering_is_refused(client: Client, jobs: list[Job]) -> None:
    link = client.get("/api/v1/jobs/?ordering=total&page_size=2").json()["next"]
    response = client.get(link.replace("ordering=total", "ordering=-total") + "&lang=en")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "?cursor",
            "detail": "This cursor belongs to another ordering.",
            "code": "invalid",
        }
    ]


def test_unknown_ordering_names_the_known(client: Client) -> None:
    response = client.get("/api/v1/jobs/?lang=en&ordering=colour")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "?ordering",
            "detail": "Unknown ordering; allowed are kind, -kind, total, -total.",
            "code": "invalid_choice",
        }
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_for_the_version_and_the_rows(
    client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        Job.objects.create(kind=f"kind-{number}")
    with django_assert_num_queries(2):
        client.get("/api/v1/jobs/")
