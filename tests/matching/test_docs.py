"""docs/matching.md says what the engine does: its tables are made from it, and are up to date."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from matching.engine.criteria import CRITERIA
from matching.method_tables import PROFILES, TABLES, written

pytestmark = pytest.mark.django_db
PAGE = settings.BASE_DIR / "docs" / "matching.md"


def _run(page: Path, *options: str) -> str:
    out = StringIO()
    call_command("method_tables", "--page", str(page), *options, stdout=out)
    return out.getvalue()


def test_the_page_and_the_engine_agree() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, "docs/matching.md is stale: run `manage.py method_tables`"


def test_every_table_stands_in_the_page_once() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in TABLES:
        assert page.count(f"<!-- {name}: begin -->") == 1
        assert page.count(f"<!-- {name}: end -->") == 1


def test_every_criterion_has_a_full_row() -> None:
    rows = [line for line in TABLES["criteria"]().splitlines() if line.startswith("| `")]
    assert len(rows) == len(CRITERIA)
    for criterion, row in zip(CRITERIA, rows, strict=True):
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 9
        assert all(cells), criterion.code
        code, level, kind, weight, _when, reads, _value, basis, missing = cells
        assert code == f"`{criterion.code}`<br>{criterion.label[1]}"
        assert (level, kind) == (criterion.level, "specific" if criterion.specific else "general")
        assert float(weight) == criterion.weight
        assert [fact.strip("`") for fact in reads.split(", ")] == list(criterion.reads)
        assert basis == criterion.basis
        assert missing.startswith("none") == criterion.searched


def test_value_functions_are_told_with_their_points() -> None:
    table = TABLES["criteria"]()
    by_code = {line.split("`")[1]: line for line in table.splitlines() if line.startswith("| `")}
    assert "30 → 1, 250 → 0" in by_code["hard.japan_flights"]
    assert "by the firm's prefecture: 0 → 0, 3 → 1" in by_code["soft.prefecture_tie"]
    assert "0.9 → 1, 1.5 → 1, 3 → 0" in by_code["hard.unit_size"]
    assert "the limit asked for and twice that" in by_code["hard.seaport"]
    assert "(default 20 and 150)" in by_code["hard.seaport"]
    assert "`floor_area_m2` is given, and a hall is looked for" in by_code["hard.unit_size"]
    assert "level / 3; a request for the parent sector" in by_code["sector.priority"]


def test_the_example_adds_up() -> None:
    rows = [line.strip("| ").split(" | ") for line in TABLES["example"]().splitlines()]
    sums = [row for row in rows if row[0].startswith("`") and len(row) == 5]
    total = next(row for row in rows if row[0] == "**sum**")
    assert len(sums) > 30
    assert sum(float(row[4]) for row in sums) == pytest.approx(float(total[-1][2:-2]), abs=0.25)
    for _code, _fact, value, weight, points in sums:
        known = 0.0 if value == "unknown" else float(value)
        assert 100 * known * float(weight) == pytest.approx(float(points), abs=0.06)


def test_the_steps_by_hand_lead_to_the_weights_of_the_example() -> None:
    steps, example = TABLES["by-hand"](), TABLES["example"]()
    for step in steps.splitlines()[3:]:
        code, weight = step.split("`")[1], step.rstrip(".").split(" = ")[-1]
        (row,) = [line for line in example.splitlines() if line.startswith(f"| `{code}`")]
        assert f" {weight} |" in row


def test_the_back_test_stands_in_the_page_as_it_is_printed() -> None:
    out = StringIO()
    call_command("backtest", stdout=out)
    printed = [re.split(r"\s{2,}", line.strip()) for line in out.getvalue().splitlines()]
    figures = {(row[0], *row[1:]) for row in printed if len(row) == 6}
    rows = [line.strip("| ").split(" | ") for line in TABLES["backtest"]().splitlines()]
    engines = [tuple(row) for row in rows if row[0] == "engine"]
    assert len(engines) == 2
    assert set(engines) <= figures


def test_the_standard_error_is_that_of_the_draws() -> None:
    table = TABLES["standard-error"]()
    assert "share of 2,000 draws" in table
    assert "| 0.5 | 0.0112 |" in table  # sqrt(0.5 x 0.5 / 2000)


def test_every_firm_is_ranked_and_judged() -> None:
    page = PAGE.read_text(encoding="utf-8")
    judged = page[page.index("<!-- firms: end -->") :]
    for path in PROFILES.iterdir():
        assert f"| `{path.stem}` |" in page
        assert f"**{path.stem}**" in judged


def test_the_command_mends_a_stale_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("A\n<!-- issues: begin -->\nold\n<!-- issues: end -->\nB\n")
    with pytest.raises(CommandError, match="stale"):
        _run(page, "--check")
    assert "old" in page.read_text()
    assert _run(page).endswith("written\n")
    assert page.read_text() == (
        f"A\n<!-- issues: begin -->\n{TABLES['issues']()}\n<!-- issues: end -->\nB\n"
    )
    assert _run(page, "--check").endswith("as it was\n")
