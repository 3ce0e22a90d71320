"""How changesets are shown: their state, their people, their age."""

from datetime import datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from localities.models import CatalogueRecord, Changeset
from localities.naming import localized
from portal.accounts.models import ApiClient, Organisation, User

register = template.Library()
_STATE_CLASSES = {
    Changeset.State.PROPOSED: "tag-state",
    Changeset.State.APPLIED: "tag-good",
    Changeset.State.RETURNED: "tag-care",
    Changeset.State.REJECTED: "tag-bad",
}


@register.simple_tag
def state_tag(state: str) -> SafeString:
    """The state of a changeset in words."""
    known = Changeset.State(state)
    return format_html(
        '<span class="tag {}">{}</span>', _STATE_CLASSES.get(known, ""), str(known.label)
    )


@register.simple_tag
def by(who: User | ApiClient | None, organisation: Organisation | None) -> str:
    """The organisation with its person or API client; the system itself where there is neither."""
    if who is None and organisation is None:
        return gettext("the system")
    name = localized(organisation, "name") if organisation else None
    actor = str(who or "")
    if isinstance(who, ApiClient):
        actor = gettext("API client %(name)s") % {"name": who.name}
    return " · ".join(part for part in (name.text if name else "", actor) if part)


@register.simple_tag
def organisation_name(organisation: Organisation | None) -> str:
    """The organisation alone, as the public is told it."""
    name = localized(organisation, "name") if organisation else None
    return name.text if name else gettext("the portal's operator")


@register.filter
def age(at: datetime | None) -> str:
    """How long ago it was, in whole hours, days or months."""
    if at is None:
        return ""
    since = max(timezone.now() - at, timedelta())
    hours, days = int(since.total_seconds() // 3600), since.days
    if hours < 1:
        return gettext("just now")
    if days < 1:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    if days < 60:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    months = days // 30
    return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}


@register.filter
def share(value: float | None) -> str:
    """A share of 1 as whole per cent; never rounded up to all of it."""
    if value is None:
        return "—"
    percent = int(value * 100) if value < 1 else 100
    return f"{percent}%"


@register.filter
def waited(hours: float) -> str:
    """A time in hours, or in days where it is longer than two."""
    if hours < 48:
        count = round(hours)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def record_history(record: CatalogueRecord) -> str:
    """The address of the record's history on the desk."""
    return reverse("desk:record-history", args=[record.kind, record.key])
