"""How places side by side are written on a page."""

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(items: Sequence[Any], index: int) -> Any:
    """The item at `index`: the place that a cell belongs to."""
    return items[index]
