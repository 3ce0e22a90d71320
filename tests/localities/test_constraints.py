"""Every invariant that SQL can state is refused by SQL itself, whoever writes."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone, translation

from localities.curation.building import References, build, load_references
from localities.curation.values import record_values
from localities.models import (
    KINDS,
    Catalogue,
    CatalogueRecord,
    Changeset,
    Citation,
    Commitment,
    CooperationAgreement,
    Edit,
    IndustrialPark,
    Observation,
    Sector,
    Source,
    StageIssue,
    Step,
    Stewardship,
    SupportOrganisation,
    TransportNode,
)
from localities.models.constraints import Between, Ordered
from portal.accounts.models import ApiClient, Organisation

pytestmark = pytest.mark.django_db

CATALOGUE = list(KINDS.values())
CHANGES: list[type[models.Model]] = [Catalogue, Changeset, Edit, Step]


def _ranges() -> list[Any]:
    cases = []
    for model in CATALOGUE:
        for rule in model._meta.constraints:
            if isinstance(rule, Between):
                ends = [(rule.low, -1), (rule.high, 1)]
                values = [bound + step for bound, step in ends if bound is not None]
                cases += [pytest.param(model, rule, v, id=f"{rule.name}-{v}") for v in values]
    return cases


def _orders() -> list[Any]:
    return [
        pytest.param(model, rule, id=rule.name)
        for model in CATALOGUE
        for rule in model._meta.constraints
        if isinstance(rule, Ordered)
    ]


@pytest.mark.parametrize(("model", "rule", "value"), _ranges())
def test_value_outside_its_range_is_refused(
    model: type[models.Model], rule: Between, value: float
) -> None:
    record = model._default_manager.all()[:1].get()
    with pytest.raises(IntegrityError, match=rule.name):
        model._default_manager.filter(pk=record.pk).update(**{rule.field: value})


@pytest.mark.parametrize(("model", "rule"), _orders())
def test_range_upside_down_is_refused(model: type[models.Model], rule: Ordered) -> None:
    record = model._default_manager.all()[:1].get()
    with pytest.raises(IntegrityError, match=rule.name):
        model._default_manager.filter(pk=record.pk).update(**{rule.field: 2, rule.high: 1})


CHECKS: list[tuple[str, type[models.Model], str, dict[str, Any]]] = [
    ("park_position_whole", IndustrialPark, "long-duc", {"lat": None}),
    ("observation_one_place", Observation, "cao-bang-papi-water-quality-2024", {"province": None}),
    (
        "observation_one_place",
        Observation,
        "cao-bang-papi-water-quality-2024",
        {"former_province": "cao-bang"},
    ),
    ("observation_one_place", Observation, "phu-tho-phu-tho-pci-rank-2024", {"park": "long-duc"}),
    (
        "commitment_target_has_unit",
        Commitment,
        "bac-ninh-licensing-2025-09",
        {"target_value": 3, "target_unit": None},
    ),
    (
        "agreement_prefecture_range",
        CooperationAgreement,
        "mitsuke-city-da-nang-other",
        {"japan_prefecture_code": "48"},
    ),
    (
        "agreement_prefecture_range",
        CooperationAgreement,
        "mitsuke-city-da-nang-other",
        {"japan_prefecture_code": "00"},
    ),
    ("support_prefecture_range", SupportOrganisation, "jica", {"prefecture_code": "48"}),
    *(
        ("agreement_prefecture_range", CooperationAgreement, "mitsuke-city-da-nang-other", code)
        for code in ({"japan_prefecture_code": "1"}, {"japan_prefecture_code": "2x"})
    ),
    ("support_prefecture_range", SupportOrganisation, "jica", {"prefecture_code": "1"}),
    ("support_prefecture_range", SupportOrganisation, "jica", {"prefecture_code": "2x"}),
    ("sector_not_its_own_parent", Sector, "machinery", {"parent": "machinery"}),
]


@pytest.mark.parametrize(("name", "model", "key", "values"), CHECKS)
def test_broken_invariant_is_refused(
    name: str, model: type[models.Model], key: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=name):
        model._default_manager.filter(pk=key).update(**values)


@pytest.mark.parametrize(("name", "model", "key", "values"), CHECKS)
def test_broken_invariant_is_told_without_a_query(
    name: str,
    model: type[CatalogueRecord],
    key: str,
    values: dict[str, Any],
    django_assert_num_queries: Any,
) -> None:
    full = record_values(model._default_manager.get(pk=key)) | values
    references = References()
    load_references(references, model, [full])
    with django_assert_num_queries(0), pytest.raises(ValidationError) as refused:
        build(model, key, full, True, references)
    (field,) = refused.value.message_dict
    assert field in ("province", "parent", "lat", "target_unit", *values)
    assert name not in str(refused.value)


TWINS: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("source_unique", Source, {"url__isnull": False, "published__isnull": False}),
    ("source_unique", Source, {"url__isnull": False, "published": None}),
    ("source_unique", Source, {"url": None, "published__isnull": False}),
    ("citation_position_unique", Citation, {}),
    ("observation_province_unique", Observation, {"province__isnull": False}),
    ("observation_former_province_unique", Observation, {"former_province__isnull": False}),
    ("stage_issue_rank_unique", StageIssue, {}),
    ("node_iata_unique", TransportNode, {"iata__isnull": False}),
    ("discrepancy_unique", KINDS["discrepancy"], {}),
    ("strength_unique", KINDS["strength"], {}),
    ("anchor_unique", KINDS["anchor-company"], {"former_province": None}),
    ("anchor_unique", KINDS["anchor-company"], {"former_province__isnull": False}),
    ("priority_unique", KINDS["investment-priority"], {"former_province": None}),
    ("priority_unique", KINDS["investment-priority"], {"former_province__isnull": False}),
    ("cost_unique", KINDS["cost-benchmark"], {"period": None}),
    ("cost_unique", KINDS["cost-benchmark"], {"period__isnull": False}),
]


@pytest.mark.parametrize(("name", "model", "which"), TWINS)
def test_second_record_of_the_same_thing_is_refused(
    name: str, model: type[models.Model], which: dict[str, Any]
) -> None:
    twin = model._default_manager.filter(**which)[:1].get()
    twin.pk = "twin"
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        model._default_manager.bulk_create([twin])


def test_second_node_of_the_same_icao_code_is_refused() -> None:
    twin = TransportNode.objects.get(key="noi-bai")
    twin.key, twin.iata = "twin", "XXX"
    with pytest.raises(IntegrityError, match=r"(?i)unique.*icao"):
        TransportNode.objects.bulk_create([twin])


def test_second_rank_of_an_issue_at_a_stage_is_refused() -> None:
    twin = StageIssue.objects.get(key="before-1")
    twin.key, twin.rank = "twin", 99
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        StageIssue.objects.bulk_create([twin])


def test_second_figure_of_a_park_is_refused() -> None:
    figure = Observation(
        indicator_id="industrial_park_occupancy_pct",
        park_id="long-duc",
        period="2025",
        value_min=90,
        value_max=95,
    )
    figures = [figure, Observation(**{**_columns(figure), "key": "twin"})]
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        Observation.objects.bulk_create(figures)


def _columns(record: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


@pytest.mark.parametrize(
    "place", [{"province_id": "hue"}, {"park_id": "long-duc"}, {}], ids=["province", "park", "all"]
)
@pytest.mark.parametrize("record_kind", ["industrial-park", None])
def test_second_steward_of_the_same_listings_is_refused(
    place: dict[str, str], record_kind: str | None
) -> None:
    Organisation.objects.create(key="desk", kind="prefecture", name_ja="机", name_en="Desk")
    rows = [
        Stewardship(key=key, organisation_id="desk", record_kind=record_kind, **place)
        for key in ("one", "two")
    ]
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        Stewardship.objects.bulk_create(rows)


def test_a_steward_of_a_park_and_a_province_at_once_is_refused() -> None:
    Organisation.objects.create(key="desk", kind="park-operator", name_ja="机", name_en="Desk")
    both = Stewardship(key="b", organisation_id="desk", province_id="dong-nai", park_id="long-duc")
    needed = "A province or an industrial park is needed, not both."
    with translation.override("en"):
        with pytest.raises(ValidationError) as error:
            both.full_clean()
        assert error.value.message_dict == {"park": [needed]}
    with pytest.raises(IntegrityError, match="stewardship_one_place"):
        Stewardship.objects.bulk_create([both])


def test_former_steward_may_stay_on_record() -> None:
    Organisation.objects.create(key="desk", kind="prefecture", name_ja="机", name_en="Desk")
    Stewardship.objects.create(key="old", organisation_id="desk", is_active=False)
    Stewardship.objects.create(key="new", organisation_id="desk")


def test_second_catalogue_row_is_refused() -> None:
    with pytest.raises(IntegrityError, match="catalogue_one_row"):
        Catalogue.objects.create(id=2)


@pytest.mark.parametrize(("state", "version"), [("applied", None), ("draft", 7)])
def test_version_without_apply_or_apply_without_version_is_refused(
    state: str, version: int | None
) -> None:
    with pytest.raises(IntegrityError, match="changeset_version_when_applied"):
        Changeset.objects.create(title="Odd", state=state, version=version)


def test_version_is_given_once() -> None:
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        Changeset.objects.create(title="Again", state="applied", version=1)


def test_own_review_is_refused() -> None:
    user = get_user_model().objects.create_user("a@example.org")
    with pytest.raises(IntegrityError, match="changeset_four_eyes"):
        Changeset.objects.create(
            title="Mine", author=user, reviewer=user, decided_at=timezone.now()
        )


def test_what_is_of_a_person_and_a_client_or_of_a_client_of_nobody_is_refused() -> None:
    user = get_user_model().objects.create_user("a@example.org")
    key = Organisation.objects.create(key="osaka", kind="prefecture").pk
    client = ApiClient.objects.create(organisation_id=key, name="CRM")
    own = Changeset.objects.create(title="Own", client=client, organisation_id=key)
    for wrong in ({"author": user}, {"organisation": None}):
        with (
            pytest.raises(IntegrityError, match="changeset_person_or_client"),
            transaction.atomic(),
        ):
            Changeset.objects.filter(pk=own.pk).update(**wrong)
    with pytest.raises(IntegrityError, match="step_person_or_client"):
        Step.objects.create(changeset=own, kind="proposed", revision=1, actor=user, client=client)


@pytest.mark.parametrize(("action", "field"), [("update", ""), ("create", "lat")])
def test_edit_of_no_field_or_creation_of_one_is_refused(action: str, field: str) -> None:
    with pytest.raises(IntegrityError, match="edit_field_when_update"):
        _edit(1, action=action, field=field)


@pytest.mark.parametrize(
    "second", [{"position": 1, "field": "lon"}, {"position": 2, "field": "lat"}]
)
def test_second_edit_of_a_field_or_at_a_position_is_refused(second: dict[str, Any]) -> None:
    first = _edit(1, action="update", field="lat")
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        _edit(changeset=first.changeset, action="update", **second)


def _edit(position: int, *, changeset: Changeset | None = None, **values: Any) -> Edit:
    changeset = changeset or Changeset.objects.create(title="Trial")
    return Edit.objects.create(
        changeset=changeset,
        position=position,
        record_kind="industrial-park",
        record="long-duc",
        **values,
    )


def test_every_constraint_is_tried() -> None:
    """A new constraint needs a case above; those of ranges and orders get theirs by themselves."""
    here = {name for name, *_rest in [*CHECKS, *TWINS]} | {
        "node_icao_unique",
        "stage_issue_unique",
        "observation_park_unique",
        "stewardship_unique",
        "stewardship_one_place",
        "catalogue_one_row",
        "changeset_version_when_applied",
        "changeset_four_eyes",
        "changeset_person_or_client",
        "step_person_or_client",
        "edit_field_when_update",
        "edit_position_unique",
        "edit_once_per_field",
    }
    stated = {
        rule.name
        for model in [*CATALOGUE, *CHANGES]
        for rule in model._meta.constraints
        if not isinstance(rule, (Between, Ordered))
    }
    assert stated == here
