"""What follows from the catalogue alone, made once a version (and a day: facts grow stale)."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from localities.queries import catalogue

DAY_S = 24 * 3600

Made = TypeVar("Made")


def kept(name: str, make: Callable[[], Made], *, version: int | None = None) -> Made:
    """What `make` gives for today's catalogue; `name` tells it from all else that is kept.

    One query where it is there, none for a reader who has read the catalogue's `version` before.
    It must not depend on the reader, nor on the language.
    """
    state = catalogue.version() if version is None else version
    key = f"{name}/{settings.RELEASE}/{state}/{timezone.localdate()}"
    found: Made | None = caches["kept"].get(key)
    if found is None:
        found = make()
        caches["kept"].set(key, found, timeout=DAY_S)
    return found
