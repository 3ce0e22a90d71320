"""Places side by side: what differs first, what is alike folded, what nobody knows named."""

from matching.comparison.catalogue import catalogue_groups
from matching.comparison.fit import FitRow, dimensions, fit_groups
from matching.comparison.rows import Cell, Group, Item, Row

MOST = 4  # places side by side

__all__ = [
    "MOST",
    "Cell",
    "FitRow",
    "Group",
    "Item",
    "Row",
    "catalogue_groups",
    "dimensions",
    "fit_groups",
]
