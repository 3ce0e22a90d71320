"""How many places still qualify, as the profile and the results show it."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from localities.models import Region
from matching.engine.facts import HARD_OFFERS, SOFT_OFFERS, TALENT_OFFERS
from matching.engine.requirements import MEASURED_MUST_HAVES
from matching.forms import tidy
from matching.qualifying import Condition, Places, Qualifying
from matching.sentences.must_haves import label
from matching.steps import LABELS, STEP_OF

# The must-haves as the form groups them; the parts of the country stand behind the first group.
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Site and buildings"), (*HARD_OFFERS, *MEASURED_MUST_HAVES[:5])),
    (_("Ways to the site"), (*MEASURED_MUST_HAVES[5:], "expressway")),
    (_("Services of the park"), SOFT_OFFERS),
    (_("People"), TALENT_OFFERS),
)


@dataclass(frozen=True, slots=True)
class Lack:
    """The number that a must-have is measured by and that is not given yet."""

    label: str | Promise
    step: int


@dataclass(frozen=True, slots=True)
class Row:
    """A must-have with its box, and what it leaves."""

    name: str  # the parameter
    code: str
    label: str
    on: bool
    places: Places  # left with it
    freed: int  # provinces that come back without it, where it is on
    lack: Lack | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Must-haves under one heading."""

    title: str | Promise
    rows: tuple[Row, ...]
    first: bool = False

    @property
    def ticked(self) -> int:
        """How many of them are asked for."""
        return sum(row.on for row in self.rows)

    @property
    def open(self) -> bool:
        """Whether it is shown at once: the first group, and each with an answer."""
        return self.first or bool(self.ticked)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A must-have to take out, what is then left, and the address without it."""

    label: str
    places: Places
    address: str


def groups(found: Qualifying, address: QueryDict) -> list[Group]:
    """Every must-have that can be asked, in groups."""
    conditions = {condition.code: condition for condition in found.conditions}
    ticked = set(address.getlist("must"))
    (site, codes), *others = GROUPS
    return [
        Group(site, tuple(_row(found, conditions[code], code in ticked) for code in codes), True),
        Group(LABELS["macro"], tuple(_macro_row(found, one) for one in found.macros)),
        *(
            Group(title, tuple(_row(found, conditions[code], code in ticked) for code in codes))
            for title, codes in others
        ),
    ]


def _row(found: Qualifying, condition: Condition, ticked: bool) -> Row:
    lack = condition.lacks
    return Row(
        name="must",
        code=condition.code,
        label=label(condition.code),
        on=ticked,
        places=condition.with_it,
        freed=_freed(found, condition),
        lack=Lack(LABELS[lack], STEP_OF[lack].number) if lack else None,
    )


def _macro_row(found: Qualifying, condition: Condition) -> Row:
    name = str(Region.Macro(condition.code).label)
    return Row("macro", condition.code, name, condition.on, condition.with_it, 0)


def _freed(found: Qualifying, condition: Condition) -> int:
    return condition.without.province.left - found.now.province.left if condition.on else 0


def relaxed(found: Qualifying, level: str, address: QueryDict, page: str) -> list[Relaxed]:
    """The must-haves without which places of `level` come back, the one that frees most first.

    `address`: that of the question; `page`: what stands before its query string.
    """
    return [
        Relaxed(
            label(condition.code),
            condition.without,
            f"{page}{tidy(_without(address, condition.code))}",
        )
        for condition in found.to_relax(level)
    ]


def _without(address: QueryDict, code: str) -> QueryDict:
    """The address without a must-have; all parts of the country go together."""
    rest = address.copy()
    rest.setlist("must", [one for one in address.getlist("must") if one != code])
    if code == "macro":
        rest.setlist("macro", [])
    return rest
