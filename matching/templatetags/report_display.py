"""How a report names its sources."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from localities.numbers import number
from localities.templatetags.wording import period
from matching.answers import Answer, CriterionLine, MustHaveLine, ReasonLine, ResultLine
from matching.reports import Report
from matching.reports.asking import state_of, whom

register = template.Library()
register.filter(state_of)
register.filter(whom)


@register.simple_tag
def cited(report: Report, line: ReasonLine | CriterionLine | MustHaveLine) -> SafeString:
    """The number of a line's source, which leads to the list of sources, and the fact's date.

    Where the fact has none, the date of its source stands.
    """
    at = report.citing.number(line.source)
    if at is None:
        return SafeString("")
    return format_html(
        '<span class="cite"><a href="#source-{number}"><span class="visually-hidden">{word} </span>'
        "[{number}]</a> {date}</span>",
        number=at,
        word=gettext("Source"),
        date=period(line.as_of or (line.source.published if line.source else None)),
    )


@register.filter
def points(line: CriterionLine) -> float:
    """What a criterion gives to the fit, of 100."""
    return 100 * line.weight * (line.value or 0)


@register.filter
def percent_of(share: float) -> float:
    """A share of 1 in percent, as a number."""
    return 100 * share


@register.filter
def above_mean(result: ResultLine, answer: Answer) -> float:
    """How far a place's fit lies from the mean of all: the sum of its contributions."""
    return result.fit - (answer.mean_fit or 0)


@register.filter
def signed(points: float) -> str:
    """Points to one decimal, with a plus where they lift."""
    shown = number(points, 1)
    return f"+{shown}" if round(points, 1) > 0 else shown
