"""The portal works on, slower, while its Redis is away."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.job_api")]


@pytest.fixture
def redis_away(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "portal.cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    settings.API_RATES = {"read": "1/minute"}


@pytest.mark.usefixtures("redis_away")
def test_cache_that_is_away_is_an_empty_one() -> None:
    cache = caches["default"]
    cache.set("a", 1)
    cache.clear()
    cache.delete_many(["a"])
    assert cache.get("a", "nothing") == "nothing"
    assert cache.get_or_set("a", lambda: 2) == 2
    assert cache.get_many(["a"]) == {}
    assert cache.set_many({"a": 1}) == ["a"]
    assert [cache.add("a", 1), cache.touch("a"), cache.delete("a"), "a" in cache] == [False] * 4
    with pytest.raises(ValueError, match="out of reach"):
        cache.incr("a")


@pytest.mark.usefixtures("redis_away")
def test_api_answers_and_limits_nobody_without_its_cache(client: Client) -> None:
    answers = [client.get("/api/v1/jobs/") for _each in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].headers["RateLimit"].startswith('"read";r=0;t=')
