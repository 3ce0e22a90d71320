"""The places that a comparison can take in, for a list to choose from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from localities.queries.evidence import grouped
from matching.named_places import PARK, PROVINCE
from matching.sentences.reading import said
from matching.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Choices:
    """A part of the list under its heading."""

    heading: str
    places: Sequence[tuple[str, str]]  # slug, name


def choices(snapshot: Snapshot, kind: str, chosen: Collection[str]) -> list[Choices]:
    """The provinces, the parks by their province, or both where no kind is chosen yet."""
    found = []
    if kind != PARK:
        places = [(place.slug, said(place.name)) for place in snapshot.provinces]
        found.append(Choices(gettext("Provinces and cities"), _without(places, chosen)))
    if kind != PROVINCE:
        names = {place.slug: said(place.name) for place in snapshot.provinces}
        by_province = grouped(snapshot.parks, lambda park: park.province)
        for province in sorted(by_province, key=list(names).index):
            places = [(park.slug, said(park.name)) for park in by_province[province]]
            found.append(Choices(names[province], _without(places, chosen)))
    return [part for part in found if part.places]


def _without(places: Sequence[tuple[str, str]], chosen: Collection[str]) -> list[tuple[str, str]]:
    return [(slug, name) for slug, name in places if slug not in chosen]
