"""Times of the engine on a synthetic catalogue of the real size: printed, never asserted.

Run with `python -m tests.benchmarks.bench_engine [profiles]`.
"""

from __future__ import annotations

import os

# The batch has threads of its own; more of them inside each matrix product only get in the way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from pymcdm.methods import WSM

from matching.engine.batch import BLOCK, match_many
from matching.engine.evaluation import evaluate
from matching.engine.facts import OFFERS, Facts
from matching.engine.prepared import prepare
from matching.engine.requirements import Requirements
from matching.engine.scoring import applying, score, weigh
from tests.matching.engine.factory import random_facts, random_requirements

PROVINCES, PARKS, SECTORS = 34, 231, 31
KNOWN = 0.3
WEIGHTS = np.array([2.0, 2.0, 1.3, 1.6, 3.7, 1.3])


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def real_size(provinces: int = PROVINCES, parks: int = PARKS) -> Facts:
    """Return a synthetic catalogue as large and as blank as the real one."""
    return random_facts(1, provinces, parks, KNOWN, SECTORS)


def typical(facts: Facts, profiles: int) -> Requirements:
    """Return profiles that ask about as much as firms do, a fifth with a must-have."""
    req = random_requirements(facts, 2, profiles)
    rng = np.random.default_rng(3)
    req.must[:, OFFERS.index("rental_factory")] = rng.random(profiles) < 0.2
    return req


def bench_one(facts: Facts) -> None:
    """Time one profile at both levels, with and without draws."""
    req = typical(facts, 1)
    for level in ("province", "park"):
        for draws in (0, 2000):
            run = partial(evaluate, facts, req, WEIGHTS, level=level, draws=draws)
            seconds = best_of(20, run)
            print(f"one profile, level {level:8} {draws:5} draws: {1e3 * seconds:7.1f} ms")


def bench_many(facts: Facts, profiles: int) -> float:
    """Time the batch at both levels and return profiles a second at province level."""
    req = typical(facts, profiles)
    match_many(facts, req.take(slice(0, BLOCK)), WEIGHTS)
    rate = 0.0
    for level in ("park", "province"):
        seconds = best_of(2, lambda lv=level: match_many(facts, req, WEIGHTS, level=lv))
        rate = profiles / seconds
        print(f"{profiles} profiles, level {level:8}: {seconds:6.2f} s, {1e6 / rate:6.1f} us each")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MB")
    return rate


def bench_against_pymcdm(facts: Facts, rate: float) -> None:
    """Compare with a loop over pymcdm that is given its matrices ready-made."""
    req = typical(facts, 1)
    result = evaluate(facts, req, WEIGHTS, level="park", draws=0)
    matrix, weights = np.nan_to_num(result.value), result.weights
    method = WSM(normalization_function=lambda column, cost=False: column)
    seconds = best_of(50, lambda: method(matrix, weights, np.ones(len(weights))))
    print(f"pymcdm, one ready matrix of {matrix.shape}: {1e6 * seconds:.0f} us")
    print(f"batch against a loop over pymcdm: {rate * seconds:.0f} x")


def bench_growth(profiles: int) -> None:
    """Print how time grows with profiles and with places."""
    facts = real_size()
    for factor in (1, 2, 4, 8):
        req = typical(facts, profiles // 8 * factor)
        seconds = best_of(2, lambda r=req: match_many(facts, r, WEIGHTS))
        print(f"profiles x {factor}: {seconds:6.2f} s")
    for factor in (1, 2, 4, 8):
        wider = real_size(parks=PARKS * factor)
        req = typical(wider, profiles // 8)
        seconds = best_of(2, lambda f=wider, r=req: match_many(f, r, WEIGHTS))
        print(f"parks x {factor}: {seconds:6.2f} s")


def bench_bandwidth(facts: Facts) -> None:
    """Print the machine's memory bandwidth and the share of it that scoring reaches."""
    source = np.ones(25_000_000)
    target = np.empty_like(source)
    bandwidth = 2 * source.nbytes / best_of(5, lambda: np.copyto(target, source))
    prepared, req = prepare(facts), typical(facts, BLOCK)
    weights = weigh(applying(req), np.tile(WEIGHTS, (BLOCK, 1)))
    seconds = best_of(20, lambda: score(prepared, req, weights))
    layers = (prepared.provinces, prepared.sites)
    touched = sum(
        3 * layer.value.nbytes + 8 * BLOCK * (len(layer.value) + 6 * layer.places)
        for layer in layers
    )
    print(f"memory bandwidth, one core, copying: {bandwidth / 1e9:.1f} GB/s")
    print(
        f"scoring a block of {BLOCK}: {1e3 * seconds:.2f} ms, {touched / seconds / 1e9:.1f} GB/s, "
        f"{100 * touched / seconds / bandwidth:.0f} % of it"
    )


def main(profiles: int = 100_000) -> None:
    """Run all benchmarks."""
    facts = real_size()
    bench_one(facts)
    rate = bench_many(facts, profiles)
    bench_against_pymcdm(facts, rate)
    bench_growth(profiles)
    bench_bandwidth(facts)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
