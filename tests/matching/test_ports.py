"""A park's own distance counts to a deep-water port or an open international airport, else ours."""

import pytest

from matching import snapshot
from matching.snapshot.ports import is_one_of, names_in
from tests.matching.changing import deactivate, update

pytestmark = pytest.mark.django_db
NAMES = frozenset({"cai mep", "thi vai", "da nang", "tien sa", "nghi son"})


def _read(park: str, target: str = "seaport") -> tuple[float, bool, str]:
    """The distance that the engine reads for a park, whether it is ours, and to which node."""
    read, fact = snapshot.current(), f"km_to_{target}"
    at = read.facts.park_slugs.index(park)
    words = read.behind(fact, at).words
    assert words
    km = round(float(getattr(read.facts, fact)[at]), 1)
    return km, bool(getattr(read.facts, f"{fact}_computed")[at]), str(words.en)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nghi Son deep-water port", {"nghi son"}),
        ("Long An International Port", {"long an"}),
        ("Cai Mep - Thi Vai ports", {"cai mep", "thi vai"}),
        ("Da Nang port (Tien Sa)", {"da nang", "tien sa"}),
        ("Dung Quat port cluster", {"dung quat"}),
        ("Port", set()),
    ],
)
def test_a_port_is_known_by_its_bare_names(text: str, names: set[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("stated", "counts"),
    [
        ("Cai Mep port", True),
        ("Cai Mep - Thi Vai port", True),
        ("Nghi Son port (inside the zone)", True),
        ("Cat Lai port", False),
        ("Cai Mep and Cat Lai ports", False),
        ("", False),
        (None, False),
    ],
)
def test_all_ports_that_are_stated_must_be_known(stated: str | None, counts: bool) -> None:
    assert is_one_of(stated, NAMES) == counts


def test_a_stated_distance_to_a_deep_water_port_counts() -> None:
    assert _read("long-duc") == (34, False, "Cai Mep - Thi Vai port")


def test_a_stated_distance_to_another_port_gives_way_to_ours() -> None:
    update("industrial-park", "long-duc", "seaport_name", "Cai Mep - Thi Vai port", "Cat Lai port")

    km, computed, port = _read("long-duc")

    assert (computed, port) == (True, "Phuoc An port")
    assert 15 < km < 34


def test_a_port_that_is_taken_out_of_the_catalogue_no_longer_counts() -> None:
    assert _read("long-duc")[1] is False
    deactivate("transport-node", "cai-mep-thi-vai")
    assert _read("long-duc")[1:] == (True, "Phuoc An port")


def test_no_stated_distance_leads_to_a_river_port_a_dry_port_or_a_feeder_terminal() -> None:
    read = snapshot.current()
    stated = {
        str(evidence.words.en)
        for (at,), evidence in read.evidence["km_to_seaport"].items()
        if evidence.words and not read.facts.km_to_seaport_computed[at]
    }
    assert stated == {
        "Cai Mep - Thi Vai port",
        "Cai Mep port",
        "Chan May port",
        "Da Nang port (Tien Sa)",
        "Long An international port",
        "Nghi Son port",
        "Thi Vai port",
    }


def test_a_stated_distance_to_an_airport_that_is_being_built_gives_way_to_ours() -> None:
    km, computed, airport = _read("long-duc", "airport")
    assert (computed, airport) == (True, "Tan Son Nhat International Airport")
    assert 25 < km < 45

    update("transport-node", "long-thanh", "status", "under-construction", "operating")

    assert _read("long-duc", "airport") == (14, False, "Long Thanh International Airport")


def test_no_stated_distance_leads_to_an_airport_without_international_flights() -> None:
    read = snapshot.current()
    stated = {
        str(evidence.words.en)
        for (at,), evidence in read.evidence["km_to_airport"].items()
        if evidence.words and not read.facts.km_to_airport_computed[at]
    }
    assert stated == {
        "Cam Ranh International Airport",
        "Can Tho International Airport",
        "Cat Bi International Airport",
        "Chu Lai Airport",
        "Da Nang International Airport",
        "Lien Khuong International Airport",
        "Noi Bai International Airport",
        "Phu Bai International Airport",
        "Tan Son Nhat International Airport",
        "Tho Xuan Airport",
        "Vinh International Airport",
    }
