"""Where a caution would end, in one clause that goes on from 'no longer a caution'."""

from collections.abc import Iterable
from math import ceil, floor

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from localities.models import TalentField
from matching.engine.tables import MACRO_CLOSENESS
from matching.engine.turning import Turning
from matching.sentences.reading import Reading, listed, millions, number, said

_SHORT = 10  # below it a distance is told with a decimal
# Measured criteria: what the sentence's unit is in the fact's, and its decimals.
_UNITS = {
    "hard.unit_size": (1.0, 0),
    "hard.free_land": (10_000.0, 1),
    "hard.power": (1_000.0, 1),
    "hard.water": (1.0, 0),
    "hard.wastewater": (1.0, 0),
    "hard.seaport": (1.0, 0),
    "hard.airport": (1.0, 0),
    "market.customers_near": (1.0, 0),
    "cost.rent": (1.0, 2),
    "cost.wage": (1_000_000.0, 2),
}
_DISTANCES = {"hard.seaport", "hard.airport", "market.customers_near"}
_NEARLY = 1e-9


def told_as(code: str, fact: float, *, most: bool) -> tuple[float, int]:
    """A measured fact as it is told, in the sentence's unit, and its decimals.

    Rounded towards the better side, so that at the number told the caution has ended.
    """
    unit, decimals = _UNITS[code]
    if code in _DISTANCES and fact < _SHORT:
        decimals = 1
    scaled = fact / unit * 10**decimals
    whole = floor(scaled + _NEARLY) if most else ceil(scaled - _NEARLY)
    return whole / 10**decimals, decimals


def ends_at(code: str, turning: Turning, at: Reading) -> str:
    """What would end a caution."""
    if code in _UNITS:
        return _measured(code, turning)
    if turning.among and not turning.keys:
        return _some_of(code, turning)
    if code == "market.ties":
        return _ties(turning, at)
    if code in {"talent.fields", "talent.sector_fields"}:
        return _schools(turning, at)
    named = {"sectors": _sectors(turning.keys, at), "count": int(turning.fact)}
    return _levels(code, int(turning.fact)) % named


def _measured(code: str, turning: Turning) -> str:
    value, decimals = told_as(code, turning.fact, most=turning.most)
    named = {"n": number(value, decimals)}
    if code == "cost.wage":  # as the sentence itself counts it
        amount = millions([value * _UNITS[code][0]] * 2, decimals)
        return _("at %(n)s VND a month or less") % {"n": amount}
    if code == "hard.unit_size":
        pattern = (
            _("with a unit of %(n)s m² or less")
            if turning.most
            else _("with a unit of %(n)s m² or more")
        )
        return pattern % named
    if turning.among > 1:
        text = _("within %(n)s km of %(count)s of the %(among)s provinces")
        return text % {**named, "count": len(turning.keys), "among": turning.among}
    return {
        "hard.free_land": _("with %(n)s ha or more"),
        "hard.power": _("with %(n)s MVA or more"),
        "hard.water": _("with %(n)s m³ a day or more"),
        "hard.wastewater": _("with %(n)s m³ a day or more"),
        "cost.rent": _("at %(n)s USD/m² a month or less"),
    }.get(code, _("within %(n)s km")) % named


def _some_of(code: str, turning: Turning) -> str:
    """How many of the wanted offers, or of the pledges that are needed."""
    named = {"count": int(turning.fact), "among": turning.among}
    if code == "soft.pledges":
        return _("if it had made pledges on %(count)s of %(among)s points that you need") % named
    if turning.among == 1:
        return _("if what you want were offered")
    return _("if %(count)s of the %(among)s things you want were confirmed") % named


def _ties(turning: Turning, at: Reading) -> str:
    provinces = at.snapshot.provinces
    named = {"provinces": listed(said(provinces[key].name) for key in turning.keys)}
    if turning.fact == MACRO_CLOSENESS:
        return _("if it lay in the same part of the country as %(provinces)s") % named
    return _("if it bordered on %(provinces)s") % named


def _schools(turning: Turning, at: Reading) -> str:
    codes = at.snapshot.facts.talent_field_codes
    schools = int(turning.fact)
    text = ngettext(
        "if a school there taught: %(fields)s",
        "if %(count)s schools there taught: %(fields)s",
        schools,
    )
    fields = (str(TalentField(codes[key]).label) for key in turning.keys)
    return text % {"count": schools, "fields": _all(fields)}


def _levels(code: str, level: int) -> str:
    """What a level of a criterion is called, as a condition on the sectors named."""
    if code in {"sector.priority", "soft.prefecture_tie"}:
        return _seeks(level) if code == "sector.priority" else _tied(level)
    if code == "sector.cooperation":
        return ngettext(
            "if an agreement with Japan covered “%(sectors)s”",
            "if %(count)s agreements with Japan covered “%(sectors)s”",
            level,
        )
    return {
        "sector.asks_japan": _("if it called on Japanese firms in “%(sectors)s”"),
        "sector.park_targets": _("if it named “%(sectors)s” among its fields"),
        "sector.park_customers": _("if it named “%(sectors)s” among its fields"),
        "soft.home_desk": _("if an office of your prefecture were there"),
        "talent.people_tie": _("if your prefecture worked with it on training and people"),
    }.get(code) or _strong(level)


def _seeks(level: int) -> str:
    return {
        3: _("if “%(sectors)s” were among its top priorities"),
        2: _("if “%(sectors)s” were named as a field that it seeks"),
        1: _("if “%(sectors)s” followed from what it seeks"),
    }[level]


def _tied(level: int) -> str:
    return {
        3: _("if your prefecture had a friendship agreement or a desk there"),
        2: _("if your prefecture had a memorandum or a joint training project with it"),
        1: _("if your prefecture exchanged visits or talks with it"),
    }[level]


def _strong(level: int) -> str:
    return {
        3: _("if “%(sectors)s” were among its leading industries"),
        2: _("if “%(sectors)s” were established there"),
        1: _("if “%(sectors)s” were beginning to grow there"),
    }[level]


def _sectors(keys: Iterable[int], at: Reading) -> str:
    return _("” and “").join(at.sector_name(key) for key in keys)


def _all(names: Iterable[str]) -> str:
    """All of the names: what is left out would be a condition untold."""
    words = list(names)
    return listed(words, most=len(words))
