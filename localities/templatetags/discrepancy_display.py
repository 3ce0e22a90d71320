"""What other sources say, beside the value on record."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from localities.models import CatalogueRecord, Citation, Discrepancy
from localities.queries.discrepancies import Key, OtherValue, OtherValues

register = template.Library()


@register.inclusion_tag("components/other_values.html")
def other_values(found: OtherValues, record: CatalogueRecord, *fields: str) -> dict[str, Any]:
    """What other sources say of `fields` of `record`; without fields, of all of it, by name."""
    rows = found.get((record.kind, record.key), ())
    chosen = [row for row in rows if not fields or row.discrepancy.field in fields]
    return {"rows": chosen, "named": not fields}


@register.filter
def citation_of(cited: Mapping[Key, Sequence[Citation]], found: Discrepancy) -> Citation | None:
    """The citation that backs the other value; None where it cites no source."""
    return OtherValue(found, cited[found.kind, found.key]).citation
