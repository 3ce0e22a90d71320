"""The profiles that a person keeps: only theirs, as many as allowed, gone when they leave."""

import json
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from matching import profiles
from matching.models import Match, StoredProfile
from portal.accounts.models import Invitation, Membership, User
from tests.localities.people import operator
from tests.portal.signing import account, confirm_again, said, signed_in

pytestmark = pytest.mark.django_db
QUERY = "sector=fabricated-metal&stage=consider"


def _signed_in(name: str = "mai") -> Client:
    return signed_in(account(name))


def _kept(client: Client, title: str = "Dies for Osaka") -> StoredProfile:
    answer = client.post("/en/profiles/new/", {"profile": QUERY, "title": title})
    assert answer.status_code == 302, said(answer)
    return StoredProfile.objects.get(title=title)


def test_a_profile_is_kept_from_its_results_and_opens_them_again() -> None:
    client = _signed_in()
    results = client.get(f"/en/matching/results/?{QUERY}").content.decode()
    address = f"/en/profiles/new/?profile={QUERY.replace('=', '%3D').replace('&', '%26')}"
    assert f'href="{address}"' in results
    assert 'name="title"' in client.get(address).content.decode()
    profile = _kept(client)
    assert (profile.query, profile.findable) == (QUERY, False)
    assert "Dies for Osaka" in said(client.get("/en/profiles/"))
    page = client.get(f"/en/profiles/{profile.pk}/").content.decode()
    assert f'/en/matching/results/?{QUERY.replace("&", "&amp;")}"' in page


def test_a_stranger_signs_in_first_and_comes_back_to_keep(client: Client) -> None:
    asked = f"/en/profiles/new/?{urlencode({'profile': QUERY})}"
    answer = client.get(asked)
    assert answer["Location"] == f"/en/account/login/?{urlencode({'next': asked}, safe='/')}"


@pytest.mark.parametrize(
    "query", ["", "sector=none", "sector=fabricated-metal&colour=red", "a" * 5000]
)
def test_what_is_no_profile_is_not_kept(query: str) -> None:
    client = _signed_in()
    answer = client.post("/en/profiles/new/", {"profile": query, "title": "x"})
    assert answer["Location"] == "/en/matching/"
    assert not StoredProfile.objects.exists()


def test_a_profile_is_renamed_and_found_by_officers_only_with_consent() -> None:
    client = _signed_in()
    profile = _kept(client)
    address = f"/en/profiles/{profile.pk}/"
    client.post(address, {"title": "  Dies  for Kobe ", "findable": "on"})
    profile.refresh_from_db()
    assert (profile.title, profile.findable) == ("Dies for Kobe", True)
    client.post(address, {"title": "Dies for Kobe"})
    profile.refresh_from_db()
    assert profile.findable is False
    for title, text in ((" ", "Give the profile a title."), ("x" * 121, "at most 120 signs")):
        answer = client.post(address, {"title": title})
        assert (answer.status_code, text in said(answer)) == (400, True)
    profile.refresh_from_db()
    assert profile.title == "Dies for Kobe"


def test_results_are_stored_and_tell_what_moved() -> None:
    client = _signed_in()
    profile = _kept(client)
    client.post(f"/en/profiles/{profile.pk}/matches/")
    match = Match.objects.get()
    assert (match.owner, match.profile) == (profile.owner, profile)
    assert match.question == {"profile": {"sector": "fabricated-metal", "stage": "consider"}}
    answer = client.get(f"/en/profiles/{profile.pk}/matches/{match.pk}/")
    assert "Nothing: every place stands where it stood." in said(answer)
    Match.objects.update(engine_version="0")
    answer = client.get(f"/en/profiles/{profile.pk}/matches/{match.pk}/")
    assert "The match was made by engine 0" in said(answer)


def test_nobody_sees_or_touches_the_profiles_of_others() -> None:
    owner = _signed_in()
    profile = _kept(owner)
    owner.post(f"/en/profiles/{profile.pk}/matches/")
    match = Match.objects.get()
    other = _signed_in("somebody")
    own = _kept(other, "Mine")
    at = f"/en/profiles/{profile.pk}/"
    for answer in (
        other.get(at),
        other.post(at, {"title": "Stolen", "findable": "on"}),
        other.post(f"{at}delete/"),
        other.post(f"{at}matches/"),
        other.get(f"{at}matches/{match.pk}/"),
        other.get(f"/en/profiles/{own.pk}/matches/{match.pk}/"),
    ):
        assert answer.status_code == 404
        assert "Dies for Osaka" not in answer.content.decode()
    assert "Dies for Osaka" not in said(other.get("/en/profiles/"))
    assert "Dies for Osaka" not in other.get("/en/account/data.json").content.decode()
    assert Client().get(at).status_code == 302
    before = (profile.title, profile.findable)
    profile.refresh_from_db()
    assert ((profile.title, profile.findable), Match.objects.count()) == (before, 1)


def test_a_person_keeps_fifty_profiles() -> None:
    client = _signed_in()
    owner = User.objects.get()
    StoredProfile.objects.bulk_create(
        StoredProfile(owner=owner, title=str(number), query=QUERY)
        for number in range(profiles.MOST)
    )
    answer = client.post("/en/profiles/new/", {"profile": QUERY, "title": "one more"})
    assert answer.status_code == 400
    assert "You can keep at most 50 profiles." in said(answer)
    assert StoredProfile.objects.count() == 50


def test_a_profile_is_deleted_with_its_results() -> None:
    client = _signed_in()
    profile = _kept(client)
    client.post(f"/en/profiles/{profile.pk}/matches/")
    client.post(f"/en/profiles/{profile.pk}/delete/")
    assert (StoredProfile.objects.count(), Match.objects.count()) == (0, 0)


def test_a_person_takes_along_what_they_gave() -> None:
    client = _signed_in()
    profile = _kept(client)
    client.post(f"/en/profiles/{profile.pk}/matches/")
    answer = client.get("/en/account/data.json")
    assert answer["Content-Disposition"] == 'attachment; filename="tsunagari-account.json"'
    assert "no-store" in answer["Cache-Control"]
    given = json.loads(answer.content)
    assert given["account"]["email"] == "mai@example.org"
    assert [(each["title"], each["address"]) for each in given["profiles"]] == [
        ("Dies for Osaka", QUERY)
    ]
    assert given["profiles"][0]["results"][0]["ranking"] == Match.objects.get().ranking
    assert "password" not in answer.content.decode()


def test_a_person_deletes_the_account_with_all_of_it() -> None:
    other = _kept(_signed_in("somebody"), "Of somebody else")
    client = _signed_in()
    profile = _kept(client)
    client.post(f"/en/profiles/{profile.pk}/matches/")
    address = "/en/account/leave/"
    assert client.post(address).status_code == 302  # asked who it is first
    assert User.objects.filter(email="mai@example.org").exists()
    confirm_again(client)
    client.post(address)
    assert not User.objects.filter(email="mai@example.org").exists()
    assert list(StoredProfile.objects.all()) == [other]
    assert not Match.objects.exists()
    assert client.get("/en/account/").status_code == 302


def test_invitations_of_a_person_go_with_them_and_into_what_they_take_along() -> None:
    client = _signed_in()
    user, of = User.objects.get(), operator()
    unproven = EmailAddress.objects.create(user=user, email="rin@example.org", verified=False)
    for number, email in enumerate(("mai@example.org", unproven.email, "mai@old.example.org")):
        Invitation.objects.create(
            email=email,
            organisation=of,
            role="editor",
            digest=str(number),
            expires_at=timezone.now(),
            accepted_by=user if email.endswith("old.example.org") else None,
        )
    given = json.loads(client.get("/en/account/data.json").content)["account"]["invitations"]
    assert [(one["email"], one["organisation"], one["role"]) for one in given] == [
        ("mai@old.example.org", "operator", "editor"),
        ("mai@example.org", "operator", "editor"),
    ]
    confirm_again(client)
    client.post("/en/account/leave/")
    assert list(Invitation.objects.values_list("email", flat=True)) == [unproven.email]


def test_the_only_administrator_does_not_leave() -> None:
    client = _signed_in()
    user = User.objects.get()
    Membership.objects.create(user=user, organisation=operator(), role="administrator")
    _kept(client)
    confirm_again(client)
    answer = client.post("/en/account/leave/")
    assert (answer.status_code, StoredProfile.objects.count()) == (400, 1)
    assert "Make somebody else an administrator first." in said(answer)
