"""The match seen from the place: which companies that may be found fit a province.

Only profiles whose owner agreed to be found are looked at, and the consent is read anew each time.
How each fits is reckoned in the background and kept a profile (`ProfileFit`). Nothing is told of
fewer than FEWEST companies, and numbers are told in steps of as many: one company more or less
changes no number but at a step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from django.db.models import F, Q, QuerySet

from matching import snapshot as snapshots
from matching.carried import read_carried
from matching.engine import must_haves
from matching.engine.batch import match_many
from matching.engine.facts import Bools
from matching.engine.must_haves import FAILED
from matching.engine.prepared import prepare
from matching.engine.requirements import MUST_HAVES, Requirements
from matching.impact import rows_of, step
from matching.models import ProfileFit, StoredProfile
from matching.questions import Question
from matching.requirements import weights_of
from matching.snapshot import Snapshot
from portal.accounts.models import User

Word = TypeVar("Word")
FITS = "matching.fits"  # the kind of the jobs that reckon them
FIRST = 10
MOST = 5000  # profiles, the newest first
_AT_ONCE = 200
SIZES = (20, 50, 100, 300)  # employees, below each of which a company is of that size
_ELSEWHERE = ("macro", "province", "operating")  # no requirement that a place could come to meet


@dataclass(frozen=True, slots=True)
class Company:
    """A company that agreed to be found."""

    name: str
    email: str
    title: str  # of its profile
    sector: str
    query: str  # of its profile's match


@dataclass(frozen=True, slots=True)
class Told:
    """What a province is told: numbers in steps of FEWEST, the largest first; 0: fewer."""

    fitting: int
    sectors: Sequence[tuple[str, int]]
    sizes: Sequence[tuple[int | None, int]]  # by the place in SIZES; None: not stated
    failing: Sequence[tuple[str, int]]  # must-haves that the province fails
    companies: Sequence[Company]


def findable() -> QuerySet[StoredProfile]:
    """The profiles whose owners agree, as of now, to be found."""
    return StoredProfile.objects.filter(findable=True, owner__is_active=True)


def outdated(version: int) -> QuerySet[StoredProfile]:
    """Those of `findable` whose fit is not reckoned on `version` and as they are now."""
    current = Q(fit__catalogue_version=version, fit__profile_updated_at=F("updated_at"))
    return findable().exclude(current).order_by("-updated_at", "pk")


def refresh(report: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Reckons what is outdated; returns how many profiles that were."""
    snapshot = snapshots.current()
    waiting = list(outdated(snapshot.version)[:MOST])
    for start in range(0, len(waiting), _AT_ONCE):
        part = waiting[start : start + _AT_ONCE]
        _keep(part, snapshot)
        report(min(start + _AT_ONCE, len(waiting)), len(waiting))
    return len(waiting)


def told(province: str) -> Told:
    """What is told of `province`: one query, whatever their number."""
    rows = ProfileFit.objects.filter(profile__in=findable()).select_related("profile__owner")
    fits = list(rows.order_by("profile__title", "pk")[:MOST])
    fitting = [fit for fit in fits if province in fit.first]
    if step(_owners(fitting)) == 0:
        fitting = []
    sizes = _counted((size_of(fit.employees), fit) for fit in fitting)
    sectors = _counted((fit.sector, fit) for fit in fitting)
    failing = _counted(
        (code, fit) for fit in fits for code, places in fit.fails.items() if province in places
    )
    return Told(
        fitting=step(_owners(fitting)),
        sectors=sectors,
        sizes=sizes,
        failing=failing,
        companies=[_company(fit) for fit in fitting],
    )


def size_of(employees: int | None) -> int | None:
    """The place in SIZES of the first that `employees` lie below; None where it is not stated."""
    return None if employees is None else int(np.searchsorted(SIZES, employees, side="right"))


def _owners(fits: Iterable[ProfileFit]) -> int:
    return len({fit.profile.owner_id for fit in fits})


def _counted(pairs: Iterable[tuple[Word, ProfileFit]]) -> list[tuple[Word, int]]:
    """By word, how many companies, in steps; those under FEWEST are left out."""
    owners: defaultdict[Word, set[int]] = defaultdict(set)
    for word, fit in pairs:
        owners[word].add(fit.profile.owner_id)
    counts = Counter({word: step(len(own)) for word, own in owners.items()})
    return sorted(
        ((word, count) for word, count in counts.items() if count),
        key=lambda pair: (-pair[1], str(pair[0])),
    )


def _company(fit: ProfileFit) -> Company:
    owner: User = fit.profile.owner
    return Company(
        owner.name or owner.email, owner.email, fit.profile.title, fit.sector, fit.profile.query
    )


def _keep(profiles: Sequence[StoredProfile], snapshot: Snapshot) -> None:
    """Reckons and stores; a profile that today's catalogue cannot read fits nowhere."""
    read = [(one, read_carried(one.query, snapshot).question) for one in profiles]
    known = [(one, question) for one, question in read if question is not None]
    fits = _reckoned(known, snapshot) if known else []
    fits += [_row(one, snapshot) for one, question in read if question is None]
    for fit in fits:
        values = {f.name: getattr(fit, f.attname) for f in ProfileFit._meta.concrete_fields[1:]}
        if StoredProfile.objects.filter(pk=fit.profile_id).exists():  # it may have left meanwhile
            ProfileFit.objects.update_or_create(profile_id=fit.profile_id, defaults=values)


def _row(profile: StoredProfile, snapshot: Snapshot) -> ProfileFit:
    return ProfileFit(
        profile_id=profile.pk,
        catalogue_version=snapshot.version,
        profile_updated_at=profile.updated_at,
    )


def _reckoned(
    asked: Sequence[tuple[StoredProfile, Question]], snapshot: Snapshot
) -> list[ProfileFit]:
    facts = snapshot.facts
    questions = [question for _profile, question in asked]
    req = rows_of(facts, questions)
    weights = np.stack([weights_of(question, facts) for question in questions])
    best = match_many(facts, req, weights, level="province", top=FIRST)
    fails = _fails(req, snapshot)
    fits = []
    for at, (profile, question) in enumerate(asked):
        fit = _row(profile, snapshot)
        fit.sector, fit.employees = question.profile.sector, question.profile.employees
        fit.first = [facts.province_slugs[place] for place in best.place[at] if place >= 0]
        fit.fails = {
            code: [facts.province_slugs[place] for place in np.flatnonzero(fails[code][at])]
            for code in question.must_haves
            if code in fails
        }
        fits.append(fit)
    return fits


def _fails(req: Requirements, snapshot: Snapshot) -> dict[str, Bools]:
    """By must-have that is asked, [P, provinces]: whether everything there fails it."""
    prepared = prepare(snapshot.facts)
    found = {}
    asked = must_haves.asked(req)
    for column, code in enumerate(MUST_HAVES):
        if not asked[:, column].any() or code in _ELSEWHERE:
            continue
        states = must_haves.state(prepared, req, code)
        best = np.full((req.profiles, snapshot.facts.provinces), FAILED, dtype=np.int8)
        for row, province in enumerate(prepared.row_province):
            np.maximum(best[:, province], states[:, row], out=best[:, province])
        found[code] = np.asarray(best == FAILED)
    return found
