"""The example of the API contract, and how tests ask with it."""

import copy
import json
from typing import Any

from django.test import Client

EXAMPLE: dict[str, Any] = {
    "profile": {
        "sector": "fabricated-metal",
        "other_sectors": ["machinery"],
        "prefecture": "27",
        "employees": 80,
        "stage": "prepare",
        "purposes": ["export-to-japan", "supply-japanese-makers"],
        "entry_modes": ["rental-factory"],
        "floor_area_m2": 500,
        "rent_budget_usd_m2_month": 5.0,
        "power_kva": 300,
        "water_m3_day": 20,
        "workers": 30,
        "engineers": 3,
        "talent_fields": ["mechanical"],
        "wage_budget_usd_month": 350,
        "services": ["one_stop_setup", "japanese_speaking_staff"],
        "max_km_to_seaport": 80,
        "max_km_to_airport": None,
        "customer_provinces": ["ho-chi-minh"],
        "existing_ties": [],
    },
    "weights": {"sector": 3, "hard": 4, "soft": 5, "talent": 4, "market": 3, "cost": 2},
    "must_haves": [
        "rental_factory",
        "japanese_speaking_staff",
        {"macro": ["south", "north"]},
    ],
    "level": "province",
    "limit": 10,
    "detail": "full",
    "robustness": True,
}


def example(**changes: Any) -> dict[str, Any]:
    """The example with some of its members changed; `profile__x` changes the profile's x."""
    body = copy.deepcopy(EXAMPLE)
    for name, value in changes.items():
        outer, _dot, inner = name.partition("__")
        if inner:
            body[outer][inner] = value
        else:
            body[outer] = value
    return body


def ask(client: Client, body: Any, lang: str = "en", **headers: str) -> Any:
    """POST /api/v1/matches/ with `body` as JSON."""
    return client.post(
        f"/api/v1/matches/?lang={lang}",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def plots(answer: Any) -> set[str]:
    """Which of the plots' keys an answer has."""
    return {"trade_off", "rank_acceptability", "central_weights"} & set(answer)
