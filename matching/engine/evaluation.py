"""The one function that the portal calls: one profile against all places of a level."""

from __future__ import annotations

import numpy as np

from matching.engine import explanation, must_haves, questions, robustness, sensitivity
from matching.engine.criteria import BAD_ONLY_FACTS
from matching.engine.facts import Bools, Facts, Floats, Ints
from matching.engine.must_haves import FAILED, States
from matching.engine.places import best_rows, first_of_macro, order_key, ranking
from matching.engine.prepared import Prepared, prepare
from matching.engine.requirements import Requirements
from matching.engine.result import Change, Level, Result, Robustness
from matching.engine.scoring import (
    FIT_DECIMALS,
    IN_DIMENSION,
    IS_SITE,
    TOO_LITTLE_SITE_SHARE,
    Weights,
    applying,
    cells_of,
    known_share,
    weigh,
)
from matching.engine.values import Cells

NEARLY = 1e-9  # shares of a key add up to 1 but for rounding


def evaluate(
    facts: Facts,
    requirements: Requirements,
    weights: Floats,
    *,
    level: Level = "province",
    draws: int = robustness.DRAWS,
    disabled: frozenset[str] = frozenset(),
) -> Result:
    """Score, rank and explain all places of `level` for one profile.

    `requirements` has one row (P = 1). `weights` [6] over DIMENSIONS, 0 to 5, of which only the
    ratios matter. `draws` 0 leaves robustness out. `disabled`: codes of criteria that never apply.
    Raises ValueError for more than one profile, or weights that are negative, all zero, or only on
    dimensions of which no criterion applies.
    """
    weights = np.asarray(weights, dtype=float)
    if requirements.profiles != 1:
        raise ValueError("evaluate takes one profile; batch.match_many takes many")
    if weights.shape != IN_DIMENSION.shape[1:] or (weights < 0).any() or not weights.any():
        raise ValueError("weights: six numbers of 0 or more, not all zero")
    run = _Run(facts, requirements, weights, level, disabled)
    return run.result(draws)


class _Run:
    """One evaluation: what its steps share. All arrays are of one profile."""

    def __init__(
        self,
        facts: Facts,
        req: Requirements,
        given: Floats,
        level: Level,
        disabled: frozenset[str],
    ) -> None:
        self.prepared: Prepared = prepare(facts)
        self.req, self.given, self.level = req, given, level
        self.applies: Bools = applying(req, disabled)
        self.weights: Weights = weigh(self.applies, given[None, :])
        if not (given * self.weights.pull[0]).any():
            raise ValueError("weights: only on dimensions of which no criterion applies")
        self.w: Floats = self.weights.criterion[0]
        self.rows: Cells = cells_of(self.prepared, req)
        self.row_fit: Floats = np.round(100 * self.w @ self.rows.value, FIT_DECIMALS)
        self.row_status: States = must_haves.statuses(self.prepared, req)[0]
        self.row_site: Floats = known_share(self.rows.unknown[IS_SITE].T, self.w[IS_SITE])
        self.row_too_little: Bools = self.row_site < TOO_LITTLE_SITE_SHARE
        self.place_of_row: Ints = self._place_of_row()
        self.row: Ints = self._row_of_place()

    def _place_of_row(self) -> Ints:
        """Return [R]: the place each row belongs to; -1 where none of this level."""
        if self.level == "province":
            return self.prepared.row_province
        rows = np.arange(self.prepared.rows)
        return np.where(rows < self.prepared.facts.parks, rows, -1)

    def _row_of_place(self) -> Ints:
        """Return [N]: the row that stands for each place."""
        if self.level == "park":
            return np.arange(self.prepared.facts.parks)
        key = order_key(self.row_status, self.row_fit)
        return np.asarray(best_rows(self.prepared, key[None, :])[0])

    def _too_little(self) -> Bools:
        """Return [N]: parks with too little data; provinces that have only such parks."""
        if self.level == "park":
            return self.row_too_little[self.row]
        told = np.zeros(len(self.row), dtype=bool)
        told[self.place_of_row[~self.row_too_little & (self.row_status > FAILED)]] = True
        return ~told

    def result(self, draws: int) -> Result:
        """Put the answer together."""
        fit, status = self.row_fit[self.row], self.row_status[self.row]
        cells = Cells(*(part[:, self.row].T for part in self.rows))
        too_little = self._too_little()
        aside = too_little & (self.level == "park") & (status > FAILED)
        ranked = (status > FAILED) & ~aside
        order, rank = (part[0] for part in ranking(order_key(status, fit)[None], ranked[None]))
        unknown, spread = 100 * cells.unknown @ self.w, 100 * cells.spread @ self.w
        contribution = explanation.contributions(self.w, cells.value)
        conditions = np.flatnonzero(must_haves.asked(self.req)[0])
        states = must_haves.states_of(self.prepared, self.req, conditions)[:, self.row].T
        province = self.prepared.row_province[self.row]
        nothing = cells.unknown >= 1.0 - NEARLY  # is known of the criterion
        fit_inside, coverage_inside = self._by_dimension(cells)
        upper = self.row_fit + 100 * (self.w @ self.rows.unknown + self.w @ self.rows.spread)
        highest = self._highest(upper)
        could_be_first = questions.could_be_first(fit, upper[highest], status, ranked)
        # By the park that stands for the place, where that is enough.
        itself = questions.could_be_first(fit, upper[self.row], status, ranked)
        by = np.where(itself, self.row, highest)
        return Result(
            level=self.level,
            weights=self.w,
            applies=self.applies[0],
            dimension_weights=self.given,
            dimension_applies=self.weights.pull[0] > 0,
            park=np.where(self.row < self.prepared.facts.parks, self.row, -1),
            fit=fit,
            band=np.stack([fit - spread, fit + unknown + spread], axis=1),
            coverage_province=known_share(cells.unknown[:, ~IS_SITE], self.w[~IS_SITE]),
            coverage_site=self.row_site[self.row],
            too_little=too_little,
            status=status,
            rank=rank,
            order=order[: int(ranked.sum())],
            set_aside=_best_first(fit, aside),
            excluded=_best_first(fit, status == FAILED),
            mean_fit=float(fit.mean()) if len(fit) else 0.0,
            by_macro=first_of_macro(
                order, self.prepared.facts.province_macro[province], int(ranked.sum())
            ),
            value=np.where(nothing, np.nan, cells.value),
            unknown=np.where(nothing, 1.0, cells.unknown),
            spread=cells.spread,
            contribution=contribution,
            dimension_fit=fit_inside,
            dimension_coverage=coverage_inside,
            must_haves=conditions,
            must_states=states,
            bad_only=self._bad_only(province),
            reasons=explanation.reasons(contribution),
            cautions=explanation.cautions(contribution, cells, province),
            could_be_first=could_be_first,
            first_by=np.where(could_be_first & (by < self.prepared.facts.parks), by, -1),
            first_by_fit=np.where(could_be_first, upper[by], np.nan),
            questions=questions.questions(
                100 * self.w * cells.unknown,
                fit,
                status,
                rank,
                conditions,
                states,
                (province, ~IS_SITE),
            ),
            changes=self._changes(rank, status, ranked),
            robustness=self._robustness(ranked, draws) if draws and ranked.any() else None,
        )

    def _highest(self, upper: Floats) -> Ints:
        """Return [N]: the row of each place with the highest `upper` [R] that fails nothing.

        The row that stands for the place where all fail, or where none is higher.
        """
        if self.level == "park":
            return self.row
        could = np.where(self.row_status > FAILED, upper, -np.inf)
        best = np.asarray(best_rows(self.prepared, could[None, :])[0])
        return np.where(could[best] > could[self.row], best, self.row)

    def _by_dimension(self, cells: Cells) -> tuple[Floats, Floats]:
        """Return fit and coverage [N, 6] of every dimension, NaN where it drops out."""
        within = self.weights.within[0][:, None] * IN_DIMENSION
        none = self.weights.pull[0] == 0
        fit = np.where(none, np.nan, 100 * cells.value @ within)
        return fit, np.where(none, np.nan, 1.0 - cells.unknown @ within)

    def _bad_only(self, province: Ints) -> Bools:
        """Return [N, B]: facts of the province that are known only as bad."""
        facts = self.prepared.facts
        return np.stack([getattr(facts, name)[province] == 1 for name in BAD_ONLY_FACTS], axis=1)

    def _inside(self) -> Floats:
        """Return [R, 6]: the confirmed value of each dimension of every row, in [0, 1]."""
        return np.asarray(self.rows.value.T @ (self.weights.within[0][:, None] * IN_DIMENSION))

    def _changes(self, rank: Ints, status: States, ranked: Bools) -> tuple[Change, ...]:
        """Say which weight would put another place first."""
        firsts = np.flatnonzero(rank == 1)
        if not len(firsts):
            return ()
        pulled = self._inside() * self.weights.pull[0]
        if self.level == "park":
            return sensitivity.changes_among_parks(self._field(pulled, firsts), self.given)
        peers = ranked & (status == status[firsts[0]])
        rows = peers[self.place_of_row] & (self.row_status == status[firsts[0]])
        return sensitivity.changes(pulled, self.given, self.place_of_row, rows, firsts)

    def _field(self, pulled: Floats, firsts: Ints) -> sensitivity.Field:
        """Return the parks as lines in the dimension weights."""
        parks, pull = self.row, self.weights.pull[0]
        share = (self.weights.within[0] * IS_SITE)[:, None] * IN_DIMENSION * pull
        known = (1.0 - self.rows.unknown[:, parks]).T - TOO_LITTLE_SITE_SHARE
        status = self.row_status[parks]
        return sensitivity.Field(
            pulled=pulled[parks],
            pull=pull,
            excess=known @ share,
            step=np.where(status > FAILED, order_key(status, np.zeros(len(parks))), -np.inf),
            ours=np.isin(parks, firsts),
        )

    def _robustness(self, ranked: Bools, draws: int) -> Robustness:
        """Draw weights and ranged facts, and rank in every draw."""
        rng = np.random.Generator(np.random.PCG64(robustness.SEED))
        drawn = robustness.draw_weights(self.given, draws, rng)
        competing = (self.place_of_row >= 0) & ranked[self.place_of_row]
        competing &= self.row_status > FAILED
        rows = np.flatnonzero(competing)
        rows = rows[np.argsort(self.place_of_row[rows], kind="stable")]
        ranged = robustness.ranged_facts(
            self.weights.within[0],
            self.rows.spread[:, rows],
            self.prepared.row_province[rows],
            np.flatnonzero(IS_SITE),
        )
        fits = robustness.draw_fits(self._inside()[rows], self.weights.pull[0], drawn, ranged, rng)
        return robustness.analyse(
            fits, drawn, self.place_of_row[rows], np.flatnonzero(ranked), len(ranked)
        )


def _best_first(fit: Floats, chosen: Bools) -> Ints:
    """Return the chosen places, highest fit first, then in the order of slugs."""
    places = np.flatnonzero(chosen)
    return places[np.argsort(-fit[places], kind="stable")]
