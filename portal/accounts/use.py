"""How much API clients are used: counted in the cache, written down once a minute at most.

So a request costs an increment, not a row. Each process adds what its cache has counted: without
a shared cache each writes its own share.
"""

from datetime import date, timedelta

from django.core.cache import cache
from django.db import transaction
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


@transaction.atomic
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


def per_day(client: ApiClient) -> list[tuple[date, int]]:
    """The requests of each of the last DAYS days, today last."""
    write(client)
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    known = dict(client.use.filter(day__gte=days[0]).values_list("day", "requests"))
    return [(day, known.get(day, 0)) for day in days]


def _key(client: ApiClient, day: date) -> str:
    return f"use:{client.pk}:{day.isoformat()}"
