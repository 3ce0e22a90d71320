"""How long the desk's pages take with 100,000 changesets: median and 95th percentile of each.

Run it on PostgreSQL, on a database that may be thrown away (it fills it and leaves it filled):

    DATABASE_URL=postgresql://… python -m tests.benchmarks.bench_desk [changesets]

or with BENCH_DATABASE_URL from `make bench`.

Limit: 300 ms each.
"""

import os
import sys
import time
from datetime import timedelta
from statistics import median, quantiles

import django

LIMIT_MS = 300
ROUNDS = 20
EACH = 3  # edits of a changeset
FIELDS = (
    "tenants_count",
    "japanese_tenants_count",
    "total_area_ha",
    "occupancy_pct",
    "factory_rent_usd_m2_month_min",
    "factory_rent_usd_m2_month_max",
    "management_fee_usd_m2_year",
    "established_year",
    "land_lease_until_year",
    "clinic",
)
PARK, PROVINCE = "long-duc", "dong-nai"


def _fill(count: int) -> None:
    """`count` changesets of one organisation in all states, most of them applied."""
    from django.utils import timezone

    from localities.models import Catalogue, Changeset, Edit, IndustrialPark
    from tests.localities.people import member, operator, organisation

    osaka = organisation("osaka", curates=PROVINCE)
    editor = member("bench-editor", "editor", osaka)
    reviewer = member("bench-reviewer", "reviewer", operator())
    parks = list(IndustrialPark.objects.values_list("key", "province_id"))
    version, now = Catalogue.objects.get().version, timezone.now()
    states = ["applied"] * 96 + ["rejected", "withdrawn", "draft", "proposed"]
    for start in range(0, count, 5000):
        made = []
        for number in range(start, min(start + 5000, count)):
            state, at = states[number % 100], now - timedelta(minutes=count - number)
            version += state == "applied"
            decided = state in ("applied", "rejected")
            made.append(
                Changeset(
                    title=f"Bench {number}",
                    state=state,
                    author=editor,
                    organisation=osaka,
                    version=version if state == "applied" else None,
                    reviewer=reviewer if decided else None,
                    created_at=at,
                    proposed_at=at,
                    decided_at=at if decided else None,
                )
            )
        Changeset.objects.bulk_create(made, batch_size=1000)
        Edit.objects.bulk_create(
            [
                Edit(
                    changeset=one,
                    position=place + 1,
                    action="update",
                    record_kind="industrial-park",
                    record=park,
                    field=FIELDS[(start + index) % len(FIELDS)],
                    old=place,
                    new=place + 1,
                    province_id=province,
                )
                for index, one in enumerate(made)
                for place in range(EACH)
                for park, province in [parks[(index * EACH + place) % len(parks)]]
            ],
            batch_size=2000,
        )
    Catalogue.objects.update(version=version)


def _measure() -> bool:
    """Prints median and 95th percentile of each page; whether all of these keep to the limit."""
    from allauth.mfa.models import Authenticator
    from django.db import connection
    from django.test import Client

    from portal.accounts.models import User

    reviewer = User.objects.get(email="bench-reviewer@example.org")
    Authenticator.objects.get_or_create(user=reviewer, type="totp", defaults={"data": {}})
    client = Client()
    client.force_login(reviewer)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    kept = True
    for address in (
        "/en/desk/",
        "/en/desk/changesets/",
        "/en/desk/changesets/?page=1000",
        f"/en/desk/changesets/?province={PROVINCE}",
        "/en/desk/changesets/?state=proposed",
        "/en/desk/changesets/?of=decide",
        "/en/desk/changesets/?q=nothing+of+this",
        "/en/desk/history/",
        f"/en/desk/history/industrial-park/{PARK}/",
        f"/en/desk/history/province/{PROVINCE}/",
        f"/en/provinces/{PROVINCE}/history/",
        "/en/desk/statistics/",
        "/en/desk/worklists/stale/",
        "/en/desk/worklists/unsourced/",
        "/en/desk/worklists/waiting/",
    ):
        client.get(address)
        times = []
        for _round in range(ROUNDS):
            begun = time.perf_counter()
            assert client.get(address).status_code == 200, address
            times.append((time.perf_counter() - begun) * 1000)
        late = quantiles(times, n=20)[-1]
        kept = kept and late <= LIMIT_MS
        print(f"{median(times):7.0f} {late:7.0f} ms  {address}", flush=True)
    return kept


def main() -> int:
    """0 where every page keeps to the limit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from localities.models import Changeset

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    missing = int(sys.argv[1] if len(sys.argv) > 1 else 100_000) - Changeset.objects.count()
    if missing > 0:
        _fill(missing)
    return 0 if _measure() else 1


if __name__ == "__main__":
    sys.exit(main())
