"""What must be so before the portal serves others."""

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def check_site(**kwargs: Any) -> list[Warning]:
    """SITE is named where HTTPS is on: what is sent out would else lead to this machine."""
    if not settings.HTTPS or settings.SITE.startswith("https://"):
        return []
    hint = "Set SITE to the portal's own address, such as https://portal.example."
    return [Warning(f"SITE is {settings.SITE}, and HTTPS is on.", hint=hint, id="portal.W001")]
