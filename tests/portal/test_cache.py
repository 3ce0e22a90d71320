"""The portal works on, slower, while its Redis is away; without Redis processes count together."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as portal_settings
from django.core.cache import caches
from django.test import Client

from portal.cache import FileCache
from tests.portal.signing import account, said, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.job_api")]


@pytest.fixture
def redis_away(settings: Any) -> None:
    away = {
        "BACKEND": "portal.cache.ForgivingRedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
    settings.CACHES = {"default": away, "kept": away}
    settings.API_RATES = {"read": "1/day"}


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
    assert cache.add("a", 1) is True
    assert [cache.touch("a"), cache.delete("a"), "a" in cache] == [False] * 3
    with pytest.raises(ValueError, match="out of reach"):
        cache.incr("a")


@pytest.mark.usefixtures("redis_away")
def test_api_answers_and_limits_nobody_without_its_cache(client: Client) -> None:
    answers = [client.get("/api/v1/jobs/") for _each in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].headers["RateLimit"].startswith('"read";r=0;t=')


def test_a_machine_limits_by_itself_while_redis_is_away(
    client: Client, settings: Any, redis_away: None, tmp_path: Path
) -> None:
    spared = {"OPTIONS": {"spare": str(tmp_path / "cache.sqlite3")}}
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | spared}
    cache = caches["default"]
    assert [cache.add("a", 1), cache.add("a", 1), cache.incr("a", 2)] == [True, False, 3]
    cache.set("b", 7)
    assert [cache.get("b"), cache.delete("b"), cache.get("b", "nothing")] == [7, True, "nothing"]
    answers = [client.get("/api/v1/jobs/") for _each in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]


@pytest.mark.usefixtures("redis_away")
def test_people_sign_in_without_the_cache(client: Client) -> None:
    assert "Your account" in said(sign_in(client, account("mai")))


def in_file(path: Path) -> FileCache:
    return FileCache(str(path), {})


def test_processes_count_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    code = (
        "from portal.cache import FileCache\n"
        f"counters = FileCache({str(path)!r}, {{}})\n"
        "for _each in range(500):\n"
        "    counters.add('a', 0, timeout=3600)\n"
        "    counters.incr('a')\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", code]
    processes = [
        subprocess.Popen(command, cwd=portal_settings.BASE_DIR, env=environment)
        for _each in range(3)
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert in_file(path).incr("a", 10) == 1510


def test_counter_that_is_over_begins_anew(tmp_path: Path) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        own = in_file(tmp_path / "cache.sqlite3")
        assert (own.add("a", 0, timeout=60), own.incr("a"), own.add("a", 0)) == (True, 1, False)
        clock.shift(60)
        assert (own.add("a", 0, timeout=60), own.incr("a")) == (True, 1)
        own.clear()
        with pytest.raises(ValueError, match="no such counter"):
            own.incr("a")


def test_values_last_as_long_as_they_shall(tmp_path: Path) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        own, other = [in_file(tmp_path / "cache.sqlite3") for _each in range(2)]
        own.set("times", [1.5, 0.25], timeout=60)
        own.set("word", "y", timeout=None)
        assert (other.get("times"), other.get("word")) == ([1.5, 0.25], "y")
        own.set("times", [], timeout=60)
        assert (other.get("times", "nothing"), other.delete("word"), own.delete("word")) == (
            [],
            True,
            False,
        )
        clock.shift(60)
        assert (other.get("times"), own.delete("times"), own.add("times", 1)) == (None, False, True)


def test_file_that_is_away_is_an_empty_cache(tmp_path: Path) -> None:
    own = in_file(tmp_path / "missing" / "cache.sqlite3")
    own.set("a", 1)
    assert (own.add("a", 0), own.get("a", "nothing"), own.delete("a")) == (True, "nothing", False)
    with pytest.raises(ValueError, match="no such counter"):
        own.incr("a")
