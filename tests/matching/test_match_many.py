"""Profiles from a CSV file: the API's rules, the engine's numbers, a line for every row."""

import csv
import dataclasses
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from rest_framework.exceptions import ValidationError

from matching import snapshot
from matching.engine.requirements import Requirements
from matching.profile_table import Block, ProfileTable, UnreadableTable
from matching.questions import read_question
from matching.requirements import requirements_of, weights_of
from tests.matching.contract import EXAMPLE, ask

pytestmark = pytest.mark.django_db

# The same row twice: as a spreadsheet has it, and as the API is asked.
ROWS: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"sector": "it-dx"}, {"profile": {"sector": "it-dx"}}),
    (
        {
            "sector": "fabricated-metal",
            "other_sectors": "machinery; electronics ;",
            "prefecture": "27",
            "employees": "80",
            "stage": "prepare",
            "purposes": "export-to-japan;supply-japanese-makers",
            "entry_modes": "rental-factory",
            "floor_area_m2": "500",
            "rent_budget_usd_m2_month": "5.0",
            "power_kva": "3e2",
            "water_m3_day": " 20 ",
            "workers": "0",
            "engineers": "3.0",
            "talent_fields": "mechanical",
            "services": "one_stop_setup;japanese_speaking_staff",
            "max_km_to_seaport": "0",
            "customer_provinces": "ho-chi-minh;dong-nai",
            "existing_ties": "ha-noi",
            "must_haves": "rental_factory;rent_within_budget;operating",
        },
        {
            "profile": {
                "sector": "fabricated-metal",
                "other_sectors": ["machinery", "electronics"],
                "prefecture": "27",
                "employees": 80,
                "stage": "prepare",
                "purposes": ["export-to-japan", "supply-japanese-makers"],
                "entry_modes": ["rental-factory"],
                "floor_area_m2": 500,
                "rent_budget_usd_m2_month": 5.0,
                "power_kva": 300.0,
                "water_m3_day": 20,
                "workers": 0,
                "engineers": 3.0,
                "talent_fields": ["mechanical"],
                "services": ["one_stop_setup", "japanese_speaking_staff"],
                "max_km_to_seaport": 0,
                "customer_provinces": ["ho-chi-minh", "dong-nai"],
                "existing_ties": ["ha-noi"],
            },
            "must_haves": ["rental_factory", "rent_within_budget", "operating"],
        },
    ),
    # A spreadsheet takes 01 for the number 1.
    (
        {"sector": "fisheries", "prefecture": "1", "stage": "operate"},
        {"profile": {"sector": "fisheries", "prefecture": "01", "stage": "operate"}},
    ),
    *(
        (
            {"sector": "it-dx", column: cell},
            {"profile": {"sector": "it-dx", column: value}},
        )
        for column, cell, value in [
            ("other_sectors", "machinery;sushi;natto", ["machinery", "sushi", "natto"]),
            ("other_sectors", ";".join(["machinery"] * 51), ["machinery"] * 51),
            ("prefecture", "48", "48"),
            ("prefecture", "２７", "２７"),
            ("employees", "0", 0),
            ("employees", "80.5", 80.5),
            ("employees", "eighty", "eighty"),
            ("employees", "1e400", float("inf")),
            ("employees", "1000001", 1000001),
            ("stage", "Prepare", "Prepare"),
            ("purposes", "export-to-japan,recruit-talent", ["export-to-japan,recruit-talent"]),
            ("floor_area_m2", "0", 0),
            ("floor_area_m2", "-5", -5),
            ("floor_area_m2", "0.0000001", 1e-7),
            ("floor_area_m2", "1,000", "1,000"),
            ("floor_area_m2", "nan", "nan"),
            ("power_kva", "0x10", "0x10"),
            ("water_m3_day", "1_000", "1_000"),
            ("wage_budget_usd_month", "true", "true"),
            ("wage_budget_usd_month", "1" * 5000, float("inf")),
            ("workers", "-1", -1),
            ("services", "karaoke", ["karaoke"]),
            ("max_km_to_airport", "5000.1", 5000.1),
            ("customer_provinces", "binh-duong", ["binh-duong"]),
            ("existing_ties", "x\x00y", ["x\x00y"]),
        ]
    ),
    ({"sector": "sushi"}, {"profile": {"sector": "sushi"}}),
    ({"sector": "", "employees": "5"}, {"profile": {"employees": 5}}),
    (
        {"sector": "it-dx", "must_haves": "rent_within_budget"},
        {"profile": {"sector": "it-dx"}, "must_haves": ["rent_within_budget"]},
    ),
    (
        {"sector": "it-dx", "must_haves": "sauna"},
        {"profile": {"sector": "it-dx"}, "must_haves": ["sauna"]},
    ),
    (
        {"sector": "sushi", "stage": "x", "employees": "many"},
        {"profile": {"sector": "sushi", "stage": "x", "employees": "many"}},
    ),
]


def _as_csv(*rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    file = StringIO()
    writer = csv.DictWriter(file, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _blocks(text: str, rows: int = 1000) -> list[Block]:
    return list(ProfileTable(snapshot.current()).blocks(StringIO(text, newline=""), rows))


def _file(folder: Path, content: str | bytes) -> str:
    path = folder / "profiles.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def _run(folder: Path, content: str | bytes, *options: str) -> list[dict[str, str]]:
    out = folder / "results.csv"
    arguments = ["match_many", _file(folder, content), "--out", str(out), "--lang", "en", *options]
    call_command(*arguments, stdout=StringIO())
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _told(detail: Any) -> list[str]:
    """The texts in the detail of a ValidationError."""
    if isinstance(detail, dict):
        return [text for inner in detail.values() for text in _told(inner)]
    if isinstance(detail, list):
        return [text for inner in detail for text in _told(inner)]
    return [str(detail)]


def _of_the_api(body: dict[str, Any]) -> dict[str, str]:
    """What the API says against `body`, by column."""
    with pytest.raises(ValidationError) as refused:
        read_question(body, snapshot=snapshot.current())
    detail: Any = refused.value.detail
    columns = {**detail.get("profile", {}), **{k: v for k, v in detail.items() if k != "profile"}}
    return {name: " ".join(dict.fromkeys(_told(texts))) for name, texts in columns.items()}


def _stands(body: dict[str, Any]) -> bool:
    try:
        read_question(body, snapshot=snapshot.current())
    except ValidationError:
        return False
    return True


def _assert_same(one: Requirements, other: Requirements) -> None:
    for field in dataclasses.fields(Requirements):
        np.testing.assert_array_equal(
            getattr(one, field.name), getattr(other, field.name), err_msg=field.name
        )


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_every_row_is_judged_and_read_as_the_api_does(rows: int) -> None:
    facts = snapshot.current().facts
    bodies = [body for _cells, body in ROWS]
    with translation.override("en"):
        blocks = _blocks(_as_csv(*(cells for cells, _body in ROWS)), rows)
        position = 0
        for block in blocks:
            good = block.good.tolist()
            for at in range(len(block.numbers)):
                body = bodies[position]
                assert (at in good) == _stands(body), body
                if at in good:
                    question = read_question(body, snapshot=snapshot.current())
                    row = good.index(at)
                    found = block.requirements.take(slice(row, row + 1))
                    _assert_same(found, requirements_of(question, facts))
                    assert block.weights[row].tolist() == weights_of(question, facts).tolist()
                else:
                    told = {each.column: each.reason for each in block.refusals[at]}
                    assert told == _of_the_api(body)
                position += 1
    assert position == len(ROWS)
    assert sum(len(block.good) for block in blocks) == 3


def test_a_profile_gets_the_answer_of_the_api(client: Client, tmp_path: Path) -> None:
    profile = {name: value for name, value in EXAMPLE["profile"].items() if value}
    cells = {
        name: ";".join(value) if isinstance(value, list) else str(value)
        for name, value in profile.items()
    }
    must_haves = ["rental_factory", "japanese_speaking_staff"]
    for level in ("province", "park"):
        body = {"profile": profile, "must_haves": must_haves, "level": level, "limit": 3}
        answer = ask(client, body).json()
        text = _as_csv(cells | {"must_haves": ";".join(must_haves)})
        (line,) = _run(tmp_path, text, "--top", "3", "--level", level)
        assert (line["row"], line["error_column"], line["error_reason"]) == ("2", "", "")
        for rank, result in enumerate(answer["results"], 1):
            slug = result["place"]["slug"]
            park = result["best_park"]["slug"] if level == "province" else slug
            assert {name: line[f"{name}_{rank}"] for name in ("place", "park", "rank")} == {
                "place": slug,
                "park": park,
                "rank": str(result["rank"]),
            }
            numbers = {
                "fit": result["fit"],
                "band_low": result["band"][0],
                "band_high": result["band"][1],
                "coverage_province": result["coverage"]["province"],
                "coverage_site": result["coverage"]["site"],
                "to_be_confirmed": float(result["to_be_confirmed"]),
            }
            for name, number in numbers.items():
                assert float(line[f"{name}_{rank}"]) == pytest.approx(number, abs=6e-5), name


def test_no_row_is_lost_and_each_refusal_has_row_column_and_reason(tmp_path: Path) -> None:
    text = (
        "id,sector,employees\r\n"
        "A-1,fabricated-metal,80\r\n"
        "\r\n"
        "A-2,sushi,\r\n"
        '"A-3, the ""third""",it-dx\r\n'
        "A-4,it-dx,0,surplus\r\n"
        "A-5,,many\r\n"
    )
    lines = _run(tmp_path, text, "--top", "1")
    assert [(line["row"], line["id"], line["error_column"]) for line in lines] == [
        ("2", "A-1", ""),
        ("4", "A-2", "sector"),
        ("5", 'A-3, the "third"', ""),
        ("6", "A-4", " | employees"),
        ("7", "A-5", "sector | employees"),
    ]
    assert [bool(line["place_1"]) for line in lines] == [True, False, True, False, False]
    assert lines[1]["error_reason"].startswith("“sushi” is not allowed; allowed: ")
    assert lines[3]["error_reason"].startswith("The row has more cells than the header. | ")
    assert lines[4]["error_reason"] == (
        "A value is needed. | Allowed is a whole number from 1 to 1,000,000."
    )


def test_a_file_without_a_good_row_still_names_each(tmp_path: Path) -> None:
    lines = _run(tmp_path, "sector\nsushi\nnatto\n")
    assert [(line["row"], line["error_column"]) for line in lines] == [
        ("2", "sector"),
        ("3", "sector"),
    ]
    assert _run(tmp_path, "sector\n") == []


def test_fewer_places_than_asked_leave_blanks(tmp_path: Path) -> None:
    text = "sector,must_haves\nit-dx,incubation_without_company;power_dual_source\nit-dx,\n"
    few, many = _run(tmp_path, text, "--top", "1000")
    assert len([name for name in many if name.startswith("place_")]) == 34
    assert all(value is not None for value in few.values())
    ranked = [rank for rank in range(1, 35) if few[f"place_{rank}"]]
    assert ranked == list(range(1, len(ranked) + 1))
    for rank in set(range(1, 35)) - set(ranked):
        assert {few[f"{name}_{rank}"] for name in ("park", "rank", "fit", "to_be_confirmed")} == {
            ""
        }
    assert len(ranked) < 34


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_makes_no_difference(tmp_path: Path, mark: bytes) -> None:
    (line,) = _run(tmp_path, mark + "sector,id\nit-dx,東大阪\n".encode(), "--top", "1")
    assert (line["id"], line["error_reason"]) == ("東大阪", "")


def test_a_cell_that_is_not_utf_8_costs_its_own_row(tmp_path: Path) -> None:
    content = b"sector,id\nit-dx,a\n" + "金属,b\n".encode("cp932") + b"it-dx,c\n"
    lines = _run(tmp_path, content, "--top", "1")
    assert [(line["id"], line["error_column"]) for line in lines] == [
        ("a", ""),
        ("b", "sector"),
        ("c", ""),
    ]


def test_the_size_of_blocks_changes_nothing() -> None:
    text = _as_csv(*(cells for cells, _body in ROWS))
    (whole,) = _blocks(text)
    parts = _blocks(text, 2)
    assert [number for part in parts for number in part.numbers] == list(whole.numbers)
    assert len(parts) == len(ROWS) // 2 + len(ROWS) % 2


def test_a_block_is_read_only_when_it_is_asked_for() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        yield "sector\n"
        while True:
            taken += 1
            yield "it-dx\n"

    blocks = ProfileTable(snapshot.current()).blocks(endless(), 10)
    assert len(next(blocks).good) == 10
    assert taken == 10
    assert len(next(blocks).good) == 10
    assert taken == 20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "column sector is needed"),
        ("id,employees\n1,2\n", "column sector is needed; allowed are id, sector, other_sectors"),
        ("sector,profit\nit-dx,1\n", "Unknown column “profit”; allowed are id, sector"),
        ("sector,sector\nit-dx,it-dx\n", "sector stands there twice"),
        ("sector;employees\nit-dx;5\n", "Unknown column “sector;employees”"),
        ("sector\n" + "x" * 200_000 + "\n", "Line 2: field larger than field limit"),
    ],
)
def test_an_unreadable_file_is_refused_as_a_whole(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "results.csv").write_text("yesterday's")
    with pytest.raises(CommandError, match=told):
        _run(tmp_path, text)
    assert (tmp_path / "results.csv").read_text() == "yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["profiles.csv", "results.csv"]


def test_a_header_that_is_not_utf_8_is_refused() -> None:
    table = ProfileTable(snapshot.current())
    with pytest.raises(UnreadableTable, match=r"“\?\?”"), translation.override("en"):
        next(table.blocks(["\udc8b\udc8c,sector\n"]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("match_many", str(tmp_path / "nowhere.csv"), "--out", str(out))
    assert not list(tmp_path.iterdir())


def test_the_results_never_take_the_place_of_the_profiles(tmp_path: Path) -> None:
    path = _file(tmp_path, "sector\nit-dx\n")
    with pytest.raises(CommandError, match="take the place"):
        call_command("match_many", path, "--out", path)
    assert Path(path).read_text() == "sector\nit-dx\n"


@pytest.mark.parametrize("top", ["0", "-1", "ten"])
def test_a_number_of_places_is_needed(tmp_path: Path, top: str) -> None:
    with pytest.raises(CommandError, match="no whole number from 1"):
        _run(tmp_path, "sector\nit-dx\n", "--top", top)


@pytest.mark.parametrize(("terminal", "shown"), [(True, "100% 1\n"), (False, "")])
def test_progress_is_shown_on_a_terminal_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool, shown: str
) -> None:
    screen = StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys, "stderr", screen)
    _run(tmp_path, "sector\nit-dx\n", "--top", "1")
    assert screen.getvalue().endswith(shown)
    assert bool(screen.getvalue()) == terminal
