"""Sentences that are worded once a snapshot: they follow from the place and codes of the question.

A sentence that holds a number of the firm's is worded each time.
"""

from collections.abc import Callable, Hashable
from operator import attrgetter
from weakref import WeakKeyDictionary

from django.utils.translation import get_language

from matching.engine.facts import HARD_OFFERS, SOFT_OFFERS, TALENT_OFFERS
from matching.sentences.reading import Reading, Statement
from matching.sentences.site import wanted_offers
from matching.snapshot import Snapshot

MOST = 20_000  # of a snapshot; some 10 MB

Sentence = Callable[[Reading], Statement | None]
Reads = Callable[[Reading], Hashable]

_SECTORS = "question.profile.sector", "question.profile.other_sectors"


def _offers(group: tuple[str, ...]) -> Reads:
    return lambda at: (at.park, wanted_offers(at, group))


# By the code of a sentence: all that it reads, beside the snapshot and the language. What it read
# besides would be told to the wrong firm.
_READS: dict[str, Reads] = {
    **dict.fromkeys(
        (
            "sector.priority",
            "sector.asks_japan",
            "sector.cluster",
            "sector.customers",
            "sector.cooperation",
            "talent.sector_fields",
            "market.buyers",
            "market.suppliers",
        ),
        attrgetter("province", *_SECTORS),
    ),
    **dict.fromkeys(
        ("sector.park_targets", "sector.park_customers"), attrgetter("park", *_SECTORS)
    ),
    "hard.offers": _offers(HARD_OFFERS),
    "soft.offers": _offers(SOFT_OFFERS),
    "talent.offers": _offers(TALENT_OFFERS),
    **dict.fromkeys(
        ("soft.prefecture_tie", "soft.home_desk", "talent.people_tie"),
        attrgetter("province", "question.profile.prefecture"),
    ),
    "talent.fields": attrgetter("province", "question.profile.talent_fields"),
    "market.customers_near": attrgetter("park", "question.profile.customer_provinces"),
    "market.ties": attrgetter("province", "question.profile.existing_ties"),
    **dict.fromkeys(
        (
            "hard.free_land",
            "hard.seaport",
            "hard.airport",
            "hard.expressway_near",
            "hard.room",
            "soft.japanese_developer",
            "market.japanese_tenants",
            "cost.land_rent",
            "cost.incentives",
        ),
        attrgetter("park"),
    ),
    **dict.fromkeys(
        (
            "hard.japan_flights",
            "hard.expressway",
            "soft.support",
            "soft.procedures",
            "soft.integrity",
            "soft.law_and_order",
            "soft.e_government",
            "talent.japanese",
            "talent.japan_partners",
            "talent.labour_pool",
            "market.japanese_makers",
            "market.growth",
            "market.purchasing_power",
            "market.exports",
            "cost.land_benchmark",
            "power_shortage",
        ),
        attrgetter("province"),
    ),
}
_kept: WeakKeyDictionary[Snapshot, dict[Hashable, Statement | None]] = WeakKeyDictionary()


def once(code: str, at: Reading, sentence: Sentence) -> Statement | None:
    """What `sentence` says under `code`; what was said before is not worded again."""
    if code not in _READS:
        return sentence(at)
    kept = _kept.setdefault(at.snapshot, {})
    key = get_language(), code, _READS[code](at)
    if key in kept:
        return kept[key]
    if len(kept) >= MOST:
        _kept[at.snapshot] = kept = {}
    return kept.setdefault(key, sentence(at))
