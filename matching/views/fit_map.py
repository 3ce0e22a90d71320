"""The map of a match: provinces coloured by fit, pins on the first five."""

from django.urls import reverse

from localities.vietnam import drawing
from matching.answers import Answer
from matching.sentences.reading import said
from matching.snapshot import Snapshot

PINS = 5


def fit_map(snapshot: Snapshot, answer: Answer) -> drawing.Drawing:
    """The provinces by their fit (of parks: by that of their best one); a link to each."""
    fits: dict[str, float] = {}
    for _rank, place, fit in answer.ranking:
        fits.setdefault(place.province or place.slug, fit)
    areas = [
        drawing.Area(
            key=place.slug,
            name=said(place.name),
            href=_address(place.slug, ranked=place.slug in fits and answer.level == "province"),
        )
        for place in snapshot.provinces
    ]
    return drawing.choropleth(areas, fits, pinned=_pins(answer))


def _pins(answer: Answer) -> dict[str, str]:
    """The provinces of the first places, each with the ranks it holds among them."""
    ranks: dict[str, list[str]] = {}
    for rank, place, _fit in answer.ranking[:PINS]:
        ranks.setdefault(place.province or place.slug, []).append(str(rank))
    return {province: "·".join(held) for province, held in ranks.items()}


def _address(slug: str, *, ranked: bool) -> str:
    return f"#place-{slug}" if ranked else reverse("localities:province", args=[slug])
