"""Tables of values: for each criterion, the value of every place under every key.

A table is `Cells` of shape [Kd, n]: Kd keys (sectors, prefectures, offers, or one), n places. The
value of a profile is its key's shares times the table, so that one matrix product serves any
number of profiles. Tables depend on Facts alone and are made once per catalogue version.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.engine.facts import OFFERS, SUPPORT_FUNCTIONS, Facts, Floats, Ints
from matching.engine.supply import links, reached
from matching.engine.values import Anchors, Cells, known, measured, piecewise

Table = Callable[[Facts], Cells]
ALL = slice(None)

TOP_LEVEL = 3.0  # priorities, strengths and ties have the levels 1, 2, 3
# A request for 'manufacturing at large' counts for each of its sectors at this discount: it is
# an invitation, but not one that has the sector's own programme behind it.
PARENT_DISCOUNT = 0.6
# A tie next door helps over one border; elsewhere in the same part of the country, a little.
NEIGHBOUR_CLOSENESS = 0.6
MACRO_CLOSENESS = 0.3

# Goods and graduates cross a provincial border in an hour or two: nearly as good as being there.
NEIGHBOUR_REACH = 0.8

# Fields of study that a sector hires from first.
SECTOR_FIELDS: dict[str, tuple[str, ...]] = {
    "manufacturing": ("mechanical", "electrical"),
    "primary": ("agriculture",),
    "infrastructure": ("environment", "electrical"),
    "services": ("business",),
    "food-processing": ("food", "agriculture", "chemistry"),
    "textiles-apparel": ("business", "chemistry"),
    "wood-paper": ("agriculture", "mechanical"),
    "chemicals-pharma": ("chemistry",),
    "plastics-rubber": ("moulds", "mechanical", "chemistry"),
    "ceramics-materials": ("chemistry", "mechanical"),
    "basic-metals": ("mechanical", "welding"),
    "fabricated-metal": ("mechanical", "welding", "moulds"),
    "machinery": ("mechanical", "electrical"),
    "electronics": ("electronics", "electrical"),
    "semiconductors": ("semiconductors", "electronics"),
    "electrical-equipment": ("electrical", "electronics"),
    "transport-equipment": ("automotive", "mechanical"),
    "medical-devices": ("mechanical", "electronics"),
    "other-manufacturing": ("mechanical",),
    "hightech-agriculture": ("agriculture", "food"),
    "fisheries": ("food", "agriculture"),
    "energy": ("electrical", "environment"),
    "environment-gx": ("environment", "chemistry"),
    "construction-smart-city": ("environment", "it"),
    "logistics-ports": ("logistics",),
    "it-dx": ("it",),
    "startups-innovation": ("it", "business"),
    "tourism": ("business", "japanese-language"),
    "education-hr": ("japanese-language", "business"),
    "healthcare": ("nursing-care",),
    "retail-services": ("business",),
}


def _rows(cells: Cells) -> Cells:
    """Turn cells [n, Kd] into [Kd, n]."""
    return Cells(*(np.ascontiguousarray(part.T) for part in cells))


def _row(cells: Cells) -> Cells:
    """Turn cells [n] into the one row of a general table [1, n]."""
    return Cells(*(part[None, :] for part in cells))


def general(fact: str, *anchors: tuple[float, float]) -> Table:
    """Return the table of one measured fact, [n] or ranged [n, 2], through anchor points."""

    def table(facts: Facts) -> Cells:
        values = getattr(facts, fact)
        if values.ndim == 1:
            return _row(known(piecewise(values, anchors)))
        return _row(measured(values, anchors))

    return table


def by_key(fact: str, *anchors: tuple[float, float]) -> Table:
    """Return the table of a matrix fact [n, Kd] through anchor points."""
    return lambda facts: _rows(known(piecewise(getattr(facts, fact), anchors)))


def offers(group: tuple[str, ...]) -> Table:
    """Return the table of a group of offers: 1 confirmed, 0 denied."""
    columns = [OFFERS.index(offer) for offer in group]
    return lambda facts: _rows(known(facts.offers[:, columns]))


def priority(facts: Facts) -> Cells:
    """Return [S, N]: level / 3; a request for the parent sector counts at a discount."""
    own = facts.priority / TOP_LEVEL
    parent = np.where(
        facts.sector_parent >= 0, own[:, facts.sector_parent] * PARENT_DISCOUNT, np.nan
    )
    return _rows(known(np.fmax(own, parent)))


def strength(facts: Facts) -> Cells:
    """Return [S, N]: level of the sector among the province's strengths / 3."""
    return _rows(known(facts.strength / TOP_LEVEL))


def customers(facts: Facts, sectors: Ints | slice = ALL) -> Cells:
    """Return [S, N]: how far the sectors that buy from the sector are strengths there.

    `sectors` [S]: only the rows of these.
    """
    return known(reached(links(facts.sector_codes)[sectors], facts.strength / TOP_LEVEL))


def buyers_in_reach(facts: Facts, sectors: Ints | slice = ALL) -> Cells:
    """Return [S, N]: the sector's customers in the province or next door, the best of them."""
    return known(_in_reach(facts, links(facts.sector_codes)[sectors]))


def suppliers_in_reach(facts: Facts, sectors: Ints | slice = ALL) -> Cells:
    """Return [S, N]: the sectors that sell to the sector, in the province or next door."""
    return known(_in_reach(facts, links(facts.sector_codes).T[sectors]))


def _in_reach(facts: Facts, matrix: Floats) -> Floats:
    """Return [S, N]: counterparts in the province itself, or at a discount in a neighbour."""
    return or_next_door(facts, reached(matrix, facts.strength / TOP_LEVEL))


def or_next_door(facts: Facts, own: Floats) -> Floats:
    """Return [Kd, N]: the province's own value, or the best neighbour's at a discount."""
    near = np.where(facts.neighbours, NEIGHBOUR_REACH, np.nan)
    return np.fmax(own, np.fmax.reduce(own[:, None, :] * near[None], axis=2))


def park_targets(facts: Facts) -> Cells:
    """Return [S, K]: the park names the sector, or its parent at a discount."""
    own = facts.target_sectors
    parent = np.where(
        facts.sector_parent >= 0, own[:, facts.sector_parent] * PARENT_DISCOUNT, np.nan
    )
    return _rows(known(np.fmax(own, parent)))


def park_customers(facts: Facts) -> Cells:
    """Return [S, K]: how far the sectors that buy from the sector are those the park names."""
    return known(reached(links(facts.sector_codes), facts.target_sectors))


def fields(facts: Facts) -> Cells:
    """Return [F, N]: how deep a field of study is taught there or, at a discount, next door."""
    return known(or_next_door(facts, piecewise(facts.talent_fields, FIELD_DEPTH).T))


def sector_fields(facts: Facts) -> Cells:
    """Return [S, N]: the mean of `fields` over those that the sector hires from."""
    taught = fields(facts)
    code = {name: i for i, name in enumerate(facts.talent_field_codes)}
    mix = np.zeros((facts.sectors, len(code)))
    for row, sector in enumerate(facts.sector_codes):
        wanted = [code[name] for name in SECTOR_FIELDS.get(sector, ()) if name in code]
        mix[row, wanted] = 1 / max(len(wanted), 1)
    cells = Cells(*(mix @ part for part in taught))
    unlisted = (mix.sum(axis=1, keepdims=True) == 0).astype(float)
    return Cells(cells.value, cells.unknown + unlisted, cells.spread)


def support(facts: Facts) -> Cells:
    """Return [1, N]: the share of what firms need on the spot that somebody there does."""
    done = facts.support_functions[:, np.isin(SUPPORT_FUNCTIONS, SUPPORT_ON_THE_SPOT)]
    cells = known(piecewise(done, ((0, 0.0), (1, 1.0))))
    return _row(Cells(*(part.mean(axis=1) for part in cells)))


def customers_near(facts: Facts) -> Cells:
    """Return [N, K]: closeness of each park to the centre of each province with a customer."""
    return _rows(known(piecewise(facts.km_to_provinces, CUSTOMER_KM)))


def ties(facts: Facts) -> Cells:
    """Return [N, N]: 1 in the province of the tie, less next door, a little in the same part."""
    same_part = facts.province_macro[:, None] == facts.province_macro[None, :]
    closeness = np.where(same_part, MACRO_CLOSENESS, 0.0)
    closeness = np.where(facts.neighbours, NEIGHBOUR_CLOSENESS, closeness)
    np.fill_diagonal(closeness, 1.0)
    return known(closeness)


# What a firm needs near its plant, from the first question to the tenth year.
SUPPORT_ON_THE_SPOT = ("consultation", "matching", "setup", "recruitment", "after-care")
# One school is a start; with three a firm can choose whom to hire.
FIELD_DEPTH: Anchors = ((0, 0.0), (1, 0.7), (3, 1.0))
# Within 30 km a van goes several times a day; 300 km is beyond a day's return trip by lorry.
CUSTOMER_KM: Anchors = ((30, 1.0), (300, 0.0))
