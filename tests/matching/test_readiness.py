"""The readiness check: its rules, its page, and the programmes it names."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from localities.models import Source, SupportOrganisation, SupportProgramme
from localities.queries.programmes import FILED, Need, helping
from matching.readiness import RULES, Step, Verdict, judge
from matching.readiness_question import UNKNOWN, Bearing
from matching.readiness_questions import QUESTIONS

BEST = {
    "keep": "separated",
    "product": "yes",
    "reason": "own",
    "lead": "named",
    "volume": "firm",
    "manager": "yes",
    "partner": "tested",
    "language": "own",
    "money": "both",
    "exit": "written",
}
STAY, CONTRACT, GO = Verdict.STAY, Verdict.CONTRACT, Verdict.GO


# --- the rules --------------------------------------------------------------------------------
# What differs from the best answers; the verdict, what it is at best and at worst, and the
# questions that hold it.
@pytest.mark.parametrize(
    ("changes", "verdict", "at_best", "at_worst", "holding"),
    [
        ({}, GO, GO, GO, ()),
        ({"reason": "customer"}, GO, GO, GO, ()),
        ({"keep": "all"}, STAY, STAY, STAY, ("keep",)),
        ({"keep": UNKNOWN}, STAY, GO, STAY, ("keep",)),
        ({"keep": "outside"}, CONTRACT, CONTRACT, CONTRACT, ("keep",)),
        ({"product": "no"}, STAY, STAY, STAY, ("product",)),
        ({"product": UNKNOWN}, STAY, GO, STAY, ("product",)),
        ({"product": "work"}, CONTRACT, CONTRACT, CONTRACT, ("product",)),
        ({"reason": "others"}, STAY, STAY, STAY, ("reason",)),
        ({"reason": UNKNOWN}, STAY, GO, STAY, ("reason",)),
        ({"lead": "nobody"}, STAY, STAY, STAY, ("lead",)),
        ({"lead": UNKNOWN}, STAY, GO, STAY, ("lead",)),
        ({"lead": "besides"}, CONTRACT, CONTRACT, CONTRACT, ("lead",)),
        ({"volume": "none"}, STAY, STAY, STAY, ("volume",)),
        ({"volume": UNKNOWN}, CONTRACT, GO, STAY, ("volume",)),
        ({"volume": "hoped"}, CONTRACT, CONTRACT, CONTRACT, ("volume",)),
        ({"money": "none"}, STAY, STAY, STAY, ("money",)),
        ({"money": UNKNOWN}, CONTRACT, GO, STAY, ("money",)),
        ({"money": "go"}, CONTRACT, CONTRACT, CONTRACT, ("money",)),
        ({"language": "help"}, GO, GO, GO, ()),
        ({"language": "none"}, CONTRACT, CONTRACT, CONTRACT, ("language",)),
        ({"language": UNKNOWN}, CONTRACT, GO, CONTRACT, ("language",)),
        ({"exit": "talked"}, CONTRACT, CONTRACT, CONTRACT, ("exit",)),
        ({"exit": "none"}, CONTRACT, CONTRACT, CONTRACT, ("exit",)),
        ({"exit": UNKNOWN}, CONTRACT, GO, CONTRACT, ("exit",)),
        # Either a manager or a partner is enough.
        ({"manager": "none"}, GO, GO, GO, ()),
        ({"partner": "none"}, GO, GO, GO, ()),
        ({"manager": UNKNOWN}, GO, GO, GO, ()),
        (
            {"manager": "none", "partner": "none"},
            CONTRACT,
            CONTRACT,
            CONTRACT,
            ("manager", "partner"),
        ),
        (
            {"manager": "candidate", "partner": "known"},
            CONTRACT,
            CONTRACT,
            CONTRACT,
            ("manager", "partner"),
        ),
        (
            {"manager": UNKNOWN, "partner": UNKNOWN},
            CONTRACT,
            GO,
            CONTRACT,
            ("manager", "partner"),
        ),
        # The lowest step counts, and only what permits no more than that holds it.
        ({"keep": "all", "exit": "talked"}, STAY, STAY, STAY, ("keep",)),
        ({"volume": "hoped", "money": "go"}, CONTRACT, CONTRACT, CONTRACT, ("volume", "money")),
    ],
)
def test_answers_lead_to_the_verdict(
    changes: dict[str, str],
    verdict: Verdict,
    at_best: Verdict,
    at_worst: Verdict,
    holding: tuple[str, ...],
) -> None:
    outcome = judge(BEST | changes)
    found = (outcome.verdict, outcome.at_best, outcome.at_worst)
    assert found == (verdict, at_best, at_worst)
    assert tuple(finding.question.code for finding in outcome.holding) == holding


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, Step.RENTAL),
        ({"language": "help"}, Step.SUBLEASE),
        ({"manager": "candidate"}, Step.SUBLEASE),
        ({"partner": "none"}, Step.INCUBATION),
        ({"volume": "hoped"}, Step.CONTRACT),
        ({"keep": "all"}, None),
    ],
)
def test_smallest_step_follows_from_who_is_there(
    changes: dict[str, str], step: Step | None
) -> None:
    assert judge(BEST | changes).step is step


def test_knowing_nothing_is_neither_a_yes_nor_a_no() -> None:
    outcome = judge({})
    assert (outcome.verdict, outcome.at_best, outcome.at_worst) == (STAY, GO, STAY)
    assert outcome.open
    assert [found.question.code for found in outcome.to_find_out] == [
        "keep", "product", "reason", "lead",  # these come before any step
        "volume", "manager", "partner", "language", "money", "exit",
    ]  # fmt: skip
    assert (outcome.to_settle, outcome.speaking_for) == ((), ())


def test_left_out_and_not_known_are_the_same() -> None:
    assert judge({"keep": "outside"}) == judge(
        dict.fromkeys(QUESTIONS, UNKNOWN) | {"keep": "outside"}
    )


def test_what_holds_the_verdict_is_settled_first() -> None:
    outcome = judge(BEST | {"keep": "outside", "language": "help", "money": "none"})
    assert [found.question.code for found in outcome.to_settle] == ["money", "keep", "language"]
    assert not outcome.open


@pytest.mark.parametrize("answers", [{"colour": "red"}, {"keep": "red"}])
def test_what_does_not_exist_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        judge(answers)


_ANSWERS = st.fixed_dictionaries(
    {
        code: st.sampled_from([answer.code for answer in question.answers])
        for code, question in QUESTIONS.items()
    }
)
_RANK = {Bearing.BAD: 0, Bearing.UNKNOWN: 1, Bearing.PARTLY: 2, Bearing.GOOD: 3}


def _better(answers: dict[str, str], code: str) -> Iterator[dict[str, str]]:
    question = QUESTIONS[code]
    rank = _RANK[question.answer(answers[code]).bearing]
    for other in question.answers:
        if _RANK[other.bearing] > rank:
            yield answers | {code: other.code}


@given(answers=_ANSWERS)
def test_a_better_answer_never_worsens_the_verdict(answers: dict[str, str]) -> None:
    before = judge(answers)
    for code in QUESTIONS:
        for better in _better(answers, code):
            after = judge(better)
            assert after.verdict >= before.verdict, (code, better)


@given(answers=_ANSWERS, open_codes=st.sets(st.sampled_from(list(QUESTIONS)), max_size=3))
def test_ends_are_those_of_every_way_the_unknown_can_turn_out(
    answers: dict[str, str], open_codes: set[str]
) -> None:
    known = {code: _known(code, answer) for code, answer in answers.items()}
    outcome = judge(known | dict.fromkeys(open_codes, UNKNOWN))
    ways = [[(code, choice.code) for choice in QUESTIONS[code].choices] for code in open_codes]
    verdicts = [judge(known | dict(way)).verdict for way in product(*ways)]
    assert (outcome.at_worst, outcome.at_best) == (min(verdicts), max(verdicts))
    assert outcome.at_worst <= outcome.verdict <= outcome.at_best


def _known(code: str, answer: str) -> str:
    return QUESTIONS[code].worst.code if answer == UNKNOWN else answer


# --- the questions as data --------------------------------------------------------------------
def test_ten_questions_have_two_to_four_answers_and_the_unknown_last() -> None:
    assert list(QUESTIONS) == list(BEST)
    for question in QUESTIONS.values():
        codes = [answer.code for answer in question.answers]
        assert 2 <= len(codes) <= 4
        assert len(set(codes)) == len(codes)
        assert (codes[0], codes[-1]) == (BEST[question.code], UNKNOWN)


def test_every_answer_that_is_not_good_says_what_to_do() -> None:
    for question in QUESTIONS.values():
        assert all((question.why, question.passage, question.find_out))
        for answer in question.choices:
            assert answer.means
            assert bool(answer.settle) == (answer.bearing is not Bearing.GOOD)


def test_rules_name_questions_and_answers_that_exist() -> None:
    named = {(code, one) for rule in RULES for code, codes in rule.when.items() for one in codes}
    existing = {(q.code, answer.code) for q in QUESTIONS.values() for answer in q.answers}
    assert named <= existing
    assert {code for code, _one in named} == set(QUESTIONS)


@pytest.mark.django_db
def test_every_question_names_a_source_of_the_catalogue() -> None:
    keys = {question.source for question in QUESTIONS.values()}
    assert set(Source.objects.filter(key__in=keys).values_list("key", flat=True)) == keys


# --- programmes -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_programme_of_the_catalogue_is_filed_under_what_it_is_for() -> None:
    assert set(SupportProgramme.objects.values_list("key", flat=True)) == set(FILED)


@pytest.mark.django_db
def test_open_programmes_come_first_then_unknown_ones_and_closed_ones_last() -> None:
    funds = helping([Need.FUNDS], stages=("enter",), prefecture=None)[Need.FUNDS]
    assert [(row.record.key, row.record.status) for row in funds.programmes] == [
        ("nexi-overseas-investment-insurance", "open"),
        ("jfc-overseas-expansion-micro", "open"),
        ("jfc-standby-credit", "open"),
        ("jbic-sme-overseas-loans", "unknown"),
        ("shoko-chukin-overseas-21", "unknown"),
        ("jfc-overseas-expansion-sme", "unknown"),
        ("monozukuri-global", "unknown"),
    ]
    assert all(row.citations for row in funds.programmes)
    assert (funds.closed, funds.organisations) == ([], [])


@pytest.mark.django_db
def test_programmes_are_for_the_stage() -> None:
    found = helping([Need.MANAGERS], stages=("operate",), prefecture=None)[Need.MANAGERS]
    assert [row.record.key for row in found.closed] == [
        "aots-expert-dispatch",
        "aots-technical-training",
    ]
    assert helping([Need.FUNDS], stages=("consider",), prefecture=None)[Need.FUNDS].programmes == []


@pytest.mark.django_db
def test_programmes_of_a_prefecture_are_for_its_firms_alone() -> None:
    keys = {
        prefecture: [row.record.key for row in found[Need.CUSTOMERS].programmes]
        for prefecture in (None, "16", "27")
        for found in [helping([Need.CUSTOMERS], stages=("prepare",), prefecture=prefecture)]
    }
    assert keys == {
        None: ["jetro-japan-pavilion-mta"],
        "16": ["toyama-hcm-desk-scheme", "jetro-japan-pavilion-mta"],
        "27": ["osaka-business-support-desk", "jetro-japan-pavilion-mta"],
    }


@pytest.mark.django_db
def test_where_no_programme_is_open_organisations_are_named() -> None:
    found = helping([Need.PROTECTION], stages=("prepare",), prefecture="27")[Need.PROTECTION]
    assert found.to_be_had == []
    assert [row.record.key for row in found.closed] == ["inpit-foreign-filing"]
    assert [row.record.key for row in found.organisations] == ["inpit", "jfba"]
    assert all(row.citations for row in found.organisations)


@pytest.mark.django_db
def test_programme_that_is_not_filed_goes_by_what_its_organisation_does() -> None:
    SupportProgramme.objects.create(
        key="new-fund", organisation=SupportOrganisation.objects.get(key="nexi"),
        name_ja="新制度", name_en="New fund", offers_ja="融資", offers_en="Loans",
        stages=["enter"], any_sector=True, status="open", as_of="2026-10",
    )  # fmt: skip
    found = helping([Need.FUNDS, Need.PARTNERS], stages=("enter",), prefecture=None)
    assert found[Need.FUNDS].programmes[0].record.key == "new-fund"
    assert "new-fund" not in {row.record.key for row in found[Need.PARTNERS].programmes}


@pytest.mark.django_db
def test_help_costs_the_same_queries_for_one_need_and_for_all(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for needs in ([Need.FUNDS], list(Need)):
        with django_assert_num_queries(4):
            helping(needs, stages=("prepare",), prefecture="27")


# --- the page ---------------------------------------------------------------------------------
def page(
    client: Client, answers: dict[str, str], *, language: str = "en", status: int = 200
) -> str:
    """The page with the answers in its address."""
    response = client.get(f"/{language}/readiness/", answers)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.django_db
def test_page_asks_ten_questions_and_judges_nothing_before_an_answer(client: Client) -> None:
    shown = page(client, {"prefecture": "27"})
    assert shown.count("<fieldset") == 10
    assert shown.count('type="radio"') == sum(len(q.answers) for q in QUESTIONS.values())
    assert 'id="verdict"' not in shown
    assert '<option value="27" selected>' in shown


VERDICTS = {
    "Stay in Japan for now": {"keep": "all"},
    "Not yet: find out first": {"keep": "unknown"},
    "Contract production first": {"exit": "talked"},
    "Prepare, in the smallest step that fits": {},
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en", "vi"])
@pytest.mark.parametrize("title", VERDICTS)
def test_page_says_the_verdict_in_the_readers_language(
    client: Client, language: str, title: str
) -> None:
    shown = page(client, BEST | VERDICTS[title], language=language)
    with translation.override(language):
        heading = f'<h2 id="verdict">{gettext(title)}</h2>'
    assert f'<html lang="{language}">' in shown
    assert heading in shown


@pytest.mark.django_db
def test_page_says_that_going_is_not_recommended(client: Client) -> None:
    shown = page(client, BEST)
    assert "This is not a recommendation to go" in shown
    assert "?stage=prepare&amp;entry_modes=rental-factory" in shown


@pytest.mark.django_db
def test_page_shows_reasons_what_to_settle_and_the_programmes(client: Client) -> None:
    shown = page(client, BEST | {"money": "go", "prefecture": "16"})
    assert "The funds last for going, not for withdrawing." in shown
    assert "Put the cost of closing beside that of opening, and set that much aside." in shown
    assert "NEXI Overseas Investment Insurance" in shown
    assert "open · as of 2026-03-22" in shown
    assert "/en/sources/" in shown


@pytest.mark.django_db
def test_page_marks_closed_programmes(client: Client) -> None:
    shown = page(client, BEST | {"keep": "all"})
    assert "1 closed programme (may open again)" in shown
    assert "closed · as of 2025-12-22" in shown
    assert "National Center for Industrial Property Information and Training" in shown


@pytest.mark.django_db
def test_page_keeps_what_was_valid_beside_a_wrong_answer(client: Client) -> None:
    shown = page(client, {"keep": "<b>red", "money": "go", "prefecture": "27"}, status=400)
    assert "“&lt;b&gt;red” is none of the answers. Choose one of these." in shown
    assert 'name="money" value="go" checked' in shown
    assert '<option value="27" selected>' in shown
    assert 'id="verdict"' not in shown


@pytest.mark.django_db
def test_page_refuses_two_answers_to_one_question(client: Client) -> None:
    response = client.get("/en/readiness/?keep=all&keep=separated")
    assert response.status_code == 400
    assert "The address gives more than one answer. Choose one." in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "name"),
    [("colour=red", "colour"), ("prefecture=48", "prefecture"), ("profile=%26", "profile")],
)
def test_page_refuses_what_it_does_not_take(client: Client, query: str, name: str) -> None:
    response = client.get(f"/en/readiness/?{query}")
    assert response.status_code == 400
    assert f"“{name}”" in response.content.decode()


@pytest.mark.django_db
def test_blank_parameters_say_nothing(client: Client) -> None:
    assert 'id="verdict"' not in page(client, {"keep": "", "prefecture": "", "profile": ""})


@pytest.mark.django_db
def test_page_keeps_the_match_in_hand(client: Client) -> None:
    shown = page(client, BEST | {"profile": "sector=machinery&limit=5"})
    assert 'name="profile" value="sector=machinery&amp;limit=5"' in shown
    assert '/en/matching/results/?sector=machinery&amp;limit=5"' in shown


@pytest.mark.django_db
def test_results_say_that_a_match_is_no_recommendation_and_link_the_check(client: Client) -> None:
    response = client.get("/en/matching/results/?sector=machinery&prefecture=27")
    shown = response.content.decode()
    assert "A match is not a recommendation to go." in shown
    assert '"/en/readiness/?prefecture=27&amp;profile=sector%3Dmachinery' in shown


@pytest.mark.django_db
def test_page_costs_the_same_queries_for_one_gap_and_for_ten(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for answers in (BEST | {"money": "go"}, {"keep": UNKNOWN}):
        with django_assert_num_queries(5):
            page(client, answers)
