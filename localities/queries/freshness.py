"""How old what is known of a place is: within its shelf life, past it, or of unknown date."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from localities import periods
from localities.models import Citation, IndustrialPark, Observation
from localities.queries.figures import observations_of, province_of
from localities.queries.kept import kept

# A brochure has a date: what it says of rents and free units is soon no longer so.
PARK_SHELF_LIFE_MONTHS = 24


class Freshness(models.TextChoices):
    """How old what is known is."""

    CURRENT = "current", _("Within its shelf life")
    STALE = "stale", _("Past its shelf life")
    UNKNOWN = "unknown", _("Date unknown")


@dataclass(frozen=True, slots=True)
class Age:
    """How old what is known of one place is."""

    state: Freshness
    as_of: str | None  # the newest date on record, as its source states it
    stale: int = 0  # figures past their shelf life
    figures: int = 0

    @property
    def is_stale(self) -> bool:
        """Whether anything is past its shelf life."""
        return self.state == Freshness.STALE


NO_DATE = Age(Freshness.UNKNOWN, None)


def is_stale(period: str, shelf_life_months: int, today: date) -> bool:
    """Whether a value is older than its shelf life, counted from the end of its period."""
    end = periods.parse(period).end
    return (today.year - end.year) * 12 + today.month - end.month > shelf_life_months


def provinces(version: int) -> dict[str, Age]:
    """The age of each province's figures, by key; one without figures is not in it.

    A province is stale where the newest value of any of its indicators is past its shelf life.
    `version` is the catalogue's, read before; once made, no query is needed.
    """
    return _kept("provinces", version, lambda today: _of_observations(observations_of(), today))


def parks(version: int) -> dict[str, Age]:
    """The age of what is known of each park, by key: that of its newest source.

    `version` is the catalogue's, read before; once made, no query is needed.
    """
    return _kept("parks", version, _of_sources)


def _kept(name: str, version: int, make: Callable[[date], dict[str, Age]]) -> dict[str, Age]:
    today = timezone.localdate()
    return kept(f"freshness/{name}", lambda: make(today), version=version)


def _of_observations(observations: Iterable[Observation], today: date) -> dict[str, Age]:
    newest: dict[str, dict[str, Observation]] = defaultdict(dict)
    for observation in observations:  # the newest come first
        newest[province_of(observation)].setdefault(observation.indicator_id, observation)
    return {key: _age(figures.values(), today) for key, figures in newest.items()}


def _age(figures: Collection[Observation], today: date) -> Age:
    stale = sum(
        is_stale(figure.period, figure.indicator.shelf_life_months, today) for figure in figures
    )
    return Age(
        state=Freshness.STALE if stale else Freshness.CURRENT,
        as_of=_newest(figure.period for figure in figures),
        stale=stale,
        figures=len(figures),
    )


def _of_sources(today: date) -> dict[str, Age]:
    dates: dict[str, list[str]] = defaultdict(list)
    cited = Citation.objects.filter(is_active=True, record_kind=IndustrialPark.kind)
    for park, as_of, published in cited.values_list("record", "as_of", "source__published"):
        if told := as_of or published:
            dates[park].append(told)
    ages = {}
    for park, stated in dates.items():
        as_of = _newest(stated)
        stale = is_stale(as_of, PARK_SHELF_LIFE_MONTHS, today)
        ages[park] = Age(Freshness.STALE if stale else Freshness.CURRENT, as_of)
    return ages


def _newest(stated: Iterable[str]) -> str:
    return max(stated, key=lambda period: periods.parse(period).end)
