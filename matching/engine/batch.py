"""A hundred thousand profiles at once: the best places of each, in blocks that fit the cache.

The numbers are those of `evaluation.evaluate`: the same criteria, weights and order. Every block
is a handful of matrix products over tables made once; blocks run on threads, since NumPy lets go
of the interpreter's lock. Memory grows with the block, and with the answer, not with the work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np

from matching.engine.facts import Facts, Floats, Ints
from matching.engine.must_haves import FAILED, States, statuses
from matching.engine.places import best_rows, order_key, ranking
from matching.engine.prepared import Prepared, prepare
from matching.engine.requirements import Requirements
from matching.engine.result import Level
from matching.engine.scoring import TOO_LITTLE_SITE_SHARE, applying, score, weigh

# 256 profiles x 240 rows of doubles are half a megabyte an array: a few stay in a core's cache.
BLOCK = 256


@dataclass(frozen=True)
class Matches:
    """The best `top` places of P profiles; -1 and NaN where fewer places are ranked."""

    place: Ints  # [P, top] provinces or parks, best first
    park: Ints  # [P, top] the park that stands for the place, -1 for none known
    rank: Ints  # [P, top] equal fits share a rank
    fit: Floats  # [P, top]
    low: Floats  # [P, top] lower end of the band
    high: Floats  # [P, top] upper end of the band
    coverage_province: Floats  # [P, top]
    coverage_site: Floats  # [P, top]
    status: States  # [P, top] 2 met, 1 to be confirmed

    @classmethod
    def empty(cls, profiles: int, top: int) -> Matches:
        """Return room for the answers of `profiles` profiles."""
        shape = (profiles, top)
        places = {name: np.full(shape, -1, np.intp) for name in ("place", "park", "rank")}
        status = np.zeros(shape, dtype=np.int8)
        names = [f.name for f in fields(cls) if f.name not in places and f.name != "status"]
        numbers = {name: np.full(shape, np.nan) for name in names}
        return cls(
            place=places["place"],
            park=places["park"],
            rank=places["rank"],
            status=status,
            **numbers,
        )


def match_many(
    facts: Facts,
    requirements: Requirements,
    weights: Floats,
    *,
    level: Level = "province",
    top: int = 10,
    block: int = BLOCK,
    workers: int | None = None,
    disabled: frozenset[str] = frozenset(),
    done: Callable[[int], None] | None = None,
) -> Matches:
    """Return the best `top` places of every profile.

    `requirements` has P rows; `weights` is [6] or [P, 6]. `workers`: threads, by default one for
    each processor. `done` is called with the number of profiles finished, after every block.
    """
    profiles = requirements.profiles
    prepared = prepare(facts)
    weights = np.broadcast_to(np.asarray(weights, dtype=float), (profiles, np.shape(weights)[-1]))
    places = facts.provinces if level == "province" else facts.parks
    answer = Matches.empty(profiles, min(top, places))

    def run(part: slice) -> int:
        req = requirements.take(part)
        _fill(answer, part, prepared, req, weights[part], level, disabled)
        return req.profiles

    finished = 0
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for count in pool.map(run, _parts(profiles, block)):
            finished += count
            if done:
                done(finished)
    return answer


def _parts(profiles: int, block: int) -> Iterator[slice]:
    """Yield the slices of `block` profiles."""
    return (slice(start, min(start + block, profiles)) for start in range(0, profiles, block))


def _fill(
    answer: Matches,
    part: slice,
    prepared: Prepared,
    req: Requirements,
    weights: Floats,
    level: Level,
    disabled: frozenset[str],
) -> None:
    """Write the answers of one block into its rows of `answer`."""
    scores = score(prepared, req, weigh(applying(req, disabled), weights))
    status = statuses(prepared, req)
    key = order_key(status, scores.fit)
    if level == "province":
        rows = best_rows(prepared, key)
    else:
        rows = np.broadcast_to(
            np.arange(prepared.facts.parks), (req.profiles, prepared.facts.parks)
        )
    place_key = np.take_along_axis(key, rows, 1)
    ranked = np.take_along_axis(status, rows, 1) > FAILED
    if level == "park":
        ranked &= ~(scores.coverage_site(rows) < TOO_LITTLE_SITE_SHARE)
    order, rank = ranking(place_key, ranked)
    best = order[:, : answer.place.shape[1]]
    row = np.take_along_axis(rows, best, 1)
    kept = np.take_along_axis(rank, best, 1) > 0
    columns: dict[str, Ints | Floats | States] = {
        "place": best,
        "park": np.where(row < prepared.facts.parks, row, -1),
        "rank": np.take_along_axis(rank, best, 1),
        "status": np.take_along_axis(status, row, 1),
    }
    fit, spread, unknown = (
        np.take_along_axis(part, row, 1) for part in (scores.fit, scores.spread, scores.unknown)
    )
    columns |= {"fit": fit, "low": fit - spread, "high": fit + unknown + spread}
    columns["coverage_province"] = scores.coverage_province(prepared.row_province[row])
    columns["coverage_site"] = scores.coverage_site(row)
    for name, values in columns.items():
        target = getattr(answer, name)
        np.copyto(target[part], values, where=kept)
