"""A changeset is applied as a whole or not at all, and makes the next version."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from localities.curation import hooks
from localities.curation.apply import apply
from localities.curation.errors import Clash, Conflict, Refusal, Refused, WrongState
from localities.curation.propose import draft, propose
from localities.curation.values import record_values
from localities.models import (
    KINDS,
    Catalogue,
    Changeset,
    Edit,
    IndustrialPark,
    Province,
    Source,
)
from portal.accounts.roles import NotAllowed
from tests.localities.people import member, organisation

pytestmark = pytest.mark.django_db

PARK = "long-duc"


def update(
    field: str, old: Any, new: Any, *, kind: str = "industrial-park", record: str = PARK
) -> Edit:
    return Edit(action="update", record_kind=kind, record=record, field=field, old=old, new=new)


def whole(action: str, record: str, new: Any = None, *, kind: str = "industrial-park") -> Edit:
    return Edit(action=action, record_kind=kind, record=record, new=new)


def proposed(*edits: Edit) -> Changeset:
    return propose(draft("Trial", edits))


def version() -> int:
    return Catalogue.objects.get().version


def new_park(**values: Any) -> dict[str, Any]:
    return {
        "name_ja": "試験団地",
        "name_en": "Trial Park",
        "name_vi": "KCN Thử",
        "province": "hue",
        "status": "planned",
        **values,
    }


def test_apply_writes_and_makes_the_next_version() -> None:
    changeset = apply(proposed(update("tenants_count", 70, 71), update("clinic", None, True)))

    assert (changeset.state, changeset.version, version()) == ("applied", 2, 2)
    assert changeset.decided_at is not None
    park = IndustrialPark.objects.get(key=PARK)
    assert (park.tenants_count, park.clinic) == (71, True)


def test_versions_have_no_gap_after_a_refusal() -> None:
    apply(proposed(update("tenants_count", 70, 71)))
    with pytest.raises(Refused):
        apply(proposed(update("tenants_count", 71, -1)))
    apply(proposed(update("tenants_count", 71, 72)))

    applied = Changeset.objects.filter(state="applied").order_by("version")
    assert list(applied.values_list("version", flat=True)) == [1, 2, 3]
    assert version() == 3


def test_apply_creates_a_record_with_its_lists_and_search_text() -> None:
    values = new_park(target_sectors=["machinery", "electronics"], lat=16.4, lon=107.6)
    apply(proposed(whole("create", "trial-park", values)))

    park = IndustrialPark.objects.get(key="trial-park")
    told = {name: value for name, value in record_values(park).items() if value not in (None, [])}
    assert told == values | {"target_sectors": ["electronics", "machinery"]}
    assert park.search_text == "試験団地\ntrialpark\nkcnthu"


def test_apply_creates_records_that_point_to_each_other() -> None:
    source = whole("create", "a-paper", {"title": "A paper"}, kind="source")
    citation = {
        "source": "a-paper",
        "record_kind": "industrial-park",
        "record": PARK,
        "position": 90,
        "fields": ["clinic"],
    }
    apply(proposed(whole("create", "a-citation", citation, kind="citation"), source))

    assert list(Source.objects.get(key="a-paper").citations.values_list("key", flat=True)) == [
        "a-citation"
    ]


def test_apply_updates_names_and_lists() -> None:
    apply(
        proposed(
            update("other_names", [], ["ロンドゥック"]),
            update(
                "target_sectors",
                ["chemicals-pharma", "fabricated-metal", "logistics-ports", "transport-equipment"],
                ["machinery"],
            ),
        )
    )
    park = IndustrialPark.objects.get(key=PARK)
    assert park.search_text.splitlines()[-1] == "ろんどぅっく"
    assert record_values(park)["target_sectors"] == ["machinery"]


def test_deactivate_and_reactivate_keep_the_record() -> None:
    before = record_values(IndustrialPark.objects.get(key=PARK))
    apply(proposed(whole("deactivate", PARK)))
    assert not IndustrialPark.objects.get(key=PARK).is_active
    apply(proposed(whole("reactivate", PARK)))
    park = IndustrialPark.objects.get(key=PARK)
    assert park.is_active
    assert record_values(park) == before


def test_conflict_names_field_base_current_and_proposed() -> None:
    first = proposed(update("tenants_count", 70, 71))
    second = proposed(update("tenants_count", 70, 75), update("clinic", None, True))
    apply(first)

    with pytest.raises(Conflict) as caught:
        apply(second)
    assert caught.value.clashes == [
        Clash("industrial-park", PARK, "tenants_count", base=70, current=71, proposed=75)
    ]
    second.refresh_from_db()
    assert (second.state, second.version, version()) == ("proposed", None, 2)
    assert IndustrialPark.objects.get(key=PARK).clinic is None


@pytest.mark.parametrize(
    "edit",
    [
        whole("create", PARK, new_park()),
        whole("deactivate", "no-such-park"),
        whole("reactivate", PARK),
        update("clinic", None, True, record="no-such-park"),
    ],
    ids=["create-existing", "deactivate-missing", "reactivate-active", "update-missing"],
)
def test_edit_of_a_record_in_another_state_is_a_conflict(edit: Edit) -> None:
    edit.pk = None
    with pytest.raises(Conflict):
        apply(proposed(edit))
    assert version() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lat": 50.0, "lon": 107.0}, "lat"),
        ({"occupancy_pct": 101}, "occupancy_pct"),
        ({"occupancy_pct": "90"}, "occupancy_pct"),
        ({"occupancy_pct": True}, "occupancy_pct"),
        ({"tenants_count": 1.5}, "tenants_count"),
        ({"tenants_count": 3, "japanese_tenants_count": 4}, "japanese_tenants_count"),
        ({"land_rent_usd_m2_min": 5, "land_rent_usd_m2_max": 4}, "land_rent_usd_m2_min"),
        ({"land_rent_as_of": "last spring"}, "land_rent_as_of"),
        ({"rental_units_m2": [500, 200]}, "rental_units_m2"),
        ({"rental_units_m2": []}, "rental_units_m2"),
        ({"notable_tenants": "Canon"}, "notable_tenants"),
        ({"status": "closed"}, "status"),
        ({"status": None}, "status"),
        ({"name_ja": ""}, "name_ja"),
        ({"name_en": "T\x00"}, "name_en"),
        ({"clinic": "yes"}, "clinic"),
        ({"province": "binh-duong"}, "province"),
        ({"province": None}, "province"),
        ({"province": 3}, "province"),
        ({"former_province": "binh-duong"}, "former_province"),
        ({"target_sectors": ["cars"]}, "target_sectors"),
        ({"target_sectors": ["machinery", "machinery"]}, "target_sectors"),
        ({"target_sectors": "machinery"}, "target_sectors"),
        ({"colour": "red"}, "colour"),
        ({"search_text": "x"}, "search_text"),
        ({"lat": 16.4}, "lat"),
    ],
)
def test_value_that_the_model_refuses_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        apply(proposed(whole("create", "trial-park", new_park(**values))))
    places = {(refusal.kind, refusal.record, refusal.field) for refusal in caught.value.refusals}
    assert places == {("industrial-park", "trial-park", field)}
    assert version() == 1
    assert not IndustrialPark.objects.filter(key="trial-park").exists()


def test_figure_outside_its_indicator_is_refused() -> None:
    values = {"indicator": "pci_score", "province": "hue", "period": "2025"}
    edit = whole("create", "x", values | {"value_min": 50, "value_max": 101}, kind="observation")
    with pytest.raises(Refused, match="observation: x: value_max"):
        apply(proposed(edit))


def test_every_refusal_is_named_at_once() -> None:
    with pytest.raises(Refused) as caught:
        apply(
            proposed(
                update("occupancy_pct", 100, 120),
                whole("create", "trial-park", new_park(province="saigon", clinic=1)),
            )
        )
    assert {(refusal.record, refusal.field) for refusal in caught.value.refusals} == {
        (PARK, "occupancy_pct"),
        ("trial-park", "province"),
        ("trial-park", "clinic"),
    }


def test_what_the_catalogue_has_under_another_key_is_named() -> None:
    node = {
        "name_ja": "試験空港",
        "name_en": "Trial airport",
        "province": "hue",
        "node_kind": "airport",
        "status": "planned",
        "iata": "HAN",
    }
    other = node | {"iata": "XXX", "name_ja": "別の空港", "name_en": "Other airport"}
    with pytest.raises(Conflict) as caught:
        apply(
            proposed(
                whole("create", "fine", other, kind="transport-node"),
                whole("create", "taken", node, kind="transport-node"),
            )
        )
    there = KINDS["transport-node"].objects.get(iata="HAN").key
    assert [(clash.record, clash.twin) for clash in caught.value.clashes] == [("taken", there)]
    assert not KINDS["transport-node"].objects.filter(key="fine").exists()


def test_one_sided_neighbours_are_refused() -> None:
    old = record_values(Province.objects.get(key="hue"))["neighbours"]
    with pytest.raises(Refused) as caught:
        apply(proposed(update("neighbours", old, [*old, "son-la"], kind="province", record="hue")))
    assert caught.value.refusals == [
        Refusal("province", "hue", "neighbours", "son-la does not name it back")
    ]


def test_refused_changeset_leaves_nothing_behind() -> None:
    before = {kind: model.objects.count() for kind, model in KINDS.items()}
    with pytest.raises(Refused):
        apply(
            proposed(
                whole("create", "a-paper", {"title": "A paper"}, kind="source"),
                update("tenants_count", 70, 71),
                whole("create", "trial-park", new_park(lat=16.4)),
            )
        )
    assert {kind: model.objects.count() for kind, model in KINDS.items()} == before
    assert IndustrialPark.objects.get(key=PARK).tenants_count == 70
    assert version() == 1


def test_changeset_is_applied_once() -> None:
    changeset = apply(proposed(update("tenants_count", 70, 71)))
    with pytest.raises(WrongState):
        apply(changeset)
    assert version() == 2


def test_draft_cannot_be_applied() -> None:
    with pytest.raises(WrongState):
        apply(draft("Trial", [update("tenants_count", 70, 71)]))


def test_propose_needs_an_edit_and_the_author() -> None:
    with pytest.raises(ValidationError):
        propose(draft("Empty", []))
    osaka = organisation("osaka")
    author, other = member("a", "editor", osaka), member("b", "editor", osaka)
    mine = draft("Mine", [update("clinic", None, True)], author=author, organisation=osaka)
    with pytest.raises(NotAllowed):
        propose(mine, actor=other)


def test_hooks_run_after_the_commit_with_the_version(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[int] = []
    monkeypatch.setattr(hooks, "_hooks", [])
    hooks.on_applied(called.append)
    hooks.on_applied(called.append)
    with django_capture_on_commit_callbacks(execute=True):
        apply(proposed(update("tenants_count", 70, 71)))
        assert called == []
    assert called == [2]
