"""The kinds of jobs there are. Rooms declare theirs in their `tasks.py`."""

from collections.abc import Callable
from typing import TypeVar

Work = Callable[..., None]
W = TypeVar("W", bound=Work)
Duty = Callable[[], None]
_KINDS: dict[str, Work] = {}
_FAILURES: dict[str, Work] = {}
_DUTIES: list[Duty] = []
_WAITING_ON_OTHERS: set[str] = set()


def job(kind: str, *, waits_on_others: bool = False) -> Callable[[W], W]:
    """Declares a function as the work of the jobs of `kind`.

    One that `waits_on_others`, on machines that are not ours, has workers of its own, so that their
    silence holds up none of our work.
    It is called with a `Progress` and the job's arguments as keywords. A worker may be killed at
    any line of it and another begins it anew, so doing it twice must do no more than doing it once.
    """

    def declare(work: W) -> W:
        if kind in _KINDS:
            raise ValueError(f"there are two kinds of jobs named {kind!r}")
        _KINDS[kind] = work
        if waits_on_others:
            _WAITING_ON_OTHERS.add(kind)
        return work

    return declare


def work_of(kind: str) -> Work:
    """The function of `kind`; raises LookupError where there is none."""
    try:
        return _KINDS[kind]
    except KeyError:
        raise LookupError(f"there is no kind of jobs named {kind!r}") from None


def waits_on_others(kind: str) -> bool:
    """Whether the jobs of `kind` wait on machines that are not ours."""
    return kind in _WAITING_ON_OTHERS


def when_failed(kind: str) -> Callable[[W], W]:
    """Declares what is written, in the same transaction, where a job of `kind` is given up.

    It is called with the job's arguments as keywords.
    """

    def declare(telling: W) -> W:
        _FAILURES[kind] = telling
        return telling

    return declare


def telling_of(kind: str) -> Work | None:
    """What tells that a job of `kind` has failed, if anything does."""
    return _FAILURES.get(kind)


def on_sweep(duty: Duty) -> Duty:
    """Declares what each worker does with every sweep, once a minute: asking for jobs that are due.

    Several workers do it at the same time, so it must ask for a job once, whoever asks.
    """
    if duty not in _DUTIES:
        _DUTIES.append(duty)
    return duty


def duties() -> tuple[Duty, ...]:
    """What is done with every sweep."""
    return tuple(_DUTIES)
