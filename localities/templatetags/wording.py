"""How names, numbers and dates of the catalogue are written on a page."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.db.models import TextChoices
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from localities import periods
from localities.models import Language, SupportFunction, TalentField
from localities.naming import Wording, localized, reader_language
from localities.numbers import number
from localities.units import cost_item_label, unit_label

register = template.Library()
register.filter(number)


@register.simple_tag
def wording(record: Any, field: str = "name") -> SafeString | str:
    """The text of `field` in the reader's language; marked with `lang` where it is another."""
    found = localized(record, field)
    return in_language(found.text, found.lang) if found else unknown()


@register.simple_tag
def local_name(record: Any, behind: str = "") -> SafeString | str:
    """The Vietnamese name of a place for a reader of another language, then `behind`."""
    name = getattr(record, "name_vi", None)
    if not name or reader_language() == "vi":
        return ""
    return format_html("{}{}", in_language(name, "vi"), behind)


@register.simple_tag
def in_language(text: str, lang: str) -> SafeString | str:
    """`text`, marked with `lang` unless the whole page is in it."""
    if lang == reader_language():
        return text
    return format_html('<span lang="{}">{}</span>', lang, text)


@register.simple_tag
def unknown() -> SafeString:
    """The word for what nobody has written about."""
    return format_html('<span class="unknown">{}</span>', gettext("unknown"))


@register.filter
def plain(found: Wording | None) -> str:
    """The text alone, for an attribute or a title."""
    return found.text if found else ""


@register.filter
def name_of(record: Any) -> str:
    """The name in the reader's language as plain text, for titles and attributes."""
    found = localized(record, "name")
    return found.text if found else ""


@register.simple_tag
def span_of(low: float | None, high: float | None, unit: str = "") -> SafeString:
    """A range with its unit; one number where both ends agree; 'from' or 'up to' where one is."""
    if low is None and high is None:
        return unknown()
    if low is None or high is None:
        one_end = (
            pgettext("range", "from %(low)s")
            if high is None
            else pgettext("range", "up to %(high)s")
        )
        text = one_end % {"low": number(low), "high": number(high)}
    elif low == high:
        text = number(low)
    else:
        text = pgettext("range", "%(low)s–%(high)s") % {"low": number(low), "high": number(high)}
    return format_html("{}&nbsp;{}", text, unit) if unit else format_html("{}", text)


@register.filter
def period(text: str | None) -> str:
    """A period as its source states it, in the words of the reader's language."""
    if not text:
        return gettext("date unknown")
    return periods.written(text)


@register.simple_tag
def yes_no(value: bool | None) -> SafeString:
    """Yes, no or unknown."""
    if value is None:
        return unknown()
    return format_html("{}", gettext("yes") if value else gettext("no"))


@register.simple_tag
def has_or_not(value: bool | None) -> SafeString:
    """Whether a place has something: has it, has it not, or unknown."""
    if value is None:
        return unknown()
    return format_html("{}", gettext("has it") if value else gettext("has it not"))


@register.simple_tag
def unit(code: str) -> str:
    """A unit of the catalogue in the reader's language."""
    return unit_label(code)


@register.simple_tag
def cost_item(code: str) -> str:
    """What a cost benchmark is of."""
    return cost_item_label(code)


@register.simple_tag
def talent_fields(codes: Sequence[str]) -> SafeString | str:
    """The fields that an institution teaches."""
    return _labels(TalentField, codes)


@register.simple_tag
def support_functions(codes: Sequence[str]) -> SafeString | str:
    """What a support organisation does."""
    return _labels(SupportFunction, codes)


@register.simple_tag
def spoken(codes: Sequence[str]) -> SafeString | str:
    """The languages that help is given in."""
    return _labels(Language, codes)


def _labels(choices: type[TextChoices], codes: Sequence[str]) -> SafeString | str:
    labels = [str(choices(code).label) for code in codes if code in choices.values]
    return pgettext("list", ", ").join(labels) if labels else unknown()
