"""The tables of docs/matching.md, made from the engine itself, so that the page can't go stale.

A table stands in the page between `<!-- name: begin -->` and `<!-- name: end -->`.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import translation

from matching import matchmaking, snapshot
from matching.answers import Answer, ResultLine
from matching.backtest import Line, Table, cached_report
from matching.backtest.scoring import DEPTHS
from matching.engine import points, robustness, tables
from matching.engine import switches as on
from matching.engine.criteria import CRITERIA
from matching.engine.criterion import Criterion, Linear, Membership, Ramp
from matching.engine.facts import DIMENSIONS, OFFERS, SURVEY_ISSUES
from matching.engine.must_haves import READS
from matching.engine.requirements import MUST_HAVE_NEEDS, STAGES
from matching.engine.stages import ISSUE_DIMENSION, SURVEY_STAGE, default_weights
from matching.engine.supply import BUYERS
from matching.engine.values import Anchors
from matching.questions import read_question

PROFILES = settings.BASE_DIR / "fixtures" / "profiles"
EXAMPLE = PROFILES / "osaka-metal-pressing.json"
BY_HAND = "soft"  # the dimension whose weights are worked out step by step
Rows = Iterable[Sequence[str]]

_SWITCHES: dict[Any, str] = {
    on.always: "always",
    on.plant: "a plant is looked for",
    on.land: "land is looked for",
    on.hall: "a hall is looked for",
}
_KEYS: dict[Any, str] = {
    on.one: "",
    on.sectors: "by the firm's sectors: ",
    on.prefecture: "by the firm's prefecture: ",
}


def written(page: str) -> str:
    """`page` with every table in it made anew. Raises KeyError for the name of an unknown one."""
    with translation.override("en"):
        return _PLACE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", page)


_PLACE = re.compile(r"(<!-- ([a-z-]+): begin -->)\n(.*?)(<!-- \2: end -->)", re.DOTALL)


def criteria() -> str:
    """Every criterion, dimension by dimension."""
    head = ("criterion", "level", "kind", "weight", "asked where", "reads", "value", "basis")
    parts = []
    for dimension in DIMENSIONS:
        own = [c for c in CRITERIA if c.dimension == dimension]
        table = _table((*head, "no record"), (_criterion(c) for c in own))
        parts.append(f"**{dimension}**\n\n{table}")
    return "\n\n".join(parts)


def _criterion(criterion: Criterion) -> list[str]:
    return [
        f"`{criterion.code}`<br>{criterion.label[1]}",
        criterion.level,
        "specific" if criterion.specific else "general",
        f"{criterion.weight:g}",
        _when(criterion.applies),
        ", ".join(f"`{fact}`" for fact in criterion.reads),
        _value(criterion.value),
        criterion.basis,
        "none (all 34 searched)" if criterion.searched else "unknown: a blank",
    ]


def _when(switch: Callable[..., Any]) -> str:
    """A switch in words, from what it was made of."""
    if switch in _SWITCHES:
        return _SWITCHES[switch]
    parts = inspect.getclosurevars(switch).nonlocals
    match switch.__qualname__.split(".")[0]:
        case "given":
            return f"`{parts['name']}` is given"
        case "both":
            return ", and ".join(_when(part) for part in parts["switches"])
        case "either":
            return " or ".join(_when(part) for part in parts["switches"])
        case "without":
            return f"not: {_when(parts['switch'])}"
        case "purpose" | "mode" as kind:
            return f"{kind} {' or '.join(parts['codes'])}"
    return f"any of: {_meaning(parts['wanted'])}"


def _value(value: Linear | Ramp | Membership) -> str:
    """A value function in words, from what it was made of."""
    if isinstance(value, Membership):
        points_of = _anchors(value.anchors)
        return f"best unit / need: {points_of}; inside the list's ends at least {value.within:g}"
    if isinstance(value, Ramp):
        maker = getattr(points, value.points.__qualname__.split(".")[0])
        return f"straight line from 1 to 0; {_meaning(maker)}{_default(value.points)}"
    return _key(value.key) + _table_of(value.table)


def _key(key: Callable[..., Any]) -> str:
    if key in _KEYS:
        return _KEYS[key]
    parts = inspect.getclosurevars(key).nonlocals
    if "name" in parts:
        return f"mean over `{parts['name']}`: "
    return "share of what is wanted: "


def _table_of(table: Callable[..., Any]) -> str:
    parts = inspect.getclosurevars(table).nonlocals
    if "anchors" in parts:
        return _anchors(parts["anchors"])
    maker = getattr(tables, table.__qualname__.split(".")[0])
    return _meaning(maker)


def _default(made: Callable[..., Any]) -> str:
    ends = inspect.getclosurevars(made).nonlocals.get("default")
    return f" (default {ends[0]:g} and {ends[1]:g})" if isinstance(ends, tuple) else ""


def _anchors(anchors: Anchors) -> str:
    return ", ".join(f"{fact:,.10g} → {value:g}" for fact, value in anchors)


def _meaning(function: Callable[..., Any]) -> str:
    """The first sentence of a function's docstring, without its shapes."""
    text = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
    text = re.sub(r"^Return (the table of )?(\[[^]]*\]: )?", "", text)
    return text.removeprefix("Points of ").replace("`default`", "the default").rstrip(".")


def supply() -> str:
    """Who sells to whom, and how strong the link is."""
    return _table(
        ("sector", "sells to"),
        (
            (f"`{seller}`", ", ".join(f"{buyer} {link:g}" for buyer, link in buyers.items()))
            for seller, buyers in BUYERS.items()
        ),
    )


def issues() -> str:
    """Which dimension each issue of the survey speaks of."""
    rows = ((f"`{issue}`", ISSUE_DIMENSION[issue]) for issue in SURVEY_ISSUES)
    return _table(("issue of the survey", "dimension"), rows)


def stages() -> str:
    """The weights of each stage."""
    weights = default_weights(snapshot.current().facts)
    return _table(
        ("stage", "survey column", *DIMENSIONS),
        (
            (stage, SURVEY_STAGE[stage], *(f"{weight:.2f}" for weight in row))
            for stage, row in zip(STAGES, weights, strict=True)
        ),
    )


def must_haves() -> str:
    """What each must-have reads, and which number it needs."""
    rows = [("every offer and service of a park, by its own code", "`offers`", "")]
    for code, facts in READS.items():
        if code not in OFFERS:
            need = MUST_HAVE_NEEDS.get(code)
            named = ", ".join(f"`{fact}`" for fact in facts)
            rows.append((f"`{code}`", named, f"`{need}`" if need else ""))
    return _table(("must-have", "reads", "only with"), rows)


def example() -> str:
    """The first place of one firm, sum by sum."""
    answer = _answer(EXAMPLE)
    best = answer.results[0]
    named = f"{best.place.name}, {best.best_park.name}" if best.best_park else best.place.name
    ends = f"band {best.band[0]:.2f} to {best.band[1]:.2f}"
    return "\n\n".join(
        (
            f"First for `{EXAMPLE.name}`: **{named}**, fit **{best.fit:.2f}**, {ends}.",
            _table(("dimension", "weight", "fit inside", "known"), _dimensions(best)),
            _table(("criterion", "fact", "value", "weight", "points"), _sums(best)),
        )
    )


def _dimensions(line: ResultLine) -> Iterator[Sequence[str]]:
    for dimension in line.dimensions:
        fit = "–" if dimension.fit is None else f"{dimension.fit:.1f}"
        known = "–" if dimension.coverage is None else f"{dimension.coverage:.0%}"
        yield dimension.code, f"{dimension.weight:g}", fit, known


def _sums(line: ResultLine) -> Iterator[Sequence[str]]:
    for each in line.criteria:
        value = "unknown" if each.value is None else f"{each.value:.3f}"
        points_given = 100 * each.weight * (each.value or 0)
        fact = (each.fact or "–").replace("|", "/")
        yield f"`{each.code}`", fact, value, f"{each.weight:.4f}", f"{points_given:.2f}"
    yield "**sum**", "", "", f"{sum(c.weight for c in line.criteria):.4f}", f"**{line.fit:.2f}**"


def by_hand() -> str:
    """How the weights of one dimension of the example come about, step by step."""
    line = _answer(EXAMPLE).results[0]
    applying = {each.code for each in line.criteria}
    own = [c for c in CRITERIA if c.dimension == BY_HAND and c.code in applying]
    specific = [c for c in own if c.specific]
    general = [c for c in own if not c.specific]
    whole = sum(each.weight for each in line.dimensions)
    given = next(each.weight for each in line.dimensions if each.code == BY_HAND)
    fixed, loose = (sum(c.weight for c in part) for part in (specific, general))
    kept = min(loose, fixed / 2)
    first, last = specific[0], general[0]
    return "\n".join(
        (
            f"1. The six weights add up to {whole:g}. `{BY_HAND}` has {given:g}: "
            f"{given:g} / {whole:g} = {given / whole:.4f} of the whole.",
            f"2. Its specific criteria that apply: {_sum(specific)} = {fixed:g}.",
            f"3. Its general ones: {_sum(general)} = {loose:g}. Together they may hold a third of "
            f"the dimension, half as much as the specific ones: {fixed:g} / 2 = {fixed / 2:g}. "
            f"So {kept:g} are shared out: each is scaled by {kept / loose:.4f}.",
            f"4. `{first.code}`: {given / whole:.4f} x {first.weight:g} / "
            f"({fixed:g} + {kept:g}) = {given / whole * first.weight / (fixed + kept):.4f}.",
            f"5. `{last.code}`: {given / whole:.4f} x {last.weight:g} x {kept / loose:.4f} / "
            f"({fixed:g} + {kept:g}) = "
            f"{given / whole * last.weight * kept / loose / (fixed + kept):.4f}.",
        )
    )


def _sum(own: Sequence[Criterion]) -> str:
    return " + ".join(f"`{criterion.code}` {criterion.weight:g}" for criterion in own)


def firms() -> str:
    """The first three provinces of each of the firms in fixtures/profiles."""
    return _table(
        ("firm", "first", "second", "third"),
        ((f"`{path.stem}`", *_first_three(_answer(path))) for path in sorted(PROFILES.iterdir())),
    )


def _first_three(answer: Answer) -> Iterator[str]:
    for line in answer.results[:3]:
        park = f" ({line.best_park.name})" if line.best_park else ""
        yield f"{line.place.name}{park} {line.fit:.1f}"


def standard_errors() -> str:
    """How far a share of the draws may be off."""
    shares = np.array([0.5, 0.25, 0.1, 0.05, 0.01])
    errors = robustness.standard_error(shares)
    rows = [(f"{share:g}", f"{error:.4f}") for share, error in zip(shares, errors, strict=True)]
    return _table((f"share of {robustness.DRAWS:,} draws", "standard error"), rows)


def backtest() -> str:
    """How often the engine finds where published firms went, and what does as well."""
    report = cached_report(snapshot.current())
    parts = [_backtest("All cases", report.whole)]
    if report.untold:
        parts.append(_backtest("Cases whose profile does not name the province", report.untold))
    return "\n\n".join(parts)


def _backtest(title: str, table: Table) -> str:
    """One set of cases as a table, and its reading."""
    depths = (f"first {depth}" for depth in DEPTHS)
    rows = [_ranked(line, table.cases, "") for line in table.lines]
    rows.append(_ranked(table.matching, table.cases, "+"))
    rows.append(_ranked(table.standard_error, table.cases, ""))
    rows.append([_RANKINGS["p"], *(_chance(p) for p in (*table.p.hits, table.p.reciprocal))])
    head = (f"firms found, of {table.cases}", *depths, "mean 1/rank")
    return f"**{title}.** {_reading(table)}\n\n{_table(head, rows)}"


def _ranked(line: Line, cases: int, sign: str) -> list[str]:
    hits = (f"{hit * cases:{sign}.1f}" for hit in line.hits)
    return [_RANKINGS[line.code], *hits, f"{line.reciprocal:{sign}.3f}"]


def _chance(p: float) -> str:
    return f"{p:.3f}" if p >= _LEAST_P else f"< {_LEAST_P:g}"


def _reading(table: Table) -> str:
    """What the mean 1/rank of a set of cases says, in words."""
    engine, shuffled, *others = table.lines
    ahead = [_RANKINGS[line.code] for line in others if line.reciprocal > engine.reciprocal]
    gain, error, p = (line.reciprocal for line in (table.matching, table.standard_error, table.p))
    sure = "more than shuffling explains" if p < _SURE else "no more than shuffling explains"
    behind = f"Ahead of the engine: {', '.join(ahead)}." if ahead else "No baseline is ahead."
    return (
        f"Mean 1/rank is {engine.reciprocal:.3f} with the firms' own profiles and "
        f"{shuffled.reciprocal:.3f} with those of others: {gain:+.3f} ± {error:.3f}, {sure} "
        f"(p = {p:.3f}). {behind}"
    )


_RANKINGS = {
    "engine": "engine",
    "shuffled": "engine, profiles shuffled",
    "projects": "most Japanese projects",
    "hubs": "nearest to Ha Noi or Ho Chi Minh City",
    "chance": "by chance",
    "matching": "engine less shuffled: only this is matching",
    "standard-error": "its standard error over the firms",
    "p": "p, one-sided permutation test",
}
_LEAST_P = 0.001  # below it the digits say nothing
_SURE = 0.05  # the usual bound; the value itself stands beside it


def _answer(path: Path) -> Answer:
    known = snapshot.current()
    body = json.loads(path.read_text(encoding="utf-8")) | {"robustness": False, "detail": "full"}
    question = read_question(body, snapshot=known)
    return matchmaking.answer(question, snapshot=known, language="en")


def _table(head: Sequence[str], rows: Rows) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "criteria": criteria,
    "supply": supply,
    "issues": issues,
    "stages": stages,
    "must-haves": must_haves,
    "example": example,
    "by-hand": by_hand,
    "firms": firms,
    "standard-error": standard_errors,
    "backtest": backtest,
}
