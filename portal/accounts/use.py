"""How much API clients are used: counted in the cache, written down once a minute at most.

So a request costs an increment, not a row.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from portal.accounts.models import ApiClient, ClientUse

DAYS = 30  # that the page shows
WRITE_EVERY_S = 60
_KEPT_S = 3 * 86400


def count(client: ApiClient) -> None:
    """Counts one request of `client`."""
    key = _key(client, timezone.localdate())
    cache.add(key, 0, timeout=_KEPT_S)
    try:
        cache.incr(key)
    except ValueError:  # the cache is out of reach: the request goes on, uncounted
        return
    if cache.add(f"use-written:{client.pk}", 1, timeout=WRITE_EVERY_S):
        write(client)
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=timezone.now())


def write(client: ApiClient) -> None:
    """Writes down what is counted and not written yet, of today and yesterday."""
    today = timezone.localdate()
    for day in (today - timedelta(days=1), today):
        key = _key(client, day)
        counted = cache.get(key)
        if not counted:
            continue
        try:
            cache.decr(key, counted)
        except ValueError:  # it has gone from the cache since
            continue
        ClientUse.objects.get_or_create(client=client, day=day)
        of_day = ClientUse.objects.filter(client=client, day=day)
        of_day.update(requests=F("requests") + counted)


def per_day(clients: Collection[ApiClient]) -> dict[ApiClient, list[tuple[date, int]]]:
    """By client, the days of the last DAYS that had requests, today first."""
    for client in clients:
        write(client)
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    rows = ClientUse.objects.filter(client__in=clients, day__gte=first).order_by("-day")
    found: dict[ApiClient, list[tuple[date, int]]] = {client: [] for client in clients}
    by_id = {client.pk: client for client in clients}
    for row in rows:
        found[by_id[row.client_id]].append((row.day, row.requests))
    return found


def _key(client: ApiClient, day: date) -> str:
    return f"use:{client.pk}:{day.isoformat()}"
