"""Sources whose address leads nowhere any more, as far as the portal looked."""

from django.db.models import F, QuerySet

from localities.models import LinkCheck, Source
from localities.models.work import DEAD_AFTER


def dead() -> QuerySet[LinkCheck]:
    """Those of active sources that failed DEAD_AFTER times in a row, the longest dead first."""
    found = LinkCheck.objects.filter(
        failures__gte=DEAD_AFTER, source__is_active=True, url=F("source__url")
    )
    return found.select_related("source").order_by("failed_since", "source")


def of_source(source: Source) -> LinkCheck | None:
    """What is known of the address of `source`, where it leads nowhere."""
    return dead().filter(source=source).first()
