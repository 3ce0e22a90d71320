"""Break the engine on purpose, one small change at a time, and print what no test notices.

`python -m tests.benchmarks.mutate matching/engine/scoring.py [more modules]`

For each change (a mutant) the tests of the engine that enter the changed function run until one
fails: the module's own first, then the quickest. A mutant that none fails is a survivor: a hole in
the tests, or a change that means the same; `docs/mutation.md` has a word on each.

--budget SECONDS  the tests of one mutant take no longer (8): a survivor costs seconds too
--lines 10-20     mutants of these lines alone
--list            print the mutants and run nothing

The tests are collected once, in a copy of the engine; each mutant is a fork of that process, with
the code of the changed function put in the place of the old one. A change of what runs while a
module is loaded has its fork load the engine and its tests anew. One process runs at a time.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import hypothesis
import pytest

from tests.benchmarks.mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]
TESTS = "tests/matching/engine"
COPIED = (
    *("matching/__init__.py", "tests/__init__.py"),
    *("tests/matching/__init__.py", "tests/matching/turned.py"),
)
# Where a module's own tests are, by the start of their names; the others follow, quickest first.
OWN = {
    "evaluation": ("scoring", "explanation", "robustness"),
    "explanation": ("explanation", "turning", "properties"),
    "places": ("scoring", "must_haves", "explanation"),
    "prepared": ("scoring", "batch"),
    "sensitivity": ("explanation",),
    "switches": ("criteria", "scoring", "must_haves", "properties"),
    "tables": ("criteria",),
}
TIMEOUT, LONGEST = 60, 3600  # seconds of the processor for one mutant, and for the first run
NOT_REPLACED = 77
OPTIONS = (
    *("-x", "-q", "-s", "--no-header", "-c", "pytest.ini", "--noconftest", "--assert=plain"),
    *("-p", "no:django", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
    *("-W", "error::RuntimeWarning", TESTS),
)


def in_fork(work: Callable[[], int], seconds: int) -> int:
    """Do `work` in a silent fork of this process; return its exit code, not 0 after `seconds`."""
    child = os.fork()
    if child:
        _, state = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(state)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    code = 1
    try:
        code = work()
    finally:
        os._exit(code)


@dataclass
class Session:
    """A plugin: the tests collected, and a loop over mutants in the place of one over tests."""

    paths: list[Path]
    lines: range
    budget: float
    failed: bool = False
    found: dict[Path, list[int]] = field(default_factory=dict)  # mutants, survivors
    seen: dict[str, tuple[float, set[tuple[str, int]]]] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.first_run(session.items)
        for path in self.paths:
            chosen = [m for m in mutants(path, Path.cwd()) if m.line in self.lines]
            self.found[path] = [len(chosen), 0]
            anew = []
            whole = compile(path.read_text(), str(Path.cwd() / path), "exec")
            for mutant in chosen:
                nodes, entered = self.tests_of(mutant)
                if not entered:
                    anew.append((mutant, nodes))
                    continue
                items = [item for node in nodes for item in session.items if item.nodeid == node]
                code = in_fork(lambda: self.replaced(whole, mutant, items), TIMEOUT)  # noqa: B023
                if code == NOT_REPLACED:
                    anew.append((mutant, nodes))
                else:
                    self.note(mutant, code)
            for mutant, nodes in anew:
                self.note(mutant, in_fork(lambda: loaded_anew(mutant, nodes), TIMEOUT))  # noqa: B023
            count, survived = self.found[path]
            print(f"{path}: {count} mutants, {count - survived} killed", flush=True)
        return True

    def first_run(self, items: list[pytest.Item]) -> None:
        """Run every test once; keep its seconds, and the functions of the engine it enters."""
        home = str(Path.cwd() / "matching" / "engine")
        for item in items:
            entered: set[tuple[str, int]] = set()

            def note(frame: Any, event: str, _: Any, entered: Any = entered) -> None:
                if event == "call" and frame.f_code.co_filename.startswith(home):
                    entered.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

            start = time.process_time()
            sys.setprofile(note)
            run([item])
            sys.setprofile(None)
            self.seen[item.nodeid] = (time.process_time() - start, entered)
        if self.failed:
            raise SystemExit("The tests fail as it is.")

    def tests_of(self, mutant: Mutant) -> tuple[list[str], bool]:
        """Return the quickest tests that enter the mutant's function, or of all where none does."""
        first, last = mutant.function
        name = str(Path.cwd() / mutant.path)
        entering = [
            node
            for node, (_, places) in self.seen.items()
            if any(file == name and first <= line <= last for file, line in places)
        ]
        own = tuple(
            f"{TESTS}/test_{stem}.py" for stem in OWN.get(mutant.path.stem, (mutant.path.stem,))
        )
        nodes = sorted(
            entering or self.seen, key=lambda node: (not node.startswith(own), self.seen[node][0])
        )
        spent = accumulate(self.seen[node][0] for node in nodes)
        within = [node for node, total in zip(nodes, spent, strict=True) if total <= self.budget]
        return within or nodes[:1], bool(entering)

    def replaced(self, whole: CodeType, mutant: Mutant, items: list[pytest.Item]) -> int:
        """Put the mutant's code in the place of the old one and run tests until one fails."""
        changed = compile(mutant.tree, whole.co_filename, "exec")
        try:
            new = [(old, code) for old, code in pairs(whole, changed) if old != code]
            for function in [f for f in gc.get_objects() if isinstance(f, FunctionType)]:
                if function.__code__.co_filename == whole.co_filename:
                    for old, code in new:
                        if function.__code__ == old:
                            function.__code__ = code
                            break
        except ValueError:  # functions that came or went, or other names from outside
            return NOT_REPLACED
        for item in items:
            run([item])
            if self.failed:
                return 1
        return 0

    def note(self, mutant: Mutant, code: int) -> None:
        """Print a survivor."""
        if code == 0:
            self.found[mutant.path][1] += 1
            print(f"survived  {mutant}", flush=True)


def run(items: list[pytest.Item]) -> None:
    """Run collected tests, each with its fixtures set up and torn down."""
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Yield the functions of two modules that differ by one change, side by side."""
    inner = [[c for c in code.co_consts if isinstance(c, CodeType)] for code in (old, new)]
    for one, two in zip(*inner, strict=True):
        yield one, two
        yield from pairs(one, two)


@dataclass
class Broken:
    """An importer of one module from a tree of one's own."""

    name: str
    path: Path
    tree: ast.Module

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        return spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave the module to the importer."""

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)  # noqa: S102


@dataclass
class Chosen:
    """A plugin: run the chosen tests alone, in their order."""

    nodes: list[str]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        place = {node: number for number, node in enumerate(self.nodes)}
        items[:] = sorted(
            (item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid]
        )


def loaded_anew(mutant: Mutant, nodes: list[str]) -> int:
    """Load the engine with the mutant in it, and run tests until one fails."""
    forget()
    name = str(mutant.path.with_suffix("")).replace("/", ".")
    sys.meta_path.insert(0, Broken(name, Path.cwd() / mutant.path, mutant.tree))  # type: ignore[arg-type]
    return int(pytest.main(list(OPTIONS), plugins=[Chosen(nodes)]))


def forget() -> None:
    """Forget the engine and its tests, so that they are loaded from the copy."""
    for name in [n for n in sys.modules if n.split(".")[0] in {"tests", "matching"}]:
        del sys.modules[name]


def copied(to: Path) -> None:
    """Copy the engine and its tests."""
    for name in COPIED:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, to / name)
    for name in ("matching/engine", TESTS):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    (to / "pytest.ini").write_text("[pytest]\n")


def main() -> None:
    """Print the survivors of each module, and how many mutants there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--lines", default="1-100000")
    parser.add_argument("--budget", type=float, default=8.0)
    given = parser.parse_args()
    first, last = map(int, given.lines.split("-"))
    lines = range(first, last + 1)
    if given.list:
        print(*(m for p in given.modules for m in mutants(p, ROOT) if m.line in lines), sep="\n")
        return
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "same", derandomize=True, database=None, deadline=None, phases=phases
    )
    hypothesis.settings.load_profile("same")
    with tempfile.TemporaryDirectory() as room:
        os.chdir(Path(room).resolve())
        copied(Path.cwd())
        sys.path.insert(0, str(Path.cwd()))
        forget()
        pytest.main(list(OPTIONS), plugins=[Session(given.modules, lines, given.budget)])
        os.chdir(ROOT)


if __name__ == "__main__":
    main()
