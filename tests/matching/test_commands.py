"""The commands of matching, as they are typed."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from matching.engine.criteria import CRITERIA, ENGINE_VERSION
from tests.matching.contract import EXAMPLE

pytestmark = pytest.mark.django_db
PROFILES = sorted((Path(__file__).parents[2] / "fixtures" / "profiles").glob("*.json"))


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def _file(folder: Path, body: Any) -> str:
    path = folder / "firm.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return str(path)


def _first(table: str) -> str:
    return next(line for line in table.splitlines() if line.lstrip().startswith("1"))


@pytest.mark.parametrize(
    ("level", "first"), [("province", "Ho Chi Minh City"), ("park", "Long Duc Industrial Park")]
)
def test_match_prints_the_ranking(tmp_path: Path, level: str, first: str) -> None:
    table = _run("match", "--profile", _file(tmp_path, EXAMPLE), "--level", level, "--lang", "en")
    assert f"catalogue 1, engine {ENGINE_VERSION}" in table
    assert first in table


def test_match_takes_a_profile_alone(tmp_path: Path) -> None:
    assert "weights: sector 2" in _run(
        "match", "--profile", _file(tmp_path, {"sector": "it-dx"}), "--limit", "1"
    )


@pytest.mark.parametrize(
    "body", [{"sector": "sushi"}, {"profile": {"sector": "it-dx"}, "x": 1}, []]
)
def test_match_refuses_a_bad_profile(tmp_path: Path, body: Any) -> None:
    with pytest.raises(CommandError):
        _run("match", "--profile", _file(tmp_path, body))


def test_match_refuses_a_missing_file() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json"):
        _run("match", "--profile", "nowhere.json")


def test_firms_of_different_kinds_get_different_first_places() -> None:
    firsts = {_first(_run("match", "--profile", str(path), "--lang", "en")) for path in PROFILES}
    assert len(PROFILES) == 10
    places = {line.split("%")[-1].split("(")[0].strip() for line in firsts}
    assert len(places) >= 4


def test_criteria_coverage_finds_facts_for_every_criterion() -> None:
    lines = _run("criteria_coverage").splitlines()[1:]
    assert [line.split()[0] for line in lines] == [criterion.code for criterion in CRITERIA]
    for line in lines:
        _code, provinces, parks = line.split()[:3]
        assert int(provinces.split("/")[0]) > 0, line
        assert int(parks.split("/")[0]) > 0, line


def test_match_says_what_a_hoped_for_rank_takes_and_where_a_caution_ends(tmp_path: Path) -> None:
    body = {**EXAMPLE, "must_haves": ["clinic", "training_centre"]}
    table = _run("match", "--profile", _file(tmp_path, body), "--lang", "en")
    alone = _run("match", "--profile", _file(tmp_path, EXAMPLE), "--lang", "en")

    assert re.search(r"^  \?  .+ \(up to rank \d+\)$", alone, re.MULTILINE)
    together = r"^  \?  .+ \(up to rank \d+, with its 2 open must-haves all confirmed\)$"
    assert re.search(together, table, re.MULTILINE)
    assert re.search(r"^ +- .+ \(no longer a caution within \d+ km\)$", alone, re.MULTILINE)
