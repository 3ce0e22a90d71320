"""What a changeset would do to matches: whole tables, counts that name nobody, nothing written."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from localities.curation.apply import apply
from localities.curation.propose import draft, propose
from localities.curation.values import stored as catalogue_of
from localities.models import KINDS, Catalogue, Changeset, Edit, IndustrialPark, Source
from matching import profiles, snapshot
from matching.engine.must_haves import MET, UNKNOWN
from matching.impact import FEWEST, Count, Impact, askers, before_and_after, compare, impact
from matching.models import StoredSnapshot
from matching.stored import keep
from portal.accounts.models import User
from tests.localities.people import member, organisation

pytestmark = pytest.mark.django_db

PARK = "long-duc"  # in Dong Nai
OFFER = "clinic"
WANTS: dict[str, Any] = {"profile": {"sector": "fabricated-metal"}, "must_haves": [OFFER]}


@pytest.fixture
def editor() -> User:
    return member("editor", "editor", organisation("osaka", curates="dong-nai"))


def changed(editor: User, **fields: Any) -> Changeset:
    """A proposed changeset with new values of the park."""
    park = catalogue_of(KINDS["industrial-park"], [PARK])[PARK].values
    source = Source.objects.filter(is_active=True).order_by("key").first()
    edits = [
        Edit(
            action="update",
            record_kind="industrial-park",
            record=PARK,
            field=field,
            old=park[field],
            new=new,
            source=source,
        )
        for field, new in fields.items()
    ]
    made = draft("Trial", edits, author=editor, organisation=organisation("osaka"))
    return propose(made, actor=editor)


def companies(number: int, question: Any = WANTS) -> None:
    for index in range(number):
        owner = User.objects.create_user(f"company-{index}@example.org", name=f"Firm {index}")
        for _twice in range(2):  # the same company counts once
            keep(question, snapshot=snapshot.current(), owner=owner)


def offer_of(found: Impact) -> list[tuple[str, str, int, int, Count]]:
    return [(each.code, each.slug, each.before, each.after, each.count) for each in found.states]


@pytest.mark.parametrize(
    ("number", "told"), [(FEWEST, FEWEST), (2 * FEWEST - 1, FEWEST), (2 * FEWEST, 2 * FEWEST)]
)
def test_an_offer_that_is_confirmed_is_counted_by_company_in_steps(
    number: int, told: int, editor: User
) -> None:
    IndustrialPark.objects.filter(pk=PARK).update(**{OFFER: None})
    companies(number)
    found = impact(changed(editor, **{OFFER: True}))
    asked = sum(OFFER in a.question.must_haves for a in askers(snapshot.current())[2 * number :])
    assert offer_of(found) == [(OFFER, PARK, UNKNOWN, MET, Count(told, asked, 0))]
    assert found.looked_at == Count(told, 10, len(_cases()))


def _cases() -> list[Any]:
    return [asker for asker in askers(snapshot.current()) if asker.group == "cases"]


def test_profiles_count_that_companies_keep_without_a_match(editor: User) -> None:
    IndustrialPark.objects.filter(pk=PARK).update(**{OFFER: None})
    for index in range(FEWEST):
        owner = User.objects.create_user(f"company-{index}@example.org", name=f"Firm {index}")
        profiles.save(owner, title="Plan", query=f"sector=fabricated-metal&must={OFFER}")
    found = impact(changed(editor, **{OFFER: True}))
    assert [each.count.stored for each in found.states] == [FEWEST]
    assert found.looked_at.stored == FEWEST


def test_a_province_may_be_taken_out(editor: User) -> None:
    """With its cases, and with those that name it as their customers'."""
    why = {"record_kind": "province", "record": "dong-nai", "source_note": "Merged"}
    taken = [Edit(action="deactivate", **why)]
    made = draft("Taken out", taken, author=editor, organisation=organisation("osaka"))
    one = propose(made, actor=editor)
    left = impact(one)
    assert ("dong-nai", False) in [(move.slug, move.enters) for move in left.moves]
    apply(one, reviewer=member("reviewer", "reviewer", organisation("osaka")))
    asking = askers(snapshot.current())
    assert 0 < len([asker for asker in asking if asker.group == "cases"]) < left.looked_at.cases
    assert impact(changed(editor, tenants_count=71)).nothing


def test_fewer_companies_than_five_are_not_counted(editor: User) -> None:
    IndustrialPark.objects.filter(pk=PARK).update(**{OFFER: None})
    companies(FEWEST - 1)
    found = impact(changed(editor, **{OFFER: True}))
    assert [each.count.stored for each in found.states] == [None]
    assert (found.looked_at.stored, found.moved.stored) == (None, None)


def test_a_number_that_too_few_ask_for_is_not_told(editor: User) -> None:
    question = {
        "profile": {"sector": "fabricated-metal", "rent_budget_usd_m2_month": 1.0},
        "must_haves": ["rent_within_budget"],
    }
    companies(FEWEST - 1, question)
    rent = {"factory_rent_usd_m2_month_min": 0.5, "factory_rent_usd_m2_month_max": 0.6}
    one = changed(editor, **rent)
    told = {each.code for each in impact(one).states if each.count.reference == 0}
    assert "rent_within_budget" not in told


def test_it_says_what_applying_then_does(editor: User) -> None:
    """The first three that it foretells are those of the catalogue once it is applied."""
    offers = {f.name: True for f in IndustrialPark._meta.fields if f.name in _offers()}
    one = changed(editor, **_news(offers))
    before, after = before_and_after(one)
    asking = askers(before)
    foretold = compare(before, after, asking)
    assert foretold.states

    apply(one, reviewer=member("reviewer", "reviewer", organisation("osaka")))
    today = snapshot.current()
    assert today.version == before.version + 1
    assert compare(before, today, asking) == foretold
    assert compare(after, today, asking).nothing


def _offers() -> tuple[str, ...]:
    from matching.engine.facts import OFFERS

    return OFFERS


def _news(offers: dict[str, Any]) -> dict[str, Any]:
    park = catalogue_of(KINDS["industrial-park"], [PARK])[PARK].values
    return {name: new for name, new in offers.items() if park[name] != new}


def test_nothing_is_written(editor: User) -> None:
    one = changed(editor, tenants_count=71)
    snapshot.current()
    kept = list(StoredSnapshot.objects.values_list("catalogue_version", "digest"))
    found = impact(one)
    assert found.nothing
    assert IndustrialPark.objects.get(pk=PARK).tenants_count == 70
    assert Catalogue.objects.get().version == found.version == 1
    assert list(StoredSnapshot.objects.values_list("catalogue_version", "digest")) == kept


def officer(user: User) -> Client:
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
    client = Client()
    client.force_login(user)
    return client


def test_the_box_tells_it_in_words_and_names_no_company(editor: User) -> None:
    IndustrialPark.objects.filter(pk=PARK).update(**{OFFER: None})
    companies(FEWEST)
    one = changed(editor, **{OFFER: True})
    client = officer(editor)
    page = client.get(f"/en/desk/changesets/{one.pk}/impact/")
    part = client.get(f"/en/desk/changesets/{one.pk}/impact/", headers={"HX-Request": "true"})
    text = " ".join(part.content.decode().split())
    assert "If applied: for 5 companies or more that must have <strong>" in text
    assert "from “to be confirmed” to “met”" in text
    assert "<html" not in text
    assert "<html" in page.content.decode()
    assert "Firm" not in text
    assert "example.org" not in text


def test_others_do_not_see_it(editor: User) -> None:
    one = changed(editor, tenants_count=71)
    address = f"/ja/desk/changesets/{one.pk}/impact/"
    hyogo = member("hyogo", "administrator", organisation("hyogo", curates="hai-phong"))
    assert officer(hyogo).get(address).status_code == 404
    company = Client()
    company.force_login(User.objects.create_user("company@example.org"))
    assert company.get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_a_clash_is_told_in_place_of_numbers(editor: User) -> None:
    one = changed(editor, tenants_count=71)
    IndustrialPark.objects.filter(pk=PARK).update(tenants_count=72)
    text = officer(editor).get(f"/en/desk/changesets/{one.pk}/impact/").content.decode()
    assert "its effect can&#x27;t be told yet" in text or "its effect can't be told yet" in text
