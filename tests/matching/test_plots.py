"""The plots of the results, from outside: the page draws what the API gives."""

import html as entities
import re
from typing import Any

import pytest
from django.test import Client

from tests.matching.contract import ask

pytestmark = pytest.mark.django_db

FIRM = "sector=fabricated-metal&prefecture=27&stage=prepare&rent_budget_usd_m2_month=5"
BODY: dict[str, Any] = {
    "profile": {
        "sector": "fabricated-metal",
        "prefecture": "27",
        "stage": "prepare",
        "rent_budget_usd_m2_month": 5,
    },
    "detail": "full",
    "limit": 500,
}


def _results(client: Client, query: str = FIRM, language: str = "en") -> str:
    response = client.get(f"/{language}/matching/results/?{query}")
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def _table(html: str, fold: str) -> list[list[str]]:
    """The body of the table in the fold, a list of texts a row."""
    found = re.search(
        rf'<details class="plot-fold" id="{fold}">.*?<tbody>(.*?)</tbody>', html, re.S
    )
    assert found, f"no table in {fold}"
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[entities.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def _marks(html: str) -> dict[str, tuple[str, bool]]:
    """Each place drawn: what its mark says, and whether it is on the front."""
    pattern = r'<a class="plot-link([^"]*)" href="#place-([\w-]+)" aria-label="([^"]+)">'
    return {
        slug: (entities.unescape(label), "plot-front" in style)
        for style, slug, label in re.findall(pattern, html)
    }


@pytest.mark.parametrize("level", ["province", "park"])
def test_scatter_draws_places_whose_cost_is_known_and_lists_the_others(
    client: Client, level: str
) -> None:
    lines = ask(client, {**BODY, "level": level}).json()["trade_off"]
    html = _results(client, f"{FIRM}&level={level}")
    marks = _marks(html)

    drawn = {line["slug"]: line for line in lines if line["cost"] is not None}
    assert 0 < len(drawn) < len(lines)
    assert set(marks) == set(drawn)
    for slug, (label, front) in marks.items():
        ends = f": cost {drawn[slug]['cost']:.0f}, the rest {drawn[slug]['others']:.0f}"
        assert (label.endswith(ends), front) == (True, drawn[slug]["front"])
        assert f"<title>{entities.escape(label)}</title>" in html
        assert f'id="place-{slug}"' in html
    assert f"is known: {len(lines) - len(drawn)} place" in html
    listed = html.partition("is known:")[2].partition('id="plot-cost-table"')[0]
    assert set(re.findall(r'href="#place-([\w-]+)"', listed)) == {
        line["slug"] for line in lines if line["cost"] is None
    }


def test_scatter_stands_higher_for_better_and_further_right_for_cheaper(client: Client) -> None:
    lines = {line["slug"]: line for line in ask(client, BODY).json()["trade_off"]}
    html = _results(client)
    pattern = (
        r'href="#place-([\w-]+)" aria-label="[^"]+">'
        r'<circle class="plot-mark" cx="([\d.]+)" cy="([\d.]+)"'
    )
    found = {slug: (float(x), float(y)) for slug, x, y in re.findall(pattern, html)}
    by_cost = sorted(found, key=lambda slug: lines[slug]["cost"])
    by_others = sorted(found, key=lambda slug: lines[slug]["others"])
    assert [found[slug][0] for slug in by_cost] == sorted(x for x, _y in found.values())
    assert [found[slug][1] for slug in by_others] == sorted(
        (y for _x, y in found.values()), reverse=True
    )
    assert all(44 <= x <= 584 and 16 <= y <= 348 for x, y in found.values())


def test_table_of_the_scatter_says_what_is_drawn(client: Client) -> None:
    answer = ask(client, BODY).json()
    lines = answer["trade_off"]
    names = {line["place"]["slug"]: line["place"]["name"] for line in answer["results"]}
    ranks = {line["place"]["slug"]: line["rank"] for line in answer["results"]}
    assert _table(_results(client), "plot-cost-table") == [
        [
            str(ranks[line["slug"]]),
            names[line["slug"]],
            _range(line["cost"], line["cost_high"]),
            f"{line['others']:.0f}",
            "yes" if line["front"] else "",
        ]
        for line in lines
    ]


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "unknown"
    ends = dict.fromkeys((f"{low:.0f}", f"{high:.0f}"))
    return "–".join(ends)


def test_table_of_ranks_says_the_shares_of_draws(client: Client) -> None:
    answer = ask(client, BODY).json()
    names = {line["place"]["slug"]: line["place"]["name"] for line in answer["results"]}
    assert _table(_results(client), "plot-ranks-table") == [
        [names[line["slug"]], *map(_share, line["shares"])] for line in answer["rank_acceptability"]
    ]


def _share(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{share * 100:.0f}%"


def test_strips_are_darker_for_more_draws(client: Client) -> None:
    line = ask(client, BODY).json()["rank_acceptability"][0]
    html = _results(client)
    strip = re.search(r'<svg class="strip".*?</svg>', html, re.S)
    assert strip
    shades = [int(shade) for shade in re.findall(r'class="strip-(\d)"', strip[0])]
    assert shades == [
        sum(share >= least for least in (0.0005, 0.05, 0.2, 0.4, 0.6)) for share in line["shares"]
    ]


def test_weights_of_a_winner_stand_beside_the_firms_own(client: Client) -> None:
    even = {**BODY, "weights": dict.fromkeys(("hard", "soft", "talent", "market", "cost"), 2)}
    query = f"{FIRM}&w_hard=2&w_soft=2&w_talent=2&w_market=2&w_cost=2"
    answer = ask(client, even).json()
    winners = [line for line in answer["central_weights"] if line["p_first"] >= 0.005]
    assert len(winners) > 1
    html = _results(client, query)
    own = re.search(r'<tr class="leans-own">(.*?)</tr>', html, re.S)
    assert own
    assert re.findall(r"<span>(\d+%)", own[1]) == ["0%", "20%", "20%", "20%", "20%", "20%"]
    for line in winners[:6]:
        row = re.search(
            rf'<tr><th scope="row"><a href="#place-{line["slug"]}">(.*?)</tr>', html, re.S
        )
        assert row
        shares = re.findall(r"<span>(\d+%)", row[1])
        assert shares == [f"{share * 100:.0f}%" for share in line["weights"].values()]


def test_weight_on_cost_alone_leaves_nothing_to_set_against_it(client: Client) -> None:
    html = _results(client, f"{FIRM}&w_cost=3")
    assert "All your weight is on cost" in html
    assert _marks(html) == {}
    assert _table(html, "plot-ranks-table")


def test_weight_without_cost_is_said(client: Client) -> None:
    html = _results(client, f"{FIRM}&w_sector=3")
    assert "Cost has no weight in your ranking." in html
    assert _marks(html)


NOWHERE = f"{FIRM}&max_km_to_airport=0.1&must=airport_within_km&macro=central"


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
@pytest.mark.parametrize("level", ["province", "park"])
def test_no_place_left_has_no_plots(client: Client, language: str, level: str) -> None:
    html = _results(client, f"{NOWHERE}&level={level}", language)
    assert 'class="card' not in html
    assert 'id="plots"' in html
    assert "plot-panel" not in html


def test_parks_of_which_too_little_is_known_are_not_said_to_fail(client: Client) -> None:
    html = _results(client, f"{NOWHERE.replace('central', 'south')}&level=park")
    assert "Too little is known of the parks that are left to rank them." in html
    assert "Every place fails" not in html


def test_a_single_place_still_to_be_confirmed_is_drawn_alone(client: Client) -> None:
    html = _results(client, NOWHERE.replace("central", "south"))
    assert "No place meets all of your must-haves on record" in html
    assert "From here on" not in html
    assert len(_table(html, "plot-ranks-table")) == 1
    assert "is first in 100% of the draws" in html


def test_best_three_by_region_show_rank_and_fit(client: Client) -> None:
    answer = ask(client, BODY).json()
    lines = {line["place"]["slug"]: line for line in answer["results"]}
    html = _results(client)
    found = re.findall(
        r'<li><a href="/en/provinces/([\w-]+)/\?profile=[^"]+">[^<]+</a>'
        r'<span class="sub">rank (\d+)</span><strong>(\d+)</strong></li>',
        html,
    )
    assert found == [
        (slug, str(lines[slug]["rank"]), f"{lines[slug]['fit']:.0f}")
        for slugs in answer["by_region"].values()
        for slug in slugs
    ]
    assert len(found) == 9
