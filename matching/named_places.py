"""Places that an address or a cookie names by slug, as today's catalogue knows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from localities.models import FormerProvince
from matching import wording
from matching.answers import PlaceLine
from matching.snapshot import Snapshot

PROVINCE, PARK = "province", "industrial-park"


@dataclass(frozen=True, slots=True)
class Found:
    """The places that slugs name, each once, and what became of the slugs that name none."""

    places: tuple[PlaceLine, ...]
    moved: dict[str, str]  # a former province's slug to that of today
    unknown: tuple[str, ...]

    def of_kind(self, kind: str) -> tuple[PlaceLine, ...]:
        """The provinces, or the parks, among them."""
        return tuple(place for place in self.places if place.kind == kind)


def find_places(slugs: Iterable[str], snapshot: Snapshot) -> Found:
    """The places with `slugs`; one query where a slug is neither a province's nor a park's."""
    wanted = list(dict.fromkeys(slugs))
    known = {slug: line for slug in wanted if (line := _line(slug, snapshot))}
    strange = [slug for slug in wanted if slug not in known]
    moved = _moved(strange) if strange else {}
    places = [known.get(slug) or _line(moved.get(slug, ""), snapshot) for slug in wanted]
    return Found(
        places=tuple({place.slug: place for place in places if place}.values()),
        moved=moved,
        unknown=tuple(slug for slug in strange if slug not in moved),
    )


def _moved(slugs: list[str]) -> dict[str, str]:
    former = FormerProvince.objects.filter(is_active=True, key__in=slugs)
    return {one.key: one.province_id for one in former}


def _line(slug: str, snapshot: Snapshot) -> PlaceLine | None:
    if slug in snapshot.facts.province_slugs:
        return wording.province_line(snapshot, snapshot.facts.province_slugs.index(slug))
    if slug in snapshot.facts.park_slugs:
        return wording.park_line(snapshot, snapshot.facts.park_slugs.index(slug))
    return None
