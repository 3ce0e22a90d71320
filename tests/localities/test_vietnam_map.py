"""The map's geometry is that of the catalogue: 34 units and their borders."""

import json
from pathlib import Path

import pytest

from localities.vietnam import drawing
from localities.vietnam.topology import covers, topology

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROVINCES = json.loads(next(FIXTURES.glob("*[0-9]_province.json")).read_text(encoding="utf-8"))


def test_outlines_are_those_of_the_34_provinces() -> None:
    assert set(topology().outlines) == {province["pk"] for province in PROVINCES}
    assert len(topology().outlines) == 34


def test_provinces_that_share_a_border_are_the_58_neighbour_pairs() -> None:
    pairs = {
        frozenset((province["pk"], neighbour))
        for province in PROVINCES
        for neighbour in province["fields"]["neighbours"]
    }
    assert topology().neighbours == pairs
    assert len(pairs) == 58


@pytest.mark.parametrize(
    ("latitude", "longitude", "province"),
    [(10.22, 103.96, "an-giang"), (8.69, 106.60, "ho-chi-minh"), (21.03, 105.85, "ha-noi")],
)
def test_a_point_lies_in_one_province(latitude: float, longitude: float, province: str) -> None:
    point = (longitude, latitude)
    found = [key for key, outline in topology().outlines.items() if covers(outline, point)]
    assert found == [province]


def test_steps_run_from_the_lowest_value_to_the_highest_and_silence_is_hatched() -> None:
    areas = [drawing.Area(key, key, "/") for key in ("an-giang", "ca-mau", "hue", "ha-noi")]
    values = {"an-giang": 10.0, "ca-mau": 20.0, "hue": 60.0}
    drawn = drawing.choropleth(areas, values, pinned={"hue": "1"})
    styles = {shape.area.key: shape.style for shape in drawn.shapes}
    assert styles == {
        "an-giang": "map-fit-0",
        "ca-mau": "map-fit-1",
        "hue": "map-fit-4 map-top",
        "ha-noi": "map-none",
    }
    assert [pin.label for pin in drawn.pins] == ["1"]
    assert (drawn.low, drawn.high) == (10.0, 60.0)


def test_a_middle_lies_in_its_own_province() -> None:
    for key, outline in drawing.outlines().items():
        left, top, right, bottom = outline.box
        assert left < outline.middle[0] < right, key
        assert top < outline.middle[1] < bottom, key
