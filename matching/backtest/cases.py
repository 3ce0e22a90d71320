"""The published cases: a firm's facts as a profile, where it went as the answer, the source."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ValidationError

from matching.questions import Question, read_question
from matching.snapshot import Snapshot

CASES = Path(settings.BASE_DIR) / "fixtures" / "backtest.json"
FEWEST = 2
_PARTS = {"key", "firm", "year", "answer", "profile", "source"}
_ANSWER = {"province", "former_province", "park"}
_SOURCE = {"title", "url", "published", "note"}


class BrokenCases(ValueError):
    """The file of cases can't be read; the message names the case and what is wrong."""


class NotToday(BrokenCases):
    """A case names what the catalogue does not have, or has no longer."""


@dataclass(frozen=True, slots=True)
class CaseSource:
    """The publication that a case was read in; `note` says in English what was taken from it."""

    title: str  # in Japanese, as published
    url: str
    published: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Case:
    """One decision of one firm. The engine reads `question` and nothing else of it."""

    key: str
    firm_ja: str | None  # None: the source does not name it
    firm_en: str | None
    year: int | None
    province: str  # of today
    former_province: str | None
    park: str | None
    question: Question
    source: CaseSource

    @property
    def told(self) -> bool:
        """Whether the profile itself names the province, as customer's or as a tie."""
        profile = self.question.profile
        return self.province in (*profile.customer_provinces, *profile.existing_ties)


def read_cases(snapshot: Snapshot, path: Path = CASES) -> tuple[Case, ...]:
    """The cases of `path` in the order of their keys; raises BrokenCases."""
    records = _records(path)
    cases = [_case(record, snapshot) for record in records]
    if len(cases) < FEWEST:
        raise BrokenCases(f"{path.name}: {FEWEST} cases are needed to exchange their profiles")
    if len({case.key for case in cases}) != len(cases):
        raise BrokenCases(f"{path.name}: a key stands twice")
    return tuple(sorted(cases, key=lambda case: case.key))


def known_cases(snapshot: Snapshot) -> tuple[Case, ...]:
    """The portal's own cases, without those that name what the catalogue has no longer."""
    cases = []
    for record in _records(CASES):
        with suppress(NotToday):
            cases.append(_case(record, snapshot))
    return tuple(sorted(cases, key=lambda case: case.key))


def all_cases() -> int:
    """How many cases the portal has, known to the catalogue or not."""
    return len(_records(CASES))


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenCases(f"{path.name}: {error}") from error
    return records


def _case(record: dict[str, Any], snapshot: Snapshot) -> Case:
    key = str(record.get("key"))
    _exactly(record, _PARTS, key)
    answer, firm = record["answer"], record["firm"] or {}
    _exactly(answer, _ANSWER, f"{key}: answer")
    _exactly(record["source"], _SOURCE, f"{key}: source")
    if answer["province"] not in snapshot.facts.province_slugs:
        raise NotToday(f"{key}: answer: {answer['province']!r} is no province")
    return Case(
        key=key,
        firm_ja=firm.get("ja"),
        firm_en=firm.get("en"),
        year=record["year"],
        **answer,
        question=_question(record["profile"], snapshot, key),
        source=CaseSource(**record["source"]),
    )


def _exactly(record: dict[str, Any], parts: set[str], where: str) -> None:
    if record.keys() != parts:
        raise BrokenCases(f"{where}: has exactly {', '.join(sorted(parts))}")


def _question(profile: dict[str, Any], snapshot: Snapshot, key: str) -> Question:
    try:
        return read_question({"profile": profile}, snapshot=snapshot)
    except ValidationError as error:
        raise NotToday(f"{key}: {json.dumps(error.detail, ensure_ascii=False)}") from error
