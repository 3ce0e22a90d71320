"""The queue of files: many processes write and read one folder, and none meets half a message."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection, Exchange, Queue

import portal.celery  # noqa: F401  # registers the transport

MESSAGES, WRITERS, READERS = 60, 2, 2

WRITER = """
import sys
import portal.celery
from tests.portal.test_folder import MESSAGES, queue_in
for number in range(MESSAGES):
    with queue_in(sys.argv[1]) as queue:  # a connection each, as a request has: it binds anew
        queue.put({"from": sys.argv[2], "number": number, "fill": "x" * 20_000})
"""
READER = """
import sys
from pathlib import Path
from queue import Empty
import portal.celery
from tests.portal.test_folder import queue_in
with queue_in(sys.argv[1]) as queue:
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    while True:
        try:
            message = queue.get(timeout=0.5)
        except Empty:
            if Path(sys.argv[2]).exists():
                break
            continue
        message.ack()
        assert len(message.payload["fill"]) == 20_000
        print(message.payload["from"], message.payload["number"])
"""


def queue_in(folder: Path | str):  # type: ignore[no-untyped-def]
    """The queue `jobs` of a folder, to put into and to get from."""
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder),
               "control_folder": str(folder), "polling_interval": 0.01}  # fmt: skip
    connection = Connection("filesystem://localhost", transport_options=options)
    queue = Queue("jobs", Exchange("jobs"), "jobs")
    return connection.SimpleQueue(queue)


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_each_message_of_many_writers_reaches_one_reader_whole(tmp_path: Path) -> None:
    folder, over = tmp_path / "messages", tmp_path / "over"
    folder.mkdir()
    readers = [started(READER, str(folder), str(over)) for _ in range(READERS)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    writers = [started(WRITER, str(folder), str(name)) for name in range(WRITERS)]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [
        ("", 0)
    ] * WRITERS
    over.touch()
    got = [reader.communicate() for reader in readers]
    assert [errors for _lines, errors in got] == [""] * READERS
    wanted = {f"{name} {number}" for name in range(WRITERS) for number in range(MESSAGES)}
    assert Counter(line for lines, _ in got for line in lines.splitlines()) == Counter(wanted)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("rest", [b"", b'{"body": "eyJ', b"\xff\xfe", b"[]"])
def test_what_cannot_be_read_is_left_out_and_the_next_message_comes(
    tmp_path: Path, rest: bytes
) -> None:
    (tmp_path / "0_half.jobs.msg").write_bytes(rest)
    (tmp_path / "0_growing.jobs.msg.part").write_bytes(b"{")
    (tmp_path / "0_other.more.jobs.msg").write_bytes(b"{")
    with queue_in(tmp_path) as queue:
        queue.put({"number": 1})
        assert queue.get(timeout=5).payload == {"number": 1}
        with pytest.raises(Empty):
            queue.get(block=False)
