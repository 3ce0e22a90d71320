"""Sentences on the sector: asked for, there already, and who buys from it."""

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.engine.facts import Floats
from matching.engine.supply import links, reached
from matching.engine.tables import NEIGHBOUR_REACH, TOP_LEVEL
from matching.sentences.reading import Reading, Statement, in_own_language, listed, said
from matching.snapshot import Evidence


def _quoted(text: str, evidence: Evidence) -> str:
    """The sentence, with the record's own words behind it where the reader can read them."""
    words = in_own_language(evidence.words)
    return _("%(text)s: %(words)s") % {"text": text, "words": words} if words else text


def priority(at: Reading) -> Statement | None:
    """How the province asks for the firm's sector."""
    levels = at.snapshot.facts.priority[at.province]
    for sector in at.sectors():
        if not np.isnan(levels[sector]):
            return _priority(at, sector, int(levels[sector]))
    for sector in at.sectors():
        parent = at.parent(sector)
        if parent >= 0 and not np.isnan(levels[parent]):
            evidence = at.behind("priority", at.province, parent)
            text = _("It seeks “%(parent)s”, which includes your field") % {
                "parent": at.sector_name(parent)
            }
            return Statement(_quoted(text, evidence), evidence)
    return None


def _priority(at: Reading, sector: int, level: int) -> Statement:
    evidence = at.behind("priority", at.province, sector)
    named = {"sector": at.sector_name(sector)}
    text = {
        3: _("“%(sector)s” is among the province's top priorities for investment"),
        2: _("“%(sector)s” is named as a field that the province seeks"),
        1: _("“%(sector)s” follows from what the province seeks"),
    }[level] % named
    return Statement(_quoted(text, evidence), evidence)


def asks_japan(at: Reading) -> Statement | None:
    """Whether the province asks Japanese firms for it."""
    for sector in at.sectors():
        asked = at.snapshot.facts.asks_japan[at.province, sector]
        if np.isnan(asked):
            continue
        evidence = at.behind("asks_japan", at.province, sector)
        named = {"sector": at.sector_name(sector)}
        if asked:
            return Statement(_("It calls on Japanese firms in “%(sector)s”") % named, evidence)
        text = _("It seeks “%(sector)s”, without a call to Japanese firms on record") % named
        return Statement(text, evidence, plainly_bad=True)
    return None


def cluster(at: Reading) -> Statement | None:
    """How strong the firm's sector is there."""
    for sector in at.sectors():
        level = at.snapshot.facts.strength[at.province, sector]
        if not np.isnan(level):
            evidence = at.behind("strength", at.province, sector)
            named = {"sector": at.sector_name(sector)}
            text = {
                3: _("“%(sector)s” is one of its leading industries"),
                2: _("“%(sector)s” is established there"),
                1: _("“%(sector)s” is beginning to grow there"),
            }[int(level)] % named
            return Statement(_quoted(text, evidence), evidence)
    return None


def _table(at: Reading, *, buyers: bool) -> Floats:
    """[firm's sectors, S] links to those that buy from the firm, or sell to it."""
    table = links(at.snapshot.facts.sector_codes)
    return np.asarray((table if buyers else table.T)[at.sectors()])


def _counterparts(at: Reading, province: int, *, buyers: bool) -> list[int]:
    """Strengths of a province that buy from the firm (or sell to it), strongest tie first."""
    pull = _table(at, buyers=buyers).max(axis=0) * at.snapshot.facts.strength[province]
    pull = np.nan_to_num(pull)
    return [int(index) for index in np.argsort(-pull, kind="stable") if pull[index] > 0]


def _nearest_market(at: Reading, *, buyers: bool) -> int:
    """The province whose counterparts count for this one: its own, or a neighbour's if better.

    By the same value as `market.buyers` and `market.suppliers`, for the main sector.
    """
    near = np.flatnonzero(at.snapshot.facts.neighbours[at.province]).tolist()
    provinces = [at.province, *near]
    presence = at.snapshot.facts.strength[provinces] / TOP_LEVEL
    value = np.nan_to_num(reached(_table(at, buyers=buyers), presence)).max(axis=0)
    value[1:] *= NEIGHBOUR_REACH
    return int(provinces[int(value.argmax())])


def _told(at: Reading, province: int, text: str, *, buyers: bool) -> Statement | None:
    sectors = _counterparts(at, province, buyers=buyers)
    if not sectors:
        return None
    named = {
        "province": said(at.snapshot.provinces[province].name),
        "sectors": listed((at.sector_name(sector) for sector in sectors), most=3),
    }
    return Statement(text % named, at.behind("strength", province, sectors[0]))


def customers(at: Reading) -> Statement | None:
    """The buyers' industries there."""
    text = _("Industries there that buy from your field: %(sectors)s")
    return _told(at, at.province, text, buyers=True)


def buyers(at: Reading) -> Statement | None:
    """The buyers' industries there or next door, wherever they count for more."""
    market = _nearest_market(at, buyers=True)
    if market == at.province:
        return customers(at)
    text = _("Industries next door, in %(province)s, that buy from your field: %(sectors)s")
    return _told(at, market, text, buyers=True)


def suppliers(at: Reading) -> Statement | None:
    """The suppliers' industries there or next door, wherever they count for more."""
    market = _nearest_market(at, buyers=False)
    if market == at.province:
        text = _("Industries there that supply your field: %(sectors)s")
    else:
        text = _("Industries next door, in %(province)s, that supply your field: %(sectors)s")
    return _told(at, market, text, buyers=False)


def park_targets(at: Reading) -> Statement | None:
    """Whether the park is meant for the firm's sector."""
    if at.park is None or np.isnan(at.snapshot.facts.target_sectors[at.park]).all():
        return None
    named = at.snapshot.facts.target_sectors[at.park]
    evidence = at.behind("target_sectors", at.park)
    for sector in at.sectors():
        for candidate in (sector, at.parent(sector)):
            if candidate >= 0 and named[candidate] == 1:
                text = _("The park names “%(sector)s” among its fields")
                return Statement(text % {"sector": at.sector_name(candidate)}, evidence)
    others = listed((at.sector_name(i) for i in np.flatnonzero(named == 1).tolist()), most=3)
    text = _("The park names other fields than yours: %(sectors)s")
    return Statement(text % {"sectors": others}, evidence, plainly_bad=True)


def park_customers(at: Reading) -> Statement | None:
    """Which of the park's fields buy from the firm."""
    if at.park is None or np.isnan(at.snapshot.facts.target_sectors[at.park]).all():
        return None
    link = links(at.snapshot.facts.sector_codes)[at.sectors()].max(axis=0)
    pull = link * at.snapshot.facts.target_sectors[at.park]
    buyers = [int(index) for index in np.argsort(-pull, kind="stable") if pull[index] > 0]
    evidence = at.behind("target_sectors", at.park)
    if not buyers:
        text = _("None of the fields that the park names usually buys from yours")
        return Statement(text, evidence, plainly_bad=True)
    names = listed((at.sector_name(sector) for sector in buyers), most=3)
    text = _("The park names fields that buy from yours: %(sectors)s") % {"sectors": names}
    return Statement(text, evidence)


def cooperation(at: Reading) -> Statement | None:
    """Agreements with Japan in the firm's field."""
    for sector in at.sectors():
        count = at.snapshot.facts.cooperation[at.province, sector]
        if not np.isnan(count):
            evidence = at.behind("cooperation", at.province, sector)
            text = (
                _("One agreement with Japan covers “%(sector)s”, with %(partner)s")
                if count == 1
                else ngettext(
                    "%(count)s agreement with Japan covers “%(sector)s”, such as with %(partner)s",
                    "%(count)s agreements with Japan cover “%(sector)s”, such as with %(partner)s",
                    int(count),
                )
            )
            named = {
                "count": int(count),
                "sector": at.sector_name(sector),
                "partner": said(evidence.words),
            }
            return Statement(text % named, evidence)
    return None
