"""A shared cache that the portal can live without: while Redis is away, nothing is cached."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, which answers as if empty while Redis is out of reach."""

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the value was added."""
        return _forgiving(lambda: RedisCache.add(self, *args, **kwargs), False)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        return _forgiving(lambda: RedisCache.get(self, key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the value."""
        _forgiving(lambda: RedisCache.set(self, *args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was a value to keep longer."""
        return _forgiving(lambda: RedisCache.touch(self, *args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was a value to drop."""
        return _forgiving(lambda: RedisCache.delete(self, *args, **kwargs), False)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether there is a value."""
        return _forgiving(lambda: RedisCache.has_key(self, key, version), False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The number, increased; raises ValueError where there is none."""
        number: int | None = _forgiving(lambda: RedisCache.incr(self, key, delta, version), None)
        if number is None:
            raise ValueError("the cache is out of reach")
        return number

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """The values that there are."""
        return _forgiving(lambda: RedisCache.get_many(self, keys, version), {})

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Keeps the values; the keys that were not kept."""
        return _forgiving(lambda: RedisCache.set_many(self, data, *args, **kwargs), list(data))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Drops the values."""
        _forgiving(lambda: RedisCache.delete_many(self, keys, version), None)

    def clear(self) -> None:
        """Drops all."""
        _forgiving(lambda: RedisCache.clear(self), None)


def _forgiving(ask: Callable[[], Any], answer: Answer) -> Answer | Any:
    try:
        return ask()
    except RedisError as error:
        logger.warning("cache_out_of_reach", error=str(error))
        return answer
