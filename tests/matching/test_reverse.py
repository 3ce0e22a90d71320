"""The match seen from the place: five companies or nothing, names by consent, and only at home."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from localities.models import ProvinceInfrastructure
from matching import snapshot
from matching.carried import read_carried
from matching.matchmaking import evaluate_question
from matching.models import ProfileFit, StoredProfile
from matching.reverse import Told, outdated, refresh, size_of, told
from portal.accounts.models import User
from portal.jobs.models import Job
from tests.localities.people import member, operator, organisation

pytestmark = pytest.mark.django_db

NOTHING = Told(0, [], [], [], [])


def first_province(query: str) -> str:
    today = snapshot.current()
    question = read_carried(query, today).question
    assert question is not None
    result = evaluate_question(question, snapshot=today)
    return today.provinces[int(result.order[0])].slug


def kept(number: int, *, findable: bool = True, **asked: str) -> list[StoredProfile]:
    """A profile of each of so many companies."""
    query = urlencode({"sector": "fabricated-metal", "employees": "40", **asked})
    begun = User.objects.count()
    return [
        StoredProfile.objects.create(
            owner=User.objects.create_user(f"c{begun + n}@example.org", name=f"Firm {begun + n}"),
            title=f"Dies {begun + n}",
            query=query,
            findable=findable,
        )
        for n in range(number)
    ]


def officer(of: str, province: str | None) -> Client:
    operator()
    user = member(f"of-{of}", "viewer", organisation(of, "vietnamese-province", curates=province))
    Authenticator.objects.create(user=user, type="totp", data={})
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def home() -> str:
    return first_province("sector=fabricated-metal&employees=40")


def test_nothing_is_told_of_four_companies_and_of_five_it_is(home: str) -> None:
    kept(4)
    refresh()
    assert told(home) == NOTHING
    kept(1)
    assert told(home) == NOTHING  # not reckoned yet
    assert refresh() == 1
    found = told(home)
    assert (found.fitting, found.sectors) == (5, [("fabricated-metal", 5)])
    assert found.sizes == [(size_of(40), 5)]
    assert len(found.companies) == 5


def test_one_company_with_five_profiles_is_one(home: str) -> None:
    profiles = kept(5)
    StoredProfile.objects.update(owner=profiles[0].owner)
    refresh()
    assert told(home) == NOTHING


def test_who_did_not_agree_is_not_looked_at(home: str) -> None:
    kept(4)
    kept(5, findable=False)
    assert refresh() == 4
    assert told(home) == NOTHING
    assert ProfileFit.objects.count() == 4


def test_a_consent_taken_back_is_gone_at_once(home: str) -> None:
    profiles = kept(6)
    refresh()
    client = officer("tinh", home)
    address = "/en/desk/companies/"
    gone = profiles[0].owner
    assert gone.name in client.get(address).content.decode()
    StoredProfile.objects.filter(owner=gone).update(findable=False)
    text = client.get(address).content.decode()
    assert gone.name not in text
    assert gone.email not in text
    assert "5 companies or more" in text
    User.objects.filter(pk=profiles[1].owner_id).update(is_active=False)
    text = client.get(address).content.decode()
    assert "Fewer than 5 companies: nothing is told." in text
    assert "example.org" not in text.replace("of-tinh@example.org", "")


def test_one_company_more_moves_no_number_but_at_a_step(home: str) -> None:
    numbers: list[tuple[int, int, int]] = []
    for _more in range(6):
        kept(5 if not numbers else 1)
        refresh()
        found = told(home)
        numbers.append((found.fitting, found.sectors[0][1], found.sizes[0][1]))
    assert numbers == [(5, 5, 5)] * 5 + [(10, 10, 10)]


def test_a_small_cell_is_left_out(home: str) -> None:
    kept(5)
    kept(4, employees="500")
    refresh()
    found = told(home)
    assert found.fitting == 5
    assert found.sizes == [(size_of(40), 5)]


def test_what_the_province_fails_is_told_from_five_on() -> None:
    roads = ProvinceInfrastructure.objects.filter(has_expressway=False)
    far = roads.values_list("province_id", flat=True)[0]
    near = ProvinceInfrastructure.objects.filter(has_expressway=True)[0].province_id
    kept(4, must="expressway")
    kept(3)
    refresh()
    assert told(far).failing == []
    kept(1, must="expressway")
    refresh()
    assert told(far) == replace(NOTHING, failing=[("expressway", 5)])
    assert told(near).failing == []


def test_the_fit_follows_the_profile_and_the_catalogue(home: str) -> None:
    profiles = kept(5)
    assert refresh() == 5
    assert refresh() == 0
    profiles[0].save(update_fields=["updated_at"])
    StoredProfile.objects.filter(pk=profiles[0].pk).update(updated_at="2030-01-01T00:00:00Z")
    assert [one.pk for one in outdated(1)] == [profiles[0].pk]
    assert len(outdated(2)) == 5
    profiles[1].delete()
    assert ProfileFit.objects.count() == 4


def test_only_who_curates_the_province_sees_it(home: str) -> None:
    kept(5)
    refresh()
    other = "hue" if home != "hue" else "da-nang"
    stranger = officer("hue-city", other)
    text = stranger.get("/en/desk/companies/").content.decode()
    assert "Firm" not in text
    answer = stranger.get("/en/desk/companies/", {"province": home})
    assert (answer.status_code, "Firm" in answer.content.decode()) == (400, False)
    nobody = officer("osaka", None)
    assert "curates no province" in nobody.get("/en/desk/companies/").content.decode()
    company = Client()
    company.force_login(User.objects.create_user("company@example.org"))
    assert company.get("/en/desk/companies/").status_code == 403


def test_it_needs_few_queries_and_reckons_nothing_itself(home: str) -> None:
    client = officer("tinh", home)
    counts = []
    for number in (5, 25):
        kept(number)
        refresh()
        client.get("/en/desk/companies/")
        with CaptureQueriesContext(connection) as context:
            assert client.get("/en/desk/companies/").status_code == 200
        counts.append(len(context))
    assert counts[0] == counts[1] <= 12
    kept(1)
    page: Any = None
    for _twice in range(2):
        page = client.get("/en/desk/companies/")
    assert page.context["reckoning"] is True
    assert Job.objects.filter(kind="matching.fits").count() == 1
    assert len(outdated(1)) == 1
