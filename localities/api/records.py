"""Records as the API shows them, made once a catalogue version and kept in the shared cache."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db.models import QuerySet

from localities.api.serializers import ShownSerializer
from localities.queries.citations import citations_of
from localities.queries.kept import DAY_S

Json = dict[str, Any]


def shown(
    queryset: QuerySet[Any], serializer: type[ShownSerializer], keys: Sequence[str], version: int
) -> list[Json]:
    """The records of `queryset` with `keys`, in their order, whole and with their sources.

    What they show follows from the catalogue's `version` alone: not from the reader, nor the day.
    """
    kind = queryset.model.kind
    names = {key: f"api/{settings.RELEASE}/{version}/{kind}/{key}" for key in keys}
    found: dict[str, Json] = caches["kept"].get_many(names.values())
    if missing := [key for key, name in names.items() if name not in found]:
        records = list(queryset.filter(key__in=missing))
        context = {"citations": citations_of(records)}
        made = serializer(records, many=True, context=context).data
        fresh = {names[record.key]: dict(each) for record, each in zip(records, made, strict=True)}
        caches["kept"].set_many(fresh, timeout=DAY_S)
        found |= fresh
    return [found[name] for name in names.values() if name in found]
