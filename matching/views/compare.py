"""Up to four provinces or parks side by side: what differs first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from localities.queries.rates import Rate, rates
from localities.views.addresses import PROFILE, takes
from matching import snapshot
from matching.amounts import AREAS, USD, Units, currency_label, span_text
from matching.answers import PlaceLine, ResultLine
from matching.carried import Carried, carried
from matching.comparison import MOST, catalogue_groups, dimensions, fit_groups
from matching.comparison.choices import choices
from matching.matchmaking import lines
from matching.named_places import PARK, PROVINCE, find_places
from matching.questions import Question
from matching.sentences.reading import said
from matching.snapshot import Snapshot

PLACE, WAS, UNITS, CURRENCY = "place", "was", "units", "currency"
LONGEST_ECHO = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the address that could not be followed, and where to go instead."""

    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit or a money to show figures in."""

    label: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A place of the comparison."""

    place: PlaceLine
    without: str  # the comparison without it
    line: ResultLine | None

    @property
    def failed(self) -> bool:
        """Whether a must-have is failed on record, so that the place is not ranked."""
        return self.line is not None and any(m.status == "failed" for m in self.line.must_haves)


class _Asked:
    """What the address asks for: what of it can be followed, and what not."""

    def __init__(self, request: HttpRequest, known: Snapshot, priced: Mapping[str, Rate]) -> None:
        self.priced = priced
        given = [slug for slug in request.GET.getlist(PLACE) if slug]
        found = find_places(given, known)
        self.problems: list[Problem] = []
        self.kind = found.places[0].kind if found.places else ""
        same = found.of_kind(self.kind)
        self.places = same[:MOST]
        self.carried = carried(request, known)
        self.area = self._one_of(request, UNITS, AREAS)
        self.currency = self._one_of(request, CURRENCY, (USD.lower(), *map(str.lower, priced)))
        formers = find_places([*request.GET.getlist(WAS), *found.moved], known).moved
        slugs = {place.slug: place for place in self.places}
        self.moved = {was: slugs[today] for was, today in formers.items() if today in slugs}
        others = [place for place in found.places if place.kind != self.kind]
        self._tell(found.unknown, same[MOST:], others)

    @property
    def open(self) -> bool:
        """Whether the facts on record stand open beside a profile: units change them alone."""
        return self.area != AREAS[0] or self.rate is not None

    @property
    def rate(self) -> Rate | None:
        """What the US dollar is converted by; None where it is shown itself."""
        return self.priced.get(self.currency.upper())

    def address(self, **changes: object) -> str:
        """The query string of this comparison, with `changes`."""
        values: dict[str, object] = {
            PLACE: [place.slug for place in self.places],
            WAS: list(self.moved),
            UNITS: "" if self.area == AREAS[0] else self.area,
            CURRENCY: "" if self.currency == USD.lower() else self.currency,
            PROFILE: self.carried.query if self.carried.question else "",
        }
        kept = {name: value for name, value in (values | changes).items() if value}
        return urlencode(kept, doseq=True)

    def _one_of(self, request: HttpRequest, name: str, allowed: Sequence[str]) -> str:
        text = request.GET.get(name) or allowed[0]
        if text in allowed:
            return text
        pattern = _("“%(value)s” is no choice for “%(name)s”. Allowed: %(allowed)s")
        said = {"value": text[:LONGEST_ECHO], "name": name, "allowed": ", ".join(allowed)}
        self.problems.append(Problem(pattern % said))
        return allowed[0]

    def _tell(
        self, unknown: Sequence[str], beyond: Sequence[PlaceLine], others: Sequence[PlaceLine]
    ) -> None:
        for slug in unknown[:MOST]:
            text = _("“%(slug)s” is not in the catalogue.") % {"slug": slug[:LONGEST_ECHO]}
            self.problems.append(Problem(text))
        if beyond:
            text = _("At most four places stand side by side. Left out: %(names)s")
            names = ", ".join(place.name for place in beyond[:MOST])
            self.problems.append(Problem(text % {"names": names}))
        if others:
            self.problems.append(self._mixed(others))
        if self.carried.wrong:
            profile = f"{reverse('matching:profile')}?{self.carried.query}"
            text = _("The profile in the address cannot be read, so the places are not judged.")
            self.problems.append(Problem(text, ((_("Look at the profile"), profile),)))

    def _mixed(self, others: Sequence[PlaceLine]) -> Problem:
        text = _("Provinces are compared with provinces, and parks with parks. Left out: %(names)s")
        names = ", ".join(place.name for place in others[:MOST])
        query = self.address(place=[place.slug for place in others[:MOST]], was=[])
        label = _("Compare these parks") if self.kind == PROVINCE else _("Compare these provinces")
        return Problem(text % {"names": names}, ((label, f"?{query}"),))


@require_safe
@takes(PLACE, WAS, UNITS, CURRENCY, PROFILE)
def compare(request: HttpRequest) -> HttpResponse:
    """The places of the address side by side; what cannot be followed is told above them."""
    known = snapshot.current()
    asked = _Asked(request, known, rates())
    if not asked.problems and asked.address() != request.GET.urlencode():
        return redirect(f"{request.path}?{asked.address()}")
    judged = _judged(asked, known)
    context = {
        "asked": asked,
        "places": [column.place for column in judged],
        "columns": judged,
        "profile": asked.carried.query if asked.carried.question else "",
        **_shown(asked, known, [column.line for column in judged if column.line]),
        **_tools(asked, known),
    }
    status = 400 if asked.problems else 200
    return render(request, "matching/compare.html", context, status=status)


def _judged(asked: _Asked, known: Snapshot) -> list[Column]:
    slugs = [place.slug for place in asked.places]
    found: Iterable[ResultLine | None] = [None] * len(slugs)
    if asked.carried.question and slugs:
        found = lines(
            _question(asked.carried, asked.kind),
            slugs,
            snapshot=known,
            language=get_language() or "ja",
        )
    return [
        Column(
            place,
            asked.address(place=[slug for slug in slugs if slug != place.slug], was=[]),
            line,
        )
        for place, line in zip(asked.places, found, strict=True)
    ]


def _question(profile: Carried, kind: str) -> Question:
    """The firm's question at the level of the places, with every criterion."""
    if profile.question is None:
        raise ValueError("no question in hand")
    return replace(profile.question, level="park" if kind == PARK else "province", detail="full")


def _shown(asked: _Asked, known: Snapshot, judged: Sequence[ResultLine]) -> dict[str, object]:
    """The rows: how the places fit, where a profile is in hand, and what is on record of them."""
    if not asked.places:
        return {}
    slugs = [place.slug for place in asked.places]
    units = Units(asked.area, asked.rate)
    return {
        "dimensions": dimensions(judged) if judged else [],
        "fit": fit_groups(judged) if judged else [],
        "facts": catalogue_groups(slugs, kind=asked.kind, version=known.version, units=units),
        "province_names": {place.slug: said(place.name) for place in known.provinces},
    }


def _tools(asked: _Asked, known: Snapshot) -> dict[str, object]:
    """What the page's switches and its form take."""
    areas = {"m2": "m²", "tsubo": _("tsubo")}
    offered = [USD, *asked.priced]
    return {
        "rate_text": span_text(asked.rate.low, asked.rate.high) if asked.rate else "",
        "level": "park" if asked.kind == PARK else "province",
        "areas": [
            Choice(label, asked.address(units="" if code == AREAS[0] else code), code == asked.area)
            for code, label in areas.items()
        ],
        "currencies": [
            Choice(
                currency_label(code),
                asked.address(currency="" if code == USD else code.lower()),
                code.lower() == asked.currency,
            )
            for code in offered
        ],
        "room": len(asked.places) < MOST,
        "choices": choices(known, asked.kind, {place.slug for place in asked.places}),
        "hidden": [
            *((PLACE, place.slug) for place in asked.places),
            *([(UNITS, asked.area)] if asked.area != AREAS[0] else []),
            *([(CURRENCY, asked.currency)] if asked.rate else []),
            *([(PROFILE, asked.carried.query)] if asked.carried.question else []),
        ],
    }
