"""Puts the engine's numbers about one place into lines with facts, dates and sources."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from math import isnan

from django.urls import reverse
from django.utils.translation import gettext as _

from localities.naming import ORDER, reader_language
from matching.answers import (
    BestPark,
    CriterionLine,
    MustHaveLine,
    OtherPark,
    PlaceLine,
    ReasonLine,
    SourceLine,
)
from matching.engine.criteria import BAD_ONLY_FACTS, CODES, CRITERIA
from matching.engine.criterion import Criterion
from matching.engine.must_haves import FAILED, MET
from matching.engine.requirements import MUST_HAVES
from matching.engine.result import Caution, Result
from matching.engine.turning import Turnings
from matching.sentences import SENTENCES, Reading, Statement
from matching.sentences import must_haves as conditions
from matching.sentences.kept import once
from matching.sentences.questions import question
from matching.sentences.reading import language_of, said, sizes, span
from matching.sentences.turning import ends_at
from matching.snapshot import Evidence, Place, Snapshot

# Cautions whose fact alone says what is wrong: a distance, a size, a price against the need.
SPEAKS_FOR_ITSELF = {code for code in CODES if code.startswith(("hard.", "cost."))} - {
    "hard.offers"
}
_PAGES = {"province": "localities:province", "industrial-park": "localities:park"}
_STATES = {FAILED: "failed", MET: "met"}


def province_line(snapshot: Snapshot, index: int) -> PlaceLine:
    """A province as answers name it."""
    return _place_line(snapshot.provinces[index], "province", reader_language())


def park_line(snapshot: Snapshot, index: int) -> PlaceLine:
    """A park as answers name it."""
    return _place_line(snapshot.parks[index], "industrial-park", reader_language())


@lru_cache(maxsize=4_000)
def _place_line(place: Place, kind: str, language: str) -> PlaceLine:
    """Every answer names every place. The language is the reader's: it tells the lines apart."""
    return PlaceLine(
        kind=kind,
        slug=place.slug,
        code=place.code,
        name=said(place.name),
        name_lang=language_of(place.name),
        name_local=place.name.vi,
        macro=place.macro,
        province=place.province,
        url=reverse(_PAGES[kind], args=[place.slug]),
    )


def label(criterion: Criterion) -> str:
    """What a criterion is called in the reader's language."""
    return criterion.label[ORDER.index(reader_language())]


def source_line(at: Reading, evidence: Evidence) -> SourceLine | None:
    """The source behind a fact."""
    source = at.snapshot.source(evidence)
    return SourceLine(source.key, source.title, source.url, source.published) if source else None


def _stated(code: str, at: Reading) -> Statement | None:
    if code not in at.stated:
        at.stated[code] = once(code, at, SENTENCES[code])
    return at.stated[code]


def criteria(result: Result, place: int, at: Reading) -> Iterable[CriterionLine]:
    """Every criterion that applies, with its fact; an unknown one has neither value nor fact."""
    for index, criterion in enumerate(CRITERIA):
        if result.weights[index] == 0:
            continue
        value = float(result.value[place, index])
        stated = None if isnan(value) else _stated(criterion.code, at)
        evidence = stated.evidence if stated else Evidence()
        yield CriterionLine(
            code=criterion.code,
            dimension=criterion.dimension,
            level=criterion.level,
            label=label(criterion),
            value=None if isnan(value) else value,
            unknown=float(result.unknown[place, index]),
            spread=float(result.spread[place, index]),
            weight=float(result.weights[index]),
            contribution=float(result.contribution[place, index]),
            fact=stated.text if stated else None,
            as_of=evidence.as_of,
            source=source_line(at, evidence),
        )


def _reason(
    code: str, at: Reading, contribution: float | None, ends_at: str | None = None
) -> ReasonLine | None:
    stated = _stated(code, at)
    return None if stated is None else _line(code, at, stated, contribution, ends_at)


def _line(
    code: str, at: Reading, stated: Statement, contribution: float | None, ends_at: str | None
) -> ReasonLine:
    dimension = code.split(".")[0] if "." in code else "hard"
    return ReasonLine(
        criterion=code,
        dimension=dimension,
        text=stated.text,
        contribution=contribution,
        as_of=stated.evidence.as_of,
        source=source_line(at, stated.evidence),
        ends_at=ends_at,
    )


def reasons(result: Result, place: int, at: Reading) -> Iterable[ReasonLine]:
    """What lifts the place most; a fact that speaks for two criteria is told once."""
    told = set()
    for index in result.reasons[place]:
        contribution = float(result.contribution[place, index])
        line = _reason(CRITERIA[index].code, at, contribution)
        if line and line.text not in told:
            told.add(line.text)
            yield line


def cautions(result: Result, place: int, at: Reading, turnings: Turnings) -> Iterable[ReasonLine]:
    """What pulls the place down most, and what is known of it only as bad."""
    for caution in result.cautions[place]:
        code = CRITERIA[caution.criterion].code
        if stated := _stated(code, at):
            end = _ends_at(place, caution, at, turnings)
            line = _line(code, at, stated, caution.contribution, end)
            speaks = stated.plainly_bad or code in SPEAKS_FOR_ITSELF
            yield line if speaks else _weaker(line)
    for column, fact in enumerate(BAD_ONLY_FACTS):
        if result.bad_only[place, column] and (reason := _reason(fact, at, None)):
            yield reason


def _weaker(line: ReasonLine) -> ReasonLine:
    """The line with the words that make a fact a caution: it pulls the place below the mean."""
    text = _("%(fact)s – below the average of the places compared")
    return replace(line, text=text % {"fact": line.text})


def _ends_at(place: int, caution: Caution, at: Reading, turnings: Turnings) -> str | None:
    """What would end a caution, as a clause; None where nothing could."""
    turning = turnings.of(place, caution.criterion, caution.target_value)
    return ends_at(CRITERIA[caution.criterion].code, turning, at) if turning else None


def must_haves(result: Result, place: int, at: Reading) -> Iterable[MustHaveLine]:
    """Each must-have that was asked: met, failed, or unknown with what to ask."""
    for index, state in zip(result.must_haves, result.must_states[place], strict=True):
        yield _must_have(MUST_HAVES[index], int(state), at)


def failed(result: Result, place: int, at: Reading) -> Iterable[MustHaveLine]:
    """The must-haves that a place fails."""
    for index, state in zip(result.must_haves, result.must_states[place], strict=True):
        if state == FAILED:
            yield _must_have(MUST_HAVES[index], FAILED, at)


def _must_have(code: str, state: int, at: Reading) -> MustHaveLine:
    status = _STATES.get(state, "unknown")
    stated = conditions.fact(code, at)
    evidence = stated.evidence if stated else Evidence()
    return MustHaveLine(
        code=code,
        label=conditions.label(code),
        status=status,
        fact=stated.text if stated else None,
        question=conditions.question(code, at) if status == "unknown" else None,
        as_of=evidence.as_of,
        source=source_line(at, evidence),
    )


def best_park(at: Reading, fit: float) -> BestPark:
    """The park that a province is judged by, with its units and rent where known."""
    line = park_line(at.snapshot, at.park or 0)
    return BestPark(line.slug, line.name, line.name_lang, line.url, fit, _offer(at))


def other_park(snapshot: Snapshot, index: int, fit: float) -> OtherPark:
    """A park that a province is not judged by, with the fit that it could have."""
    line = park_line(snapshot, index)
    return OtherPark(line.slug, line.name, line.name_lang, line.url, fit)


def _offer(at: Reading) -> str | None:
    facts, parts = at.snapshot.facts, []
    units = [unit for unit in facts.rental_units_m2[at.park] if not isnan(unit)]
    if units:
        parts.append(_("%(units)s m²") % {"units": sizes(units)})
    rent = facts.factory_rent_usd_m2_month[at.park]
    if not isnan(rent[0]):
        parts.append(_("%(rent)s USD/m² a month") % {"rent": span(rent, 2)})
    return " · ".join(parts) or None


def criterion_question(index: int, at: Reading) -> tuple[str, str]:
    """The criterion's code, and what to ask about its blank."""
    criterion = CRITERIA[index]
    on_site = criterion.level == "park"
    return criterion.code, question(criterion.code, at, label(criterion), on_site=on_site)


def must_have_question(code: str, at: Reading) -> str:
    """What to ask about a must-have of which nothing is known."""
    return conditions.question(code, at)
