"""Keeps the processes of an embedded portal together: all of them run, or none does."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

GRACE_S = 10.0  # to answer the last requests and to end the running job
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Part:
    """A process to keep running, by the name that messages call it."""

    name: str
    command: list[str]


class Supervisor:
    """Starts parts in process groups of their own, and stops all when one ends or a signal comes.

    The groups keep a terminal's Ctrl-C from the parts, which are then stopped in good order.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop = False

    def run(self, parts: list[Part], answers: Callable[[], bool], welcome: str) -> int:
        """Runs until the end of all; returns the exit status: 0 where a signal asked for it.

        Prints `welcome` as soon as `answers` says that the portal answers.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            for part in parts:
                self._start(part)
            return self._watch(answers, welcome)
        finally:
            self._stop()

    def _start(self, part: Part) -> None:
        self.processes[part.name] = subprocess.Popen(  # noqa: S603
            part.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_die_with_parent,
        )

    def _watch(self, answers: Callable[[], bool], welcome: str) -> int:
        greeted = False
        while not self.asked_to_stop:
            for name, process in self.processes.items():
                if (status := process.poll()) is not None:
                    _say(f"{name} ended with status {status}; stopping the rest.")
                    return 1
            if not greeted and answers():
                greeted = True
                _say(welcome)
            time.sleep(0.2)
        _say("stopping ...")
        return 0

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.asked_to_stop:  # asked twice: at once
            self._kill()
        self.asked_to_stop = True

    def _stop(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        self._kill()
        for process in self.processes.values():
            process.wait()

    def _kill(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    """On Linux, asks the kernel to end this process when the supervisor is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
