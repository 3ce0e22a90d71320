"""Messages as files of a folder, for several processes at once: kombu's own transport, made safe.

kombu's lets a worker read a message that is still being written, or a table of queues that another
process has just emptied; the worker dies of it, or the request that asked for the job. Here a
message gets its name when it is whole, and is taken by a rename, which only one worker can do.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = structlog.get_logger(__name__)


class Channel(filesystem.Channel):
    """A message is `<time>_<id>.<queue>.msg`; the folder holds no table of queues."""

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Nothing to note: an exchange has one queue here, of its own name."""

    def get_table(self, exchange: str) -> list[Any]:
        """No table: see `_lookup`."""
        return []

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        return [routing_key] if exchange in ("", routing_key) else []

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        """Stores a message; raises ChannelError where the folder takes none."""
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        growing = Path(self.data_folder_out) / f"{name}.part"
        try:
            growing.write_text(dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
            growing.rename(growing.with_name(name))
        except OSError as error:
            raise ChannelError(f"{growing} cannot be written") from error

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """Takes the oldest message that can be read; raises Empty where there is none."""
        for path in sorted(Path(self.data_folder_in).iterdir()):
            ours = path.name.partition(".")[2] == f"{queue}.msg"
            if ours and (payload := _taken(path)) is not None:
                return payload
        raise Empty


def _taken(path: Path) -> dict[str, Any] | None:
    """The message, which is gone then; None where another worker has it, or nobody can read it."""
    own = path.with_name(f"{path.name}.{uuid.uuid4()}")
    try:
        path.rename(own)
        text = own.read_text(encoding="utf-8")
        own.unlink()
        payload = loads(text)  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        return None
    except ValueError:  # no JSON, or no UTF-8
        logger.warning("message_unreadable", message=path.name)
        own.unlink(missing_ok=True)
        return None
    return payload if isinstance(payload, dict) else None


class Transport(filesystem.Transport):
    """Registered for `filesystem://` by `portal.celery`."""

    Channel = Channel
