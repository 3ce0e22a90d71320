"""Numbers as the reader's language writes them."""

from django.utils.formats import number_format
from django.utils.translation import gettext


def number(value: float | None, decimals: int | None = None) -> str:
    """`value` without needless zeros, its thousands grouped; 'unknown' for None."""
    if value is None:
        return gettext("unknown")
    digits = _decimals(value) if decimals is None else decimals
    rounded = round(value, digits) + 0  # never minus 0
    return number_format(rounded, digits, use_l10n=True, force_grouping=True)


def _decimals(value: float) -> int:
    """As many decimals as a reader needs: four for shares of 1, none for thousands."""
    limit = 0 if abs(value) >= 1000 else 2 if abs(value) >= 10 else 4
    text = f"{value:.{limit}f}"
    return len(text.partition(".")[2].rstrip("0"))
