"""Who operates an industrial park curates it, and nothing else: beside its province's steward."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from localities.curation.propose import propose
from localities.models import (
    Changeset,
    ImportFile,
    Indicator,
    IndustrialPark,
    Observation,
    Stewardship,
)
from portal.accounts.models import User
from tests.localities.people import member, officer, operator, organisation, signed_in
from tests.localities.test_changesets_api import ROOT, Officer, begun, proposed, seen
from tests.localities.test_imports import comma, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PARK, OTHER = "hanssip", "thang-long-industrial-park"  # both in Ha Noi
FIGURE = "hanssip-trial"
SOURCE = {"title": "Visit of October 2026", "publisher": "Osaka Prefecture", "published": "2026-10"}


def edit(kind: str, key: str, field: str = "", new: Any = None, **more: str) -> dict[str, Any]:
    """An edit as the API takes it, with a source."""
    told = {"kind": kind, "key": key, "field": field, "new": new, "as_of": "2026-10-02"}
    return {**told, "source": SOURCE, **more}


def of_park(key: str) -> dict[str, Any]:
    return edit("industrial-park", key, "tenants_count", 71)


PROVINCE = edit("province", "ha-noi", "area_km2", 3359.5)
NEW_FIGURE = {
    "indicator": "pci_score",
    "park": PARK,
    "period": "2031",
    "value_min": 60,
    "value_max": 60,
}
MOVED = [
    edit("industrial-park", PARK, "province", "hue"),
    edit("industrial-park", PARK, "former_province", None),
]
ALL = ("park", "other-park", "province", "hue", "operator")

# What is proposed, who sees it while it waits, and who decides on it.
CASES: dict[str, tuple[list[dict[str, Any]], set[str], set[str]]] = {
    "the park": (
        [of_park(PARK)],
        {"park", "province", "operator"},
        {"park", "province"},
    ),
    "a figure of the park": (
        [edit("observation", FIGURE, "value_max", 62)],
        {"park", "province", "operator"},
        {"park", "province"},
    ),
    "a new figure of the park": (
        [edit("observation", "hanssip-new", new=NEW_FIGURE, action="create")],
        {"park", "province", "operator"},
        {"park", "province"},
    ),
    "where sources differ on the park": (
        [edit("discrepancy", "hanssip-total_area_ha-nearly-600-ha", "reason_en", "A survey.")],
        {"park", "province", "operator"},
        {"park", "province"},
    ),
    "another park": (
        [of_park(OTHER)],
        {"other-park", "province", "operator"},
        {"other-park", "province"},
    ),
    "the province": ([PROVINCE], {"province", "operator"}, {"province"}),
    "the park and its province": (
        [of_park(PARK), PROVINCE],
        {"park", "province", "operator"},
        {"province"},
    ),
    "the park and another": (
        [of_park(PARK), of_park(OTHER)],
        {"park", "other-park", "province", "operator"},
        {"province"},
    ),
    "the park and one elsewhere": (
        [of_park(PARK), of_park("la-son")],
        {"park", "province", "hue", "operator"},
        {"operator"},
    ),
    "the park moves to another province": (
        MOVED,
        {"province", "hue", "operator"},
        {"operator"},
    ),
    "a figure moves to another park": (
        [edit("observation", FIGURE, "park", OTHER)],
        {"province", "operator"},
        {"province"},
    ),
    "who curates the park": (
        [edit("stewardship", "park-hanssip-none", "organisation", "osaka")],
        {"operator"},
        {"operator"},
    ),
}


@pytest.fixture
def people() -> dict[str, Officer]:
    """A reviewer of each organisation, with a figure of the park in the catalogue."""
    operator()
    organisation("park", "park-operator", park=PARK)
    organisation("other-park", "park-operator", park=OTHER)
    organisation("province", "vietnamese-province", curates="ha-noi")
    organisation("hue", "vietnamese-province", curates="hue")
    indicator = Indicator.objects.get(key="pci_score")
    values = {"indicator": indicator, "period": "2030", "value_min": 60, "value_max": 61}
    Observation.objects.create(key=FIGURE, park_id=PARK, **values)
    return {name: Officer(member(f"at-{name}", "reviewer", organisation(name))) for name in ALL}


def by_osaka(*edits: Any) -> Any:
    """A proposal of an editor who curates nothing."""
    osaka = organisation("osaka")
    editor = User.objects.filter(memberships__organisation=osaka).first()
    return proposed(Officer(editor or member("editor", "editor", osaka)), *edits)


def sends_back(who: Officer, made: Any) -> int:
    """The status of sending `made` back, which is undone."""
    with transaction.atomic():
        address = f"{made['number']}/return/"
        answer = who.send("post", address, {"comment": "No"}, **seen(made))
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.parametrize("case", CASES)
def test_who_sees_and_who_decides(case: str, people: dict[str, Officer]) -> None:
    edits, sees, decides = CASES[case]
    made = by_osaka(*edits)
    number = made["number"]
    address = reverse("desk:changeset", args=[number])
    expected = {
        name: (
            200 if name in sees else 404,
            name in sees,
            name in sees,
            name in decides,
            200 if name in decides else 403 if name in sees else 404,
        )
        for name in ALL
    }
    found = {}
    for name, who in people.items():
        page = who.get(address)
        rows = who.get(reverse("desk:changesets")).context["part"].rows
        told = who.get(ROOT, {"state": "proposed"}).json()["results"]
        found[name] = (
            page.status_code,
            number in [one.pk for one in rows],
            number in [one["number"] for one in told],
            page.status_code == 200 and page.context["opened"].may.decide,
            sends_back(who, made),
        )
    assert found == expected
    first = people[min(decides)]
    answer = first.send("post", f"{number}/apply/", **seen(made))
    assert (answer.status_code, answer.json()["reviewing_organisation"]) == (200, min(decides))


def test_the_narrower_of_a_parks_stewards_is_asked(people: dict[str, Officer]) -> None:
    organisation("hue", park=PARK, record_kind="observation")
    made = by_osaka(*CASES["a figure of the park"][0])
    found = {name: sends_back(who, made) for name, who in people.items()}
    assert found == {"park": 404, "other-park": 404, "province": 200, "hue": 200, "operator": 403}
    rows = people["park"].get(reverse("desk:changesets")).context["part"].rows
    assert made["number"] not in [one.pk for one in rows]


def test_a_steward_of_parks_in_two_provinces_decides_on_both(people: dict[str, Officer]) -> None:
    organisation("park", park="la-son")
    made = by_osaka(of_park(PARK), of_park("la-son"))
    found = {name: sends_back(who, made) for name, who in people.items()}
    assert found == {"park": 200, "other-park": 404, "province": 403, "hue": 403, "operator": 200}


@pytest.mark.parametrize("named_for_province", [True, False])
def test_what_the_park_proposes_another_person_or_its_province_decides_on(
    named_for_province: bool, people: dict[str, Officer]
) -> None:
    if not named_for_province:
        Stewardship.objects.filter(province="ha-noi").delete()
    author = people["park"]
    made = proposed(author, of_park(PARK))
    colleague = Officer(member("colleague", "reviewer", organisation("park")))
    editor = Officer(member("junior", "editor", organisation("park")))
    found = {
        "author": sends_back(author, made),
        "editor": sends_back(editor, made),
        "colleague": sends_back(colleague, made),
        "other-park": sends_back(people["other-park"], made),
        "province": sends_back(people["province"], made),
        "operator": sends_back(people["operator"], made),
    }
    assert found == {
        "author": 403,
        "editor": 403,
        "colleague": 200,
        "other-park": 404,
        "province": 200 if named_for_province else 404,
        "operator": 403 if named_for_province else 200,
    }


def test_drafts_are_nobody_elses(people: dict[str, Officer]) -> None:
    """Of the park's own draft its province sees nothing, nor the park of its province's."""
    for author, other in (("park", "province"), ("province", "park"), ("other-park", "park")):
        made = begun(people[author], of_park(PARK))
        address = f"{ROOT}{made['number']}/"
        assert [people[name].get(address).status_code for name in (author, other)] == [200, 404]


def test_a_park_keeps_its_steward_where_it_moves_to(people: dict[str, Officer]) -> None:
    late = by_osaka(of_park(PARK))
    moved = by_osaka(*MOVED)
    people["operator"].send("post", f"{moved['number']}/apply/", **seen(moved))
    assert IndustrialPark.objects.get(key=PARK).province_id == "hue"
    found = {name: sends_back(who, late) for name, who in people.items()}
    assert found == {"park": 200, "other-park": 404, "province": 404, "hue": 200, "operator": 403}


def test_an_ended_stewardship_decides_on_nothing(people: dict[str, Officer]) -> None:
    made = by_osaka(of_park(PARK))
    Stewardship.objects.filter(park=PARK).update(is_active=False)
    assert sends_back(people["park"], made) == 404
    assert people["park"].get(reverse("desk:home")).context["charges"] == []


@pytest.mark.parametrize(("keys", "status"), [([PARK], 200), ([PARK, OTHER], 403)])
def test_who_decides_on_an_imported_list(
    keys: list[str], status: int, people: dict[str, Officer]
) -> None:
    editor = officer("editor", "editor", "park")
    client = signed_in(editor)
    rows = [["key", "tenants_count"], *([key, 71] for key in keys)]
    data = {
        "kind": "industrial-park",
        "organisation": "park",
        "file": SimpleUploadedFile("parks.csv", comma(rows)),
    }
    columns = client.post(reverse("desk:import"), data)["Location"]
    check = named(client, columns, title="Visit", published="2026-10")["Location"]
    client.get(check)
    client.post(reverse("desk:import-draft", args=[ImportFile.objects.get().pk]))
    changeset = propose(Changeset.objects.get(author=editor), actor=editor)
    told = {"number": changeset.pk, "revision": changeset.revision, "state": changeset.state}
    assert (sends_back(people["park"], told), sends_back(people["province"], told)) == (status, 200)


def in_care(client: Client) -> dict[str | None, dict[str, int]]:
    """What the desk's first page says is in the reader's care, by place."""
    charges = client.get(reverse("desk:home")).context["charges"]
    return {one.place.key if one.place else None: dict(one.facts) for one in charges}


def test_the_desk_says_what_is_in_ones_care(people: dict[str, Officer]) -> None:
    assert in_care(people["park"]) == {PARK: {"industrial parks": 1, "observations": 1}}
    [(place, facts)] = in_care(people["province"]).items()
    parks = IndustrialPark.objects.filter(province="ha-noi", is_active=True).count()
    assert (place, facts["industrial parks"]) == ("ha-noi", parks)
    assert "HANSSIP" in people["park"].get(reverse("desk:home")).content.decode()


@pytest.mark.parametrize("which", ["stale", "unsourced", "discrepancies"])
def test_worklists_are_of_the_own_park_alone(which: str, people: dict[str, Officer]) -> None:
    values = {"indicator_id": "pci_score", "value_min": 60, "value_max": 60}
    Observation.objects.create(key="la-son-trial", park_id="la-son", period="2001", **values)
    Observation.objects.filter(key=FIGURE).update(period="2001")
    address = reverse("desk:worklist", args=[which])
    own = people["park"].get(address).context["part"].rows
    every = people["park"].get(address, {"of": "all"}).context["total"]
    assert {row.fact.park for row in own} == {PARK}
    assert every > len(own)
    assert {row.fact.park for row in people["hue"].get(address).context["part"].rows} <= set(
        IndustrialPark.objects.filter(province="hue").values_list("key", flat=True)
    ) | {None}


def test_the_public_page_names_the_park_that_one_curates(people: dict[str, Officer]) -> None:
    page = Client().get("/en/organisations/").content.decode()
    row = page.partition(">Park<")[2].partition("</tr>")[0]
    assert re.findall(r'<a href="([^"]*)">([^<]*)<', row) == [
        (reverse("localities:park", args=[PARK]), IndustrialPark.objects.get(key=PARK).name_en)
    ]


def test_changesets_are_found_by_their_park(people: dict[str, Officer]) -> None:
    made = by_osaka(*CASES["a figure of the park"][0])
    numbers = {
        park: [
            one["number"] for one in people["province"].get(ROOT, {"park": park}).json()["results"]
        ]
        for park in (PARK, "la-son")
    }
    assert made["number"] in numbers[PARK]
    assert made["number"] not in numbers["la-son"]
