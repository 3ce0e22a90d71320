"""How a match is written on a page."""

from collections.abc import Mapping

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from localities.models import Dimension, Region
from localities.naming import reader_language
from localities.numbers import number
from localities.templatetags.wording import in_language
from matching.answers import ChangeLine, PlaceLine

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """A share of 1 in whole percent; unknown for None."""
    return gettext("unknown") if share is None else f"{share * 100:.0f}%"


@register.filter
def chance(share: float) -> str:
    """A share of draws in whole percent, where a little is not nothing."""
    return "<1%" if 0 < share < 0.005 else f"{share * 100:.0f}%"


@register.simple_tag
def svg(value: float, scale: float = 1, start: float = 0) -> str:
    """A coordinate or a length, with a point whatever the language."""
    return f"{(value - start) * scale:.1f}"


@register.simple_tag
def dimension_label(code: str) -> str:
    """The short name of a dimension, as it stands beside a bar."""
    return {
        "sector": pgettext("dimension", "Sector"),
        "hard": pgettext("dimension", "Hard"),
        "soft": pgettext("dimension", "Soft"),
        "talent": pgettext("dimension", "Talent"),
        "market": pgettext("dimension", "Market"),
        "cost": pgettext("dimension", "Cost"),
    }[code]


@register.simple_tag
def dimension_name(code: str) -> str:
    """The full name of a dimension."""
    return str(Dimension(code).label)


@register.simple_tag
def macro_label(code: str) -> str:
    """North, central or south."""
    return str(Region.Macro(code).label)


@register.simple_tag
def place_subtitle(place: PlaceLine, province_names: Mapping[str, str]) -> SafeString:
    """The Vietnamese name for readers of other languages, a park's province, and the region."""
    parts: list[SafeString | str] = []
    if place.name_local and reader_language() != "vi":
        parts.append(in_language(place.name_local, "vi"))
    if place.province:
        parts.append(province_names[place.province])
    parts.append(str(Region.Macro(place.macro).label))
    return format_html_join(" · ", "{}", ((part,) for part in parts))


@register.simple_tag
def with_level(query: str, level: str) -> str:
    """The address of the same match over provinces or over parks."""
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith("level=")]
    return f"{reverse('matching:results')}?{'&'.join([*pairs, urlencode({'level': level})])}"


@register.simple_tag
def weight_change(change: ChangeLine) -> str:
    """What would put another place first, in one sentence."""
    lower = change.weight_to < change.weight_from
    pattern = (
        gettext("Lower “%(dimension)s” from %(from)s to %(to)s, and %(place)s comes first.")
        if lower
        else gettext("Raise “%(dimension)s” from %(from)s to %(to)s, and %(place)s comes first.")
    )
    return pattern % {
        "dimension": dimension_label(change.dimension),
        "from": number(change.weight_from, 1),
        "to": number(change.weight_to, 1),
        "place": change.first.name,
    }
