"""Times of a match on the real catalogue: printed, never asserted.

Run with `python -m tests.benchmarks.bench_matching [runs]`. It loads the catalogue into a SQLite
database of its own, in a temporary folder.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median


def main(runs: int) -> None:
    """Prints the median time of each step of a match, in ms, at both levels."""
    with tempfile.TemporaryDirectory() as folder:
        _set_up(folder)
        from matching import snapshot
        from matching.engine.evaluation import evaluate
        from matching.matchmaking import answer
        from matching.questions import read_question
        from matching.requirements import requirements_of, weights_of
        from tests.matching.contract import example

        known = snapshot.current()
        for level in ("province", "park"):
            body = example(level=level, detail="reasons")
            question = read_question(body, snapshot=known)
            wants, weights = (
                requirements_of(question, known.facts),
                weights_of(question, known.facts),
            )

            def engine(draws: int, *, given: object = (wants, weights, level)) -> object:
                asked, weighed, at = given  # type: ignore[misc]
                return evaluate(known.facts, asked, weighed, level=at, draws=draws)

            steps: dict[str, Callable[[], object]] = {
                "engine alone, no draws": lambda: engine(0),
                "engine alone, 2,000 draws": lambda: engine(2_000),
                "reading the question": lambda body=body: read_question(body, snapshot=known),
                "engine and words": lambda asked=question: answer(
                    asked, snapshot=known, language="ja"
                ),
            }
            print(f"{level}, {runs} runs")
            for name, step in steps.items():
                print(f"  {name:28} {_median_ms(step, runs):8.2f} ms")


def _set_up(folder: str) -> None:
    os.environ["TSUNAGARI_VAR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_catalogue", verbosity=0)


def _median_ms(step: Callable[[], object], runs: int) -> float:
    step()
    times = []
    for _run in range(runs):
        begun = time.perf_counter()
        step()
        times.append(time.perf_counter() - begun)
    return 1_000 * median(times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
