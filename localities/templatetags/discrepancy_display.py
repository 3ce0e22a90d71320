"""What other sources say, beside the value on record."""

from typing import Any

from django import template

from localities.models import CatalogueRecord
from localities.queries.discrepancies import OtherValues

register = template.Library()


@register.inclusion_tag("components/other_values.html")
def other_values(found: OtherValues, record: CatalogueRecord, *fields: str) -> dict[str, Any]:
    """What other sources say of `fields` of `record`; without fields, of all of it, by name."""
    rows = found.get((record.kind, record.key), ())
    chosen = [row for row in rows if not fields or row.discrepancy.field in fields]
    return {"rows": chosen, "named": not fields}
