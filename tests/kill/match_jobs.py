"""One kill after the other, at random points of a match job's work; others take it up again.

Whatever is left, each block is matched or not, its effects are there once, and the results are
those of a job that nobody disturbed.
"""

import random
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from matching.batch import keeping
from matching.models import MatchBlock
from portal.jobs.models import Job
from portal.jobs.running import run
from portal.webhooks.models import Delivery
from tests.kill.applying import SEED, Outcome
from tests.kill.nursery import Nursery, nursery
from tests.kill.workers import declare_dead
from tests.matching.batch_api import NDJSON, System, lines, listens
from tests.matching.contract import EXAMPLE

BLOCKS, ROWS = 5, 60  # so long that most kills hit the work on a block, not what is around it
DEATHS = 3  # of one match job: five that hit the same block would fail it
SECTORS = ("fabricated-metal", "it-dx", "sushi", "fisheries")  # there is no sushi

Told = dict[str, Any]


def kills_of_match_jobs(points: int, seed: int = SEED) -> Iterator[Outcome]:
    """Kills `points` workers of match jobs; raises AssertionError for what is lost or done twice.

    A worker that nobody kills is timed first, and says what the results are.
    """
    chance = random.Random(seed)  # points in time, no secrets
    bank = System()
    listens("bank")
    with nursery() as children, patch.object(keeping, "BLOCK_ROWS", ROWS):
        told = _sent(bank)
        life = children.work(work_through, told["id"])
        assert life.finished
        right = bank.results(bank.get(told["url"]).json())
        while points:
            told = _sent(bank)
            for _death in range(min(DEATHS, points)):
                told = _kill(children, bank, told, chance.uniform(0, 1.1 * life.seconds))
                points -= 1
                yield Outcome(told["state"] == "done")
            declare_dead()
            work_through(told["id"])
            told = _look(bank, told)
            assert (told["state"], told["rows_done"]) == ("done", told["rows_total"])
            assert bank.results(told) == right


def work_through(key: str) -> None:
    """What the victims do: every block that is asked for, until none is."""
    wanted = Job.objects.filter(kind=keeping.BLOCK, arguments__match_job=key, finished_at=None)
    while job := wanted.first():
        run(str(job.pk))


def _sent(bank: System) -> Told:
    """What is told of a match job that waits for its first worker."""
    rows = [
        {
            "id": f"F-{number}",
            "profile": {**EXAMPLE["profile"], "sector": SECTORS[number % 4], "employees": number},
        }
        for number in range(1, BLOCKS * ROWS)
    ]
    told: Told = bank.send(lines(rows), NDJSON, "?limit=5").json()
    return told


def _kill(children: Nursery, bank: System, before: Told, after_s: float) -> Told:
    declare_dead()
    life = children.work(work_through, before["id"], after_s)
    after = _look(bank, before)
    assert after["state"] == "done" or not life.finished
    return after


def _look(bank: System, before: Told) -> Told:
    """What is told of the job now. Raises AssertionError for what is half done, or done twice."""
    told: Told = bank.get(before["url"]).json()
    found = MatchBlock.objects.filter(job=told["id"], found__isnull=False)
    done = list(found.order_by("number").values_list("number", flat=True))
    assert done == list(range(len(done)))
    ended = len(done) == BLOCKS
    assert before["rows_done"] <= told["rows_done"] <= told["rows_total"]
    assert told["rows_done"] == min(ROWS * len(done), told["rows_total"])
    assert told["state"] == ("done" if ended else "running" if done else told["state"])
    assert told["state"] in ("queued", "running", "done")
    status = 200 if ended else 409
    assert bank.get(f"{told['url']}results/").status_code == status

    blocks = Job.objects.filter(kind=keeping.BLOCK, arguments__match_job=told["id"])
    asked = sorted(blocks.values_list("arguments__number", flat=True))
    assert asked == list(range(min(len(done) + 1, BLOCKS)))
    assert not blocks.filter(state=Job.State.FAILED).exists()
    looked_at = Job.objects.filter(kind=keeping.EXPIRE, arguments__match_job=told["id"])
    assert looked_at.count() == (2 if ended else 1)
    assert Delivery.objects.filter(data__id=told["id"]).count() == int(ended)
    return told
