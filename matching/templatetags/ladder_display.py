"""The entry ladder as a part of a page."""

from collections.abc import Iterable

from django import template

from localities.models import IndustrialPark
from matching import ladder

register = template.Library()


@register.inclusion_tag("matching/parts/ladder.html")
def province_ladder(parks: Iterable[IndustrialPark], profile: str) -> dict[str, object]:
    """The small steps that exist in a province, as far as its parks on record tell.

    `profile` is the query string of the match that the reader comes from, which links carry on.
    """
    known = list(parks)
    return {"rungs": ladder.of_province(known), "parks": len(known), "profile": profile}


@register.inclusion_tag("matching/parts/ladder.html")
def park_ladder(park: IndustrialPark, profile: str) -> dict[str, object]:
    """The small steps that exist at a park, as far as anything is on record."""
    rungs = ladder.of_province([park])
    return {"rungs": rungs, "parks": 1, "profile": profile, "alone": True}
