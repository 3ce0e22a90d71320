"""The declarations: complete, and reading facts that exist."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.engine.criteria import BAD_ONLY_FACTS, CODES, CRITERIA
from matching.engine.criterion import Criterion
from matching.engine.evaluation import evaluate
from matching.engine.facts import DIMENSIONS, HARD_OFFERS, SURVEY_ISSUES, SURVEY_STAGES, Facts
from matching.engine.requirements import STAGES, Requirements
from matching.engine.scoring import applying
from matching.engine.stages import ISSUE_DIMENSION, default_weights
from matching.engine.supply import BUYERS, links, reached
from matching.engine.switches import (
    chosen,
    evenly,
    wanted_hard_offers,
    wanted_talent_offers,
)
from tests.matching.engine.factory import (
    ENDS,
    EVEN,
    SECTORS,
    ask,
    blank_facts,
    random_facts,
    random_requirements,
)


def test_there_are_thirty_criteria_or_more_over_all_dimensions() -> None:
    assert len(set(CODES)) == len(CRITERIA) >= 30
    assert set(Counter(c.dimension for c in CRITERIA)) == set(DIMENSIONS)


@pytest.mark.parametrize("criterion", CRITERIA, ids=CODES)
def test_a_criterion_is_declared_whole(criterion: Criterion) -> None:
    assert all(criterion.label)
    assert criterion.basis
    assert criterion.weight > 0
    assert set(criterion.reads) <= set(Facts.__dataclass_fields__)


@pytest.fixture(scope="module")
def scene() -> tuple[Facts, list[Requirements], np.ndarray]:
    """Return a catalogue, profiles that together use every criterion, and their values."""
    facts = random_facts(3, known=0.7)
    profiles = [random_requirements(facts, seed) for seed in range(12)]
    return facts, profiles, values(facts, profiles)


@pytest.mark.parametrize("name", [*ENDS, "rental_units_m2", "has_expressway"])
def test_a_fact_moves_the_criteria_that_read_it_and_no_others(
    name: str, scene: tuple[Facts, list[Requirements], np.ndarray]
) -> None:
    facts, profiles, before = scene
    fact = np.full_like(getattr(facts, name), ENDS.get(name, (0.0, 1.0))[0])

    after = values(replace(facts, **{name: fact}), profiles)

    moved = {
        code
        for index, code in enumerate(CODES)
        if not np.array_equal(before[..., index], after[..., index], equal_nan=True)
    }
    assert moved == {c.code for c in CRITERIA if name in c.reads}


def values(facts: Facts, profiles: list[Requirements]) -> np.ndarray:
    """Return the values [profiles, parks, C] of all criteria."""
    runs = [evaluate(facts, req, EVEN, draws=0, level="park") for req in profiles]
    return np.array([run.value for run in runs])


def test_a_general_criterion_has_one_value_for_every_profile() -> None:
    facts = random_facts(5)
    runs = [
        evaluate(facts, random_requirements(facts, seed), EVEN, draws=0, level="park")
        for seed in range(8)
    ]
    for index, criterion in enumerate(CRITERIA):
        first = runs[0].value[:, index]
        same = all(np.array_equal(r.value[:, index], first, equal_nan=True) for r in runs)
        if not criterion.specific:
            assert same, criterion.code


def test_facts_known_only_as_bad_are_flags_and_not_scored() -> None:
    shortage = np.array([1.0, np.nan, np.nan])
    silent, told = blank_facts(), blank_facts(power_shortage=shortage)
    req = ask(silent, sector="machinery")

    before, after = evaluate(silent, req, EVEN, draws=0), evaluate(told, req, EVEN, draws=0)

    assert (after.fit == before.fit).all()
    assert BAD_ONLY_FACTS == ("power_shortage",)
    assert after.bad_only.tolist() == [[True], [False], [False]]


def test_criteria_that_read_japanese_presence_can_be_switched_off() -> None:
    facts = random_facts(1)
    presence = frozenset(c.code for c in CRITERIA if c.japanese_presence)
    req = ask(facts, sector="machinery", purposes=["supply-japanese-makers"])

    result = evaluate(facts, req, EVEN, draws=0, disabled=presence)

    assert presence
    assert result.weights[[CODES.index(code) for code in presence]].tolist() == [0] * len(presence)


def test_an_office_switches_off_what_only_a_plant_needs() -> None:
    facts = blank_facts()
    plant = ask(facts, sector="it-dx", purposes=["export-to-japan"])
    office = ask(facts, sector="it-dx", purposes=["export-to-japan"], entry_modes=["office"])

    def used(req: object) -> set[str]:
        result = evaluate(facts, req, EVEN, draws=0)  # type: ignore[arg-type]
        return {code for code, on in zip(CODES, result.applies, strict=True) if on}

    assert used(plant) - used(office) == {
        "hard.seaport",
        "hard.expressway",
        "hard.expressway_near",
        "hard.room",
        "soft.japanese_developer",
        "cost.incentives",
    }
    assert used(office) - used(plant) == {"hard.airport", "soft.pledges"}


def test_stage_weights_add_up_and_leave_a_sixth_each_to_what_was_not_asked() -> None:
    weights = default_weights(random_facts(2))

    assert weights.sum(axis=1) == pytest.approx([12] * 4)
    assert weights[:, :2] == pytest.approx(np.full((4, 2), 2.0))
    assert (weights[0] == weights[1]).all()
    assert set(ISSUE_DIMENSION.values()) == {"soft", "talent", "market", "cost"}


@pytest.mark.parametrize(("wishes", "asked"), [({"prefecture": "01"}, True), ({}, False)])
def test_a_prefecture_asks_for_its_ties(wishes: dict[str, str], asked: bool) -> None:
    result = applying(ask(blank_facts(), sector="machinery", **wishes))[0]
    codes = ("soft.prefecture_tie", "soft.home_desk", "talent.people_tie")
    assert [result[CODES.index(code)] for code in codes] == [asked] * 3


@pytest.mark.parametrize("code", ["01", "27", "47"])
def test_a_tie_of_any_prefecture_counts_in_full(code: str) -> None:
    ties = np.full((3, 47), np.nan)
    ties[0, int(code) - 1] = 3
    facts = blank_facts(tie_level=ties)

    result = evaluate(facts, ask(facts, sector="machinery", prefecture=code), EVEN, draws=0)

    value = result.value[:, CODES.index("soft.prefecture_tie")]
    np.testing.assert_array_equal(value, [1, np.nan, np.nan])


def test_choices_share_evenly_and_none_shares_nothing() -> None:
    choices = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], dtype=bool)
    assert evenly(choices).tolist() == [[0.5, 0.5, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    req = ask(blank_facts(), sector="machinery", customer_provinces=["province-00", "province-02"])
    assert chosen("customer_provinces")(req).tolist() == [[0.5, 0, 0.5]]


@pytest.mark.parametrize(
    ("wishes", "wanted"),
    [
        ({"workers": 20}, [True, False, False]),
        ({}, [False] * 3),
        ({"workers": 20, "entry_modes": ["office"]}, [False] * 3),
        ({"services": ["training_centre"], "workers": 20}, [True, False, True]),
    ],
)
def test_who_hires_for_a_plant_wants_help_with_recruiting(
    wishes: dict[str, Any], wanted: list[bool]
) -> None:
    req = ask(blank_facts(), sector="machinery", **wishes)
    assert wanted_talent_offers(req).tolist() == [wanted]


@pytest.mark.parametrize(
    ("wishes", "specific", "general"),
    [
        ({"wage_budget_usd_month": 300}, "cost.wage", "cost.minimum_wage"),
        ({"talent_fields": ["it"]}, "talent.fields", "talent.sector_fields"),
    ],
)
def test_what_is_asked_takes_the_place_of_what_is_usual(
    wishes: dict[str, Any], specific: str, general: str
) -> None:
    columns = [CODES.index(specific), CODES.index(general)]
    facts = blank_facts()
    asked, silent = (ask(facts, sector="machinery", **more) for more in (wishes, {}))
    assert applying(asked)[0, columns].tolist() == [True, False]
    assert applying(silent)[0, columns].tolist() == [False, True]


@pytest.mark.parametrize(("employees", "wanted"), [(300, True), (301, False)])
def test_a_small_firm_that_rents_wants_a_zone_for_small_firms(employees: int, wanted: bool) -> None:
    req = ask(
        blank_facts(), sector="machinery", employees=employees, entry_modes=["rental-factory"]
    )
    zone = HARD_OFFERS.index("sme_zone")
    assert wanted_hard_offers(req)[0, zone] == wanted


def test_every_issue_of_the_survey_pulls_its_dimension() -> None:
    percent = np.full((len(SURVEY_STAGES), len(SURVEY_ISSUES)), np.nan)
    for issue, share in (
        ("market-needs", 0.3),
        ("partner-search", 0.1),
        ("tax-procedures", 0.2),
        ("manager-talent", 0.1),
        ("unexpected-cost", 0.1),
    ):
        percent[SURVEY_STAGES.index("entering"), SURVEY_ISSUES.index(issue)] = share

    weights = default_weights(blank_facts(survey_percent=percent))

    # sector, hard, soft, talent, market, cost; eight are left for what was asked
    assert weights[STAGES.index("enter")] == pytest.approx([2, 2, 2, 1, 4, 1])
    assert weights[STAGES.index("operate")] == pytest.approx([2] * 6)


def test_without_a_survey_the_asked_dimensions_share_evenly() -> None:
    assert default_weights(blank_facts()) == pytest.approx(np.full((4, 6), 2.0))


def test_supply_links_are_shares_between_known_sectors() -> None:
    assert all(0 < link <= 1 for buyers in BUYERS.values() for link in buyers.values())
    assert {buyer for buyers in BUYERS.values() for buyer in buyers} <= set(BUYERS)
    matrix = links(SECTORS)
    metal, machinery = SECTORS.index("fabricated-metal"), SECTORS.index("machinery")
    assert (matrix[metal, machinery], matrix[machinery, metal]) == (0.9, 0.4)


def test_counterparts_close_the_gap_that_is_left() -> None:
    matrix = np.array([[0, 0.5, 0.4], [0, 0, 0], [0, 0, 0]])
    presence = np.array([[np.nan, 1.0, 0.5], [1.0, np.nan, np.nan]])

    value = reached(matrix, presence)

    np.testing.assert_allclose(value[0], [1 - 0.5 * 0.8, np.nan])
    assert np.isnan(value[1:]).all()
