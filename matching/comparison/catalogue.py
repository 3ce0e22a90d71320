"""What the catalogue says of places side by side, kept for as long as it says the same."""

from collections.abc import Sequence

from django.conf import settings
from django.core.cache import caches

from localities.naming import reader_language
from matching.amounts import Units
from matching.comparison.parks import park_groups
from matching.comparison.provinces import province_groups
from matching.comparison.rows import Group
from matching.named_places import PARK


def catalogue_groups(
    slugs: Sequence[str], *, kind: str, version: int, units: Units
) -> Sequence[Group]:
    """The facts of provinces or of parks on record in catalogue `version`; none warm."""
    rate = units.rate
    priced = f"{rate.currency}:{rate.low}:{rate.high}" if rate else ""
    parts = (settings.RELEASE, version, reader_language(), units.area, priced, *slugs)
    key = "/".join(("comparison", *map(str, parts)))
    found: Sequence[Group] | None = caches["kept"].get(key)
    if found is None:
        found = park_groups(slugs, units) if kind == PARK else province_groups(slugs, units)
        caches["kept"].set(key, found)
    return found
