"""How many records each choice of a filter would leave, given all the other filters.

A record counts for a choice of a filter where every other filter lets it through; whether this one
does is not asked, since its own choices are what the reader weighs. So one reading suffices: each
record comes with the verdict of each filter in use, and what fails two of them counts nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from localities.filtering import UNKNOWN

Pairs = Iterable[tuple[str, str]]  # of a record's key and one of its choices


@dataclass(frozen=True, slots=True)
class Span:
    """What is known of a quantity: its lowest and highest value, and of how many it is unknown."""

    low: float | None
    high: float | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The records that pass every filter, and what each filter would leave."""

    keys: frozenset[str]
    counts: Mapping[str, Mapping[str, int]]  # by filter and choice
    spans: Mapping[str, Span]  # by filter of a range

    @property
    def total(self) -> int:
        """How many records pass every filter."""
        return len(self.keys)


def tally(
    rows: QuerySet[Any],
    verdicts: Mapping[str, QuerySet[Any]],
    columns: Mapping[str, str],
    ranges: Mapping[str, str],
    sets: Mapping[str, Pairs],
) -> Tally:
    """The counts for `rows`: one query, and one for each of `sets` that is a query itself.

    `verdicts` are, by filter in use, the records that it lets through; `columns` the column of each
    filter of one choice a record, `ranges` that of each quantity; `sets` the choices of filters of
    which a record may have several. What has no choice counts as 'unknown'.
    """
    several = {name: _grouped(pairs) for name, pairs in sets.items()}
    flags = [f"passes_{name}" for name in verdicts]
    chosen = dict(zip(flags, verdicts.values(), strict=True))
    judged = rows.order_by().annotate(
        **{flag: Exists(passing.filter(pk=OuterRef("pk"))) for flag, passing in chosen.items()}
    )
    paths = [*columns.values(), *ranges.values()]
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*columns, *several)}
    values: dict[str, list[Any]] = {name: [] for name in ranges}
    keys = set()
    for key, *rest in judged.values_list("pk", *paths, *flags):
        found = dict(zip((*columns, *ranges), rest, strict=False))
        passes = rest[len(paths) :]
        failed = [name for name, passed in zip(verdicts, passes, strict=True) if not passed]
        if len(failed) > 1:
            continue
        if not failed:
            keys.add(key)
        for name in [failed[0]] if failed else (*columns, *several, *ranges):
            if name in values:
                values[name].append(found[name])
            elif name in several:
                counts[name].update(several[name].get(key, {UNKNOWN}))
            elif name in counts:
                counts[name][_choice(found[name])] += 1
    spans = {name: _span(known) for name, known in values.items()}
    return Tally(frozenset(keys), counts, spans)


def _grouped(pairs: Pairs) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, choice in pairs:
        found[key].add(choice)
    return found


def _choice(value: Any) -> str:
    """The choice of a filter that finds a column's value."""
    if value is None:
        return UNKNOWN
    return str(value).lower() if isinstance(value, bool) else str(value)


def _span(values: list[Any]) -> Span:
    known = [value for value in values if value is not None]
    return Span(min(known, default=None), max(known, default=None), len(values) - len(known))
