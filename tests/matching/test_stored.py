"""A kept match gives the same numbers for good, and says what moved its places since."""

import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import translation
from rest_framework.exceptions import ValidationError

from localities.models import KINDS, Changeset, StageIssue
from matching import snapshot
from matching.engine.criteria import CRITERIA, ENGINE_VERSION
from matching.engine.must_haves import READS
from matching.models import Match, StoredSnapshot
from matching.moved import Moved, what_moved
from matching.stored import (
    CannotRerun,
    EngineMovedOn,
    Standing,
    as_bytes,
    keep,
    rerun,
    stored_ranking,
)
from matching.traces import TRACES
from tests.matching.changing import create, deactivate, update
from tests.matching.contract import ask, example
from tests.matching.test_what_moves import PARK

pytestmark = pytest.mark.django_db
WAGE = "ca-mau-minimum-wage-zone-max-vnd-month-2026"


def _kept(**changes: Any) -> Match:
    return keep(example(**changes), snapshot=snapshot.current())


def _raise_rent() -> Changeset:
    return update("industrial-park", "long-duc", "factory_rent_usd_m2_month_min", 5.0, 6.5)


def _moved(match: Match) -> dict[str, Moved]:
    return {line.slug: line for line in what_moved(match, language="en")}


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("rerun", *arguments, "--lang", "en", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("level", ["province", "park"])
def test_keep_stores_the_numbers_of_the_answer(client: Client, level: str) -> None:
    body = example(level=level, limit=500, weights=None)
    answer = ask(client, body).json()
    match = keep(body, snapshot=snapshot.current())
    match.refresh_from_db()
    results = [[line["place"]["slug"], line["rank"], line["fit"]] for line in answer["results"]]
    assert match.ranking[: len(results)] == results
    assert len(match.ranking) == {"province": 34, "park": 231}[level]
    assert {rank for _slug, rank, _fit in match.ranking[len(results) :]} <= {None}
    assert match.weights == answer["weights"]
    assert (match.engine_version, match.catalogue_version) == (ENGINE_VERSION, 1)


def test_keep_stores_the_question_without_what_says_nothing() -> None:
    match = _kept()
    match.refresh_from_db()
    said = example()
    del said["profile"]["max_km_to_airport"]
    assert match.question == said
    assert list(match.question["profile"]) == sorted(said["profile"], key=_json_order(match))


def _json_order(match: Match) -> Any:
    """JSON in SQLite keeps our sorted keys; PostgreSQL sorts by length first."""
    names = list(match.question["profile"])
    by_name = names == sorted(names)
    return (lambda name: name) if by_name else (lambda name: (len(name), name))


def test_keep_refuses_what_the_api_refuses() -> None:
    with pytest.raises(ValidationError):
        _kept(profile__sector="sushi")
    assert not Match.objects.exists()


@pytest.mark.parametrize("level", ["province", "park"])
@pytest.mark.parametrize("weights", [None, {"cost": 0.5}])
def test_rerun_gives_the_same_bytes_after_later_changesets(level: str, weights: Any) -> None:
    match = _kept(level=level, weights=weights)
    _raise_rent()
    create("industrial-park", "brand-new", PARK)
    update("observation", WAGE, "value_max", 4_730_000.0, 9_000_000.0)
    match = Match.objects.get(pk=match.pk)
    assert as_bytes(rerun(match)) == as_bytes(stored_ranking(match))
    assert as_bytes(stored_ranking(_kept(level=level, weights=weights))) != as_bytes(rerun(match))


def test_rerun_holds_when_the_survey_changes_the_default_weights() -> None:
    match = _kept(weights=None)
    update("stage-issue", "before-1", "percent", _percent("before-1"), 1.0)
    assert _kept(weights=None).weights != match.weights
    assert rerun(match) == stored_ranking(match)
    assert _moved(match) == {}


def _percent(issue: str) -> float:
    return StageIssue.objects.get(key=issue).percent


def test_rerun_says_that_the_engine_has_moved_on() -> None:
    match = _kept()
    Match.objects.update(engine_version="0.9")
    match.refresh_from_db()
    told = f"made by engine 0.9; today's is {ENGINE_VERSION}"
    with pytest.raises(CommandError, match=told):
        _run(str(match.pk))
    with pytest.raises(EngineMovedOn):
        rerun(match)
    with pytest.raises(EngineMovedOn):
        what_moved(match, language="en")


def test_rerun_says_that_the_arrays_are_no_longer_readable() -> None:
    match = _kept()
    _raise_rent()
    snapshot.current()
    StoredSnapshot.objects.filter(catalogue_version=1).update(layout="1.0/0")
    with translation.override("en"), pytest.raises(CannotRerun, match="version 1 are no longer"):
        rerun(match)


def test_a_snapshot_stays_as_long_as_a_match_needs_it() -> None:
    match = _kept()
    with pytest.raises(ProtectedError):
        StoredSnapshot.objects.all().delete()
    match.delete()
    StoredSnapshot.objects.all().delete()


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"question": {"profile": {}}}, "match_names_a_sector"),
        ({"question": {}}, "match_names_a_sector"),
        ({"question": []}, "match_names_a_sector"),
        ({"weights": {"cost": 1}}, "match_has_all_weights"),
        ({"catalogue_version": 0}, "match_of_a_loaded_catalogue"),
        ({"engine_version": ""}, "match_names_its_engine"),
    ],
)
def test_the_database_refuses_a_match_that_says_too_little(
    wrong: dict[str, Any], constraint: str
) -> None:
    _kept()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Match.objects.update(**wrong)


def test_nothing_moved_on_the_same_catalogue() -> None:
    assert what_moved(_kept(), language="en") == ()


def test_what_moved_names_the_fact_and_its_changeset() -> None:
    match = _kept(level="park")
    update("industrial-park", "long-duc", "name_vi", "Khu công nghiệp Long Đức", "KCN Long Đức")
    changeset = _raise_rent()
    moved = _moved(match)
    assert set(moved) == {"long-duc", "vie-pan-techno-park"}  # which it falls behind
    assert moved["vie-pan-techno-park"].facts == ()
    line = moved["long-duc"]
    (fact,) = line.facts
    assert (fact.code, fact.label) == ("cost.rent", "Factory rent against budget")
    assert fact.before == "Factory rent of 5 USD/m² a month (your budget: 5 USD)"
    assert fact.now == "Factory rent of 6.50 USD/m² a month (your budget: 5 USD)"
    assert line.fit_now is not None
    assert line.fit_before is not None
    assert fact.points == pytest.approx(line.fit_now - line.fit_before, abs=1e-8)
    assert fact.points < -1
    assert [cause.version for cause in fact.causes] == [changeset.version] == [3]
    assert line.causes == fact.causes
    assert (line.park_before, line.park_now) == ("long-duc", "long-duc")


def test_what_moved_says_what_changed_behind_the_same_words() -> None:
    match = _kept()
    update("strength", "dong-nai-machinery", "level", 2, 3)
    facts = {(line.slug, fact.code): fact for line in _moved(match).values() for fact in line.facts}
    same = {key: fact for key, fact in facts.items() if fact.before == fact.now}
    assert same
    assert all((fact.unchanged is not None) == (key in same) for key, fact in facts.items())


def test_what_moved_tells_a_province_by_its_park() -> None:
    match = _kept()
    _raise_rent()
    moved = _moved(match)
    assert set(moved) == {"dong-nai", "ho-chi-minh"}  # which it falls behind
    assert moved["ho-chi-minh"].facts == ()
    assert [fact.code for fact in moved["dong-nai"].facts] == ["cost.rent"]


def test_what_moved_speaks_the_readers_language() -> None:
    match = _kept()
    _raise_rent()
    moved = {line.slug: line for line in what_moved(match, language="ja")}
    line = moved["dong-nai"]
    assert line.facts[0].label == "工場賃料と予算"
    assert "工場賃料" in (line.facts[0].now or "")


def test_what_moved_finds_a_figure_of_the_province() -> None:
    match = _kept()
    changeset = update("observation", WAGE, "value_max", 4_730_000.0, 9_000_000.0)
    moved = _moved(match)
    assert set(moved) == {"ca-mau"}
    assert [(fact.code, fact.causes[0].version) for fact in moved["ca-mau"].facts] == [
        ("cost.wage", changeset.version)
    ]


def test_what_moved_looks_next_door_where_the_criterion_does() -> None:
    match = _kept(must_haves=[])
    record = KINDS["strength"].objects.filter(province="ninh-binh", sector="machinery").first()
    values = {"sector": "machinery", "level": 3, "evidence_en": "Makers", "evidence_ja": "工場"}
    if record is None:
        changeset = create("strength", "ninh-binh-new", values | {"province": "ninh-binh"})
    else:
        changeset = update("strength", record.key, "level", record.level, 4 - record.level)
    moved = _moved(match)
    told = {
        slug: {fact.code: [cause.version for cause in fact.causes] for fact in line.facts}
        for slug, line in moved.items()
        if line.facts
    }
    assert {"market.buyers"} <= told["ninh-binh"].keys()
    assert len(told) > 1
    assert {tuple(versions) for facts in told.values() for versions in facts.values()} == {
        (changeset.version,)
    }


def test_what_moved_leaves_out_records_of_other_sectors_and_prefectures() -> None:
    match = _kept(must_haves=[])
    tie = {
        "province": "ha-noi",
        "agreement_kind": "mou",
        "japan_locality_ja": "神奈川県",
        "japan_locality_en": "Kanagawa",
        "japan_prefecture_code": "14",
        "active": True,
    }
    create("agreement", "ha-noi-kanagawa-new", tie)
    ours = tie | {
        "japan_prefecture_code": "27",
        "japan_locality_ja": "大阪府",
        "agreement_kind": "friendship",
    }
    changeset = create("agreement", "ha-noi-osaka-new", ours)
    tie_facts = [f for f in _moved(match)["ha-noi"].facts if f.code == "soft.prefecture_tie"]
    assert [[cause.version for cause in fact.causes] for fact in tie_facts] == [[changeset.version]]


def test_places_that_were_overtaken_name_no_fact() -> None:
    match = _kept(must_haves=[])
    create("industrial-park", "brand-new", PARK)
    moved = _moved(match)
    lai_chau = moved.pop("lai-chau")
    assert (lai_chau.park_before, lai_chau.park_now) == (None, "brand-new")
    assert [cause.version for cause in lai_chau.causes] == [2]
    assert {"hard.offers", "soft.offers", "cost.rent"} <= {fact.code for fact in lai_chau.facts}
    points = sum(fact.points or 0 for fact in lai_chau.facts)
    assert points == pytest.approx((lai_chau.fit_now or 0) - (lai_chau.fit_before or 0), abs=1e-8)
    assert moved
    for line in moved.values():
        assert (line.facts, line.causes, line.fit_now) == ((), (), line.fit_before)
        assert (line.rank_now or 0) == (line.rank_before or 0) + 1


def test_a_new_park_stands_with_the_changeset_that_brought_it() -> None:
    match = _kept(level="park", must_haves=[])
    create("industrial-park", "brand-new", PARK)
    line = _moved(match)["brand-new"]
    assert (line.rank_before, line.fit_before, line.facts) == (None, None, ())
    assert line.rank_now is not None
    assert [cause.version for cause in line.causes] == [2]


def test_a_must_have_that_fails_now_is_named() -> None:
    match = _kept(level="park")
    changeset = update("industrial-park", "long-duc", "rental_factory", True, False)
    line = _moved(match)["long-duc"]
    told = {fact.code: fact for fact in line.facts}
    assert (line.rank_before, line.rank_now) == (1, None)
    assert (told["rental_factory"].state_before, told["rental_factory"].state_now) == (
        "met",
        "failed",
    )
    assert told["rental_factory"].points is None
    assert [cause.version for cause in told["rental_factory"].causes] == [changeset.version]
    assert set(told) == {"rental_factory", "hard.offers"}


def test_a_province_that_is_gone_can_not_be_asked_of_today() -> None:
    match = _kept(profile__existing_ties=["ca-mau"])
    deactivate("province", "ca-mau")
    with pytest.raises(CannotRerun, match="ca-mau"):
        what_moved(match, language="en")
    assert rerun(match) == stored_ranking(match)


def test_a_sector_that_is_gone_is_still_understood() -> None:
    create("sector", "toys", {"name_ja": "玩具", "name_en": "Toys"})
    match = _kept(profile__other_sectors=["toys"])
    deactivate("sector", "toys")
    assert what_moved(match, language="en") == ()
    assert rerun(match) == stored_ranking(match)


def test_every_fact_leads_back_to_fields_of_the_catalogue() -> None:
    read = {fact for criterion in CRITERIA for fact in criterion.reads}
    read |= {fact for facts in READS.values() for fact in facts}
    assert read <= TRACES.keys()
    for traces in TRACES.values():
        for trace in traces:
            model = KINDS[trace.kind]
            assert trace.fields <= {field.name for field in model._meta.get_fields()}


def test_rerun_prints_the_ranking_and_what_moved() -> None:
    match = _kept(level="park")
    first = stored_ranking(match)[0]
    assert isinstance(first, Standing)
    plain = _run(str(match.pk))
    assert f"  1  {first.fit:5.1f}  {first.slug}" in plain
    assert "Run again: the same numbers" in plain
    assert "nothing moved" in _run(str(match.pk), "--today")
    _raise_rent()
    today = _run(str(match.pk), "--today")
    assert "Long Duc Industrial Park" in today
    assert "Factory rent against budget" in today
    assert "version 2" in today


def test_rerun_refuses_an_unknown_match() -> None:
    with pytest.raises(CommandError, match="no stored match"):
        _run(str(uuid.uuid4()))
