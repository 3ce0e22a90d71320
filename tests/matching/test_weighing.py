"""What weighs most comes first on the worklists; of companies only counts from five on."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client

from localities.curation.values import stored
from localities.models import IndustrialPark, Observation, Weighing
from localities.queries import staleness, weights
from localities.queries.weights import Weight
from matching import snapshot
from matching.impact import FEWEST
from matching.stored import keep
from matching.weighing import weigh, weighed
from portal.accounts.models import User
from portal.jobs.models import Job
from tests.localities.people import member, operator, organisation

pytestmark = pytest.mark.django_db

WANTS: dict[str, Any] = {
    "profile": {"sector": "fabricated-metal", "prefecture": "27", "rent_budget_usd_m2_month": 4.0}
}


def companies(number: int, question: Any = WANTS) -> None:
    for index in range(number):
        owner = User.objects.create_user(f"company-{index}@example.org", name=f"Firm {index}")
        for _twice in range(2):  # the same company counts once
            keep(question, snapshot=snapshot.current(), owner=owner)


def officer(of: str, province: str) -> Client:
    operator()
    user = member(f"of-{of}", "editor", organisation(of, curates=province))
    Authenticator.objects.create(user=user, type="totp", data={})
    client = Client()
    client.force_login(user)
    return client


def told(content: Any) -> dict[str, Any]:
    return {
        name: {tuple(map(str, row[:-2])): tuple(row[-2:]) for row in content[name]}
        for name in ("facts", "blanks")
    }


def test_companies_count_in_steps_of_five_and_once_each() -> None:
    today = snapshot.current()
    without = told(weighed(today))
    assert {companies for found in without.values() for companies, _n in found.values()} == {None}
    companies(FEWEST - 1)
    few = told(weighed(today))
    assert {companies for found in few.values() for companies, _n in found.values()} == {None}
    assert {f: n for f, (_c, n) in without["facts"].items()}.items() <= {
        f: n for f, (_c, n) in few["facts"].items()
    }.items()
    User.objects.filter(email="company-0@example.org").update(email="first@example.org")
    companies(1)
    many = told(weighed(today))
    for name in ("facts", "blanks"):
        changed = {key: row for key, row in many[name].items() if row != few[name].get(key)}
        assert {row[0] for row in changed.values()} == {FEWEST}, name
    User.objects.update(email=Concat(Value("other-"), "email"))
    companies(FEWEST - 1)
    assert told(weighed(today)) == many


def test_a_stale_fact_weighs_where_the_first_places_of_a_match_stand_on_it() -> None:
    found = told(weighed(snapshot.current()))["facts"]
    kinds = {key[0] for key in found}
    assert kinds <= {"observation", "industrial-park"}
    stale = {(one.kind, one.key, one.field) for one in staleness.ledger().stale}
    assert set(found) <= stale
    read = {
        Observation.objects.get(pk=key).indicator_id
        for kind, key, _f in found
        if kind == "observation"
    }
    assert "japan_fdi_projects" in read
    assert "industrial_park_count" not in read  # no criterion reads it


def test_a_blank_names_the_unknown_fields_of_its_park() -> None:
    content = weighed(snapshot.current())
    parks = [row for row in content["blanks"] if row[0] == "industrial-park"]
    assert parks
    values = stored(IndustrialPark)
    for _kind, key, labels, adds, fields, _companies, references in parks:
        assert (set(labels), adds, references > 0) == ({"ja", "en", "vi"}, "", True)
        assert all(values[key].values[name] in (None, []) for name in fields)


def test_the_lists_have_the_heaviest_first_and_lead_to_the_field() -> None:
    companies(FEWEST)
    weigh()
    client = officer("osaka", "dong-nai")
    for which in ("stale", "blanks"):
        page = client.get(f"/en/desk/worklists/{which}/", {"of": "all"})
        shown = [row.weight.order for row in page.context["part"].rows]
        assert shown == sorted(shown)
        assert shown[0] < (0, 0)
        text = page.content.decode()
        assert "Weighed on catalogue version 1" in text
        assert "Firm" not in text
        assert "example.org" not in text
    row = next(row for row in page.context["part"].rows if row.fact.fields)
    address = f"/en/desk/edit/{row.fact.kind}/{row.fact.key}/"
    assert f'href="{address}#record-{row.fact.fields[0]}"' in text
    assert f'id="record-{row.fact.fields[0]}"' in client.get(address).content.decode()
    own = client.get("/en/desk/worklists/blanks/").context["part"].rows
    homes = dict(IndustrialPark.objects.values_list("key", "province"))
    assert {homes.get(row.fact.key, row.fact.key) for row in own} <= {"dong-nai"}


def test_a_weighing_is_asked_for_once_a_version() -> None:
    client = officer("osaka", "dong-nai")
    Weighing.objects.all().delete()  # of a catalogue that was loaded anew
    Job.objects.filter(kind=weights.WEIGHING).delete()
    assert "is being reckoned" in client.get("/en/desk/worklists/stale/").content.decode()
    client.get("/en/desk/worklists/blanks/")
    assert Job.objects.filter(kind=weights.WEIGHING).count() == 1
    row = weigh()
    assert (row.catalogue_version, Weighing.objects.count()) == (1, 1)
    assert weights.latest().version == 1
    assert Weight(None, 0) == weights.NOTHING
