"""Weights, fit, band and coverage of every row, for any number of profiles at once.

fit = 100 x sum(w v) / sum(w), a blank counting 0; the band runs from fit - spread to
fit + unknown + spread (all in points); multi-attribute value theory with an additive value
function on fixed scales (Keeney & Raiffa 1976), so no place ever moves another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.engine.criteria import CRITERIA
from matching.engine.facts import DIMENSIONS, Bools, Floats, Ints
from matching.engine.prepared import Curve, Layer, Prepared
from matching.engine.requirements import Requirements
from matching.engine.switches import Key
from matching.engine.values import Cells

GENERAL_SHARE = 1 / 3  # the most that general criteria hold of a dimension
TOO_LITTLE_SITE_SHARE = 0.25
# Fits closer than this are equal: it is far above rounding and far below meaning.
FIT_DECIMALS = 9

_LOCAL = np.array([criterion.weight for criterion in CRITERIA])
_SPECIFIC = np.array([criterion.specific for criterion in CRITERIA])
IS_SITE = np.array([criterion.level == "park" for criterion in CRITERIA])
DIMENSION_OF = np.array([DIMENSIONS.index(criterion.dimension) for criterion in CRITERIA])
IN_DIMENSION = (DIMENSION_OF[:, None] == np.arange(len(DIMENSIONS))).astype(float)


@dataclass(frozen=True)
class Weights:
    """How much each criterion counts for each profile."""

    criterion: Floats  # [P, C] adding up to 1
    within: Floats  # [P, C] share inside the dimension, adding up to 1 where it applies
    pull: Floats  # [P, 6] 1, a third for a dimension of general criteria alone, 0 for none


@dataclass(frozen=True)
class Scores:
    """Fit and its neighbours of every row, in points of 100."""

    fit: Floats  # [P, R] rounded, so that equal means equal
    unknown: Floats  # [P, R]
    spread: Floats  # [P, R]
    unknown_province: Floats  # [P, N] weight of province facts that are unknown
    unknown_site: Floats  # [P, R] weight of site facts that are unknown
    weight_province: Floats  # [P, 1] NaN where no province criterion applies
    weight_site: Floats  # [P, 1] NaN where no site criterion applies

    def coverage_province(self, provinces: Ints) -> Floats:
        """Return [P, k]: the known share of province weight at chosen provinces [P, k]."""
        return self._known(self.unknown_province, self.weight_province, provinces)

    def coverage_site(self, rows: Ints) -> Floats:
        """Return [P, k]: the known share of site weight at chosen rows [P, k]."""
        return self._known(self.unknown_site, self.weight_site, rows)

    def _known(self, unknown: Floats, weight: Floats, chosen: Ints) -> Floats:
        """Return 1 - unknown / weight at the chosen columns."""
        share = 1.0 - np.take_along_axis(unknown, chosen, 1) / weight
        return np.asarray(np.clip(share, 0.0, 1.0))


def applying(req: Requirements, disabled: frozenset[str] = frozenset()) -> Bools:
    """Return [P, C]: which criteria apply to which profile; `disabled` codes never do."""
    off = np.zeros(req.profiles, dtype=bool)
    return np.stack([off if c.code in disabled else c.applies(req) for c in CRITERIA], axis=1)


def weigh(applies: Bools, dimension_weights: Floats) -> Weights:
    """Divide dimension weights [P, 6] among the criteria [P, C] that apply.

    Inside a dimension: local weight / sum of local weights that apply, where general criteria are
    scaled down so that they hold at most a third; a dimension of general criteria alone counts a
    third of its weight; one without any criterion drops out.
    """
    local = applies * _LOCAL
    specific = (local * _SPECIFIC) @ IN_DIMENSION
    general = (local * ~_SPECIFIC) @ IN_DIMENSION
    most = np.where(specific > 0, specific * GENERAL_SHARE / (1 - GENERAL_SHARE), general)
    kept = np.minimum(general, most)
    scale = kept / np.where(general > 0, general, 1.0)
    total = specific + kept
    local = local * np.where(_SPECIFIC, 1.0, scale[:, DIMENSION_OF])
    within = local / np.where(total > 0, total, 1.0)[:, DIMENSION_OF]
    pull = np.where(specific > 0, 1.0, np.where(general > 0, GENERAL_SHARE, 0.0))
    effective = dimension_weights * pull
    whole = effective.sum(axis=1, keepdims=True)
    effective = effective / np.where(whole > 0, whole, 1.0)
    return Weights(within * effective[:, DIMENSION_OF], within, pull)


def score(prepared: Prepared, req: Requirements, weights: Weights) -> Scores:
    """Return fit, band and coverage of every row under `weights`."""
    keys: dict[Key, Floats] = {}
    province = weighted(prepared.provinces, req, weights.criterion, keys)
    site = weighted(prepared.sites, req, weights.criterion, keys)
    rows = prepared.row_province
    value = province.value[:, rows] + site.value
    return Scores(
        fit=np.round(100 * value, FIT_DECIMALS),
        unknown=100 * (province.unknown[:, rows] + site.unknown),
        spread=100 * (province.spread[:, rows] + site.spread),
        unknown_province=province.unknown,
        unknown_site=site.unknown,
        weight_province=_or_nan(weights.criterion[:, ~IS_SITE].sum(axis=1)),
        weight_site=_or_nan(weights.criterion[:, IS_SITE].sum(axis=1)),
    )


def _or_nan(weight: Floats) -> Floats:
    """Return weights [P] as [P, 1], NaN where they are nothing."""
    return np.where(weight > 0, weight, np.nan)[:, None]


def known_share(unknown: Floats, weights: Floats) -> Floats:
    """Return [N]: the known share of `weights` [Cl] over cells' unknown parts [N, Cl].

    NaN where the weights add up to nothing.
    """
    whole = weights.sum()
    if whole <= 0:
        return np.full(len(unknown), np.nan)
    return np.asarray(np.clip(1.0 - unknown @ weights / whole, 0.0, 1.0))


def weighted(layer: Layer, req: Requirements, weights: Floats, keys: dict[Key, Floats]) -> Cells:
    """Return the weighted sums [P, n] of a layer's cells; `keys` is filled along the way.

    Linear criteria are one matrix product over all tables; a curve adds to the places it knows.
    """
    x = np.zeros((req.profiles, len(layer.value)))
    for index, rows in layer.slices:
        key = key_of(index, req, keys)
        np.multiply(key, weights[:, index, None], out=x[:, rows])
    value, unknown = x @ layer.value, x @ layer.unknown
    spread = x[:, layer.ranged] @ layer.spread[layer.ranged]
    unknown += weights[:, layer.curve_criteria] @ layer.curve_blank
    for curve in layer.curves:
        weight = weights[:, curve.criterion, None]
        if not weight.any():
            continue
        found, cells = curve.values(req)
        value[:, curve.columns] += weight * found
        if len(curve.ranged):
            columns = curve.columns[curve.ranged]
            unknown[:, columns] += weight * cells.unknown
            spread[:, columns] += weight * cells.spread
    return Cells(value, unknown, spread)


def key_of(index: int, req: Requirements, keys: dict[Key, Floats]) -> Floats:
    """Return the shares [P, Kd] of a linear criterion, made once for all that share the key."""
    key = CRITERIA[index].value.key  # type: ignore[union-attr]
    if key not in keys:
        keys[key] = key(req)
    return keys[key]


def cells_of(prepared: Prepared, req: Requirements) -> Cells:
    """Return the cells [C, R] of one profile (P = 1), criterion by criterion.

    Criteria that do not apply hold cells too; their weight is 0.
    """
    full = Cells(*(np.zeros((len(CRITERIA), prepared.rows)) for _ in range(3)))
    keys: dict[Key, Floats] = {}
    for layer, rows in (
        (prepared.provinces, prepared.row_province),
        (prepared.sites, np.arange(prepared.rows)),
    ):
        for index, table in layer.slices:
            key = key_of(index, req, keys)
            for whole, part in zip(full, (layer.value, layer.unknown, layer.spread), strict=True):
                whole[index] = (key @ part[table])[0][rows]
        for curve, blank in zip(layer.curves, layer.curve_blank, strict=True):
            for whole, part in zip(full, _spread_out(curve, req, blank), strict=True):
                whole[curve.criterion] = part[rows]
    return full


def _spread_out(curve: Curve, req: Requirements, blank: Floats) -> Cells:
    """Return the cells [n] of a curve for one profile; `blank` [n] is 1 where no fact is known."""
    found, cells = curve.values(req)
    full = Cells(np.zeros(len(blank)), blank.copy(), np.zeros(len(blank)))
    full.value[curve.columns] = found[0]
    if len(curve.ranged):
        columns = curve.columns[curve.ranged]
        full.unknown[columns] += cells.unknown[0]
        full.spread[columns] = cells.spread[0]
    return full
