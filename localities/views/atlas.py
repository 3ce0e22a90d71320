"""The map of the country: provinces by a figure, with parks, ports and airports."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from localities.models import Dimension, Indicator, IndustrialPark, TransportNode
from localities.naming import plain_name
from localities.queries import atlas as places
from localities.queries.atlas import Reading
from localities.queries.evidence import grouped
from localities.templatetags.wording import span_of
from localities.units import unit_label
from localities.views import maps
from localities.views.addresses import PROFILE, WrongParameter, carried_profile, takes

PARKS, COVERAGE = "parks", "coverage"
LAYERS = ("parks", "seaports", "airports")


@dataclass(frozen=True, slots=True)
class Theme:
    """What the map is coloured by."""

    code: str
    label: str
    unit: str
    note: str
    readings: Sequence[Reading]
    sourced: bool  # whether its values were read somewhere else


@require_safe
@takes("show", "layer", PROFILE)
def atlas(request: HttpRequest) -> HttpResponse:
    """The 34 provinces by a chosen figure, and what is marked on them."""
    layers = _layers(request)
    indicators = places.indicators()
    parks, nodes = places.parks(), places.nodes()
    theme = _theme(request.GET.get("show") or PARKS, indicators, parks)
    marked = [*(n for n in nodes if _layer_of(n) in layers), *(parks if "parks" in layers else ())]
    provinces = [reading.province for reading in theme.readings]
    values = {r.province.key: r.middle for r in theme.readings if r.middle is not None}
    texts = {
        r.province.key: str(span_of(r.low, r.high, theme.unit)).replace("&nbsp;", "\u00a0")
        for r in theme.readings
        if r.middle is not None
    }
    ranked = sorted(theme.readings, key=lambda r: -values.get(r.province.key, float("-inf")))
    context = {
        "theme": theme,
        "groups": _groups(indicators),
        "layers": [(code, label, code in layers) for code, label in _layer_labels()],
        "map": maps.coloured(provinces, values, texts, marked, theme.unit),
        "readings": ranked,
        "known": len(values),
        "parks": list(grouped(parks, lambda park: park.province).items()),
        "park_count": len(parks),
        "unplaced": sum(park.lat is None for park in parks),
        "nodes": nodes,
        "profile": carried_profile(request),
    }
    return render(request, "localities/atlas.html", context)


def _layers(request: HttpRequest) -> set[str]:
    """The layers asked for; all where the address does not speak of them."""
    if "layer" not in request.GET:
        return set(LAYERS)
    chosen = {layer for layer in request.GET.getlist("layer") if layer}
    if not chosen.issubset(LAYERS):
        raise WrongParameter("layer", ", ".join(LAYERS))
    return chosen


def _layer_labels() -> list[tuple[str, str]]:
    return list(zip(LAYERS, (_("Industrial parks"), _("Seaports"), _("Airports")), strict=True))


def _layer_of(node: TransportNode) -> str:
    return f"{maps.kind_of(node)}s"


def _groups(indicators: Sequence[Indicator]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the map can be coloured by, for a list to choose from."""
    own = (_("This portal's records"), [(code, label) for code, label, _unit, _note in _own()])
    by_dimension = grouped(indicators, lambda one: one.dimension)
    return [
        own,
        *(
            (
                str(Dimension(code).label) if code else _("General"),
                [(one.key, plain_name(one)) for one in found],
            )
            for code, found in by_dimension.items()
        ),
    ]


def _own() -> list[tuple[str, str, str, str]]:
    """What is told by the catalogue itself: code, label, unit and a note."""
    return [
        (
            PARKS,
            _("Industrial parks on record"),
            _("parks"),
            _("No park on record does not mean that there is none."),
        ),
        (
            COVERAGE,
            _("Indicators known"),
            "%",
            _("The share of all indicators of which the figure of the whole province is known."),
        ),
    ]


def _theme(code: str, indicators: Sequence[Indicator], parks: Sequence[IndustrialPark]) -> Theme:
    for own, label, unit, note in _own():
        if code == own:
            by_parks = own == PARKS
            readings = places.by_parks(parks) if by_parks else places.by_coverage(len(indicators))
            return Theme(own, label, unit, note, readings, sourced=False)
    indicator = next((one for one in indicators if one.key == code), None)
    if indicator is None:
        allowed = [PARKS, COVERAGE, *(one.key for one in indicators)]
        raise WrongParameter("show", ", ".join(allowed))
    return Theme(
        code=code,
        label=plain_name(indicator),
        unit=unit_label(indicator.unit),
        note=str(indicator.get_direction_display()),
        readings=places.by_indicator(indicator),
        sourced=True,
    )
