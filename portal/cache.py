"""Caches that processes share: one that the portal can live without, and one in a file."""

import json
import math
import sqlite3
import time
from collections.abc import Iterable
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)
_ADDED_BETWEEN_PURGES = 1000
_WRITE = (
    "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
    " SET value = excluded.value, ends = excluded.ends"
)
_SPARED = ("add", "get", "set", "delete", "incr")


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, which answers as if empty while Redis is out of reach.

    With the option `spare`, a path, what counts and what is used once goes on in that file
    meanwhile: the limits of sign-in hold on each machine.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        spare = options.pop("spare", None)
        super().__init__(server, {**params, "OPTIONS": options})
        self._spare = FileCache(spare, {}) if spare else None

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was no such value."""
        return bool(self._asked("add", True, *args, **kwargs))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        return self._asked("get", default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the value."""
        self._asked("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was a value to keep longer."""
        return bool(self._asked("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was a value to drop."""
        return bool(self._asked("delete", False, *args, **kwargs))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether there is a value."""
        return bool(self._asked("has_key", False, key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The number, increased; raises ValueError where there is none."""
        number: int | None = self._asked("incr", None, key, delta, version)
        if number is None:
            raise ValueError("the cache is out of reach")
        return number

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """The values that there are."""
        return dict(self._asked("get_many", {}, keys, version))

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Keeps the values; the keys that were not kept."""
        return list(self._asked("set_many", list(data), data, *args, **kwargs))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Drops the values."""
        self._asked("delete_many", None, keys, version)

    def clear(self) -> None:
        """Drops all."""
        self._asked("clear", None)

    def _asked(self, name: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        """What Redis says, else the spare file, else `otherwise`."""
        try:
            return getattr(super(), name)(*args, **kwargs)
        except RedisError as error:
            logger.warning("cache_out_of_reach", error=str(error))
        if self._spare is not None and name in _SPARED:
            return getattr(self._spare, name)(*args, **kwargs)
        return otherwise


class FileCache(BaseCache):
    """Small values in a file of SQLite, for the processes of one machine. It keeps what JSON can.

    Django makes one for each thread. While the file cannot be used it answers as if empty.
    """

    def __init__(self, path: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = path
        self._added = 0
        self._connection: sqlite3.Connection | None = None

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Whether there was no such value, or it was over."""
        now = time.time()
        self._added += 1
        if self._added % _ADDED_BETWEEN_PURGES == 0:
            self._ask("DELETE FROM kept WHERE ends <= ?", now)
        rows = self._ask(
            f"{_WRITE} WHERE ends <= ? RETURNING 1", *self._row(key, value, timeout, version), now
        )
        return rows is None or bool(rows)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        rows = self._ask(
            "SELECT value FROM kept WHERE key = ? AND ends > ?",
            self.make_key(key, version),
            time.time(),
        )
        return json.loads(rows[0][0]) if rows else default

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keeps the value."""
        self._ask(_WRITE, *self._row(key, value, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Whether there was a value to drop."""
        statement = "DELETE FROM kept WHERE key = ? AND ends > ? RETURNING 1"
        return bool(self._ask(statement, self.make_key(key, version), time.time()))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The number, increased; raises ValueError where there is none."""
        rows = self._ask(
            "UPDATE kept SET value = value + ? WHERE key = ? AND ends > ? RETURNING value",
            delta,
            self.make_key(key, version),
            time.time(),
        )
        if not rows:
            raise ValueError("no such counter")
        return int(rows[0][0])

    def clear(self) -> None:
        """Drops all."""
        self._ask("DELETE FROM kept")

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> tuple[Any, ...]:
        ends = self.get_backend_timeout(timeout)
        return self.make_key(key, version), json.dumps(value), math.inf if ends is None else ends

    def _ask(self, statement: str, *values: Any) -> list[Any] | None:
        """The rows; None while the file is out of reach."""
        try:
            if self._connection is None:
                self._connection = _opened(self._path)
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            logger.warning("cache_out_of_reach", error=str(error))
            return None


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=1, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # what a crash forgets, nobody misses
    connection.execute(
        "CREATE TABLE IF NOT EXISTS kept"
        " (key TEXT PRIMARY KEY, value TEXT NOT NULL, ends REAL NOT NULL) WITHOUT ROWID"
    )
    return connection
