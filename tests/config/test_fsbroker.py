from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with Connection("clubfs://localhost//", transport_options=options(tmp_path)) as connection:
        yield connection


@pytest.fixture
def queue(connection: Connection) -> Iterator[SimpleQueue]:
    with connection.SimpleQueue("tasks") as queue:
        yield queue


def options(folder: Path) -> dict[str, Any]:
    return {"folder": str(folder / "broker"), "polling_interval": 0.05}


def files(folder: Path, name: str) -> list[Path]:
    return sorted((folder / "broker" / name).rglob("*.msg"))


def test_messages_come_out_in_the_order_they_went_in(queue: SimpleQueue) -> None:
    for number in range(5):
        queue.put(number)
    assert [queue.get(timeout=5).payload for _ in range(5)] == [0, 1, 2, 3, 4]


def test_an_acknowledged_message_is_gone(queue: SimpleQueue, tmp_path: Path) -> None:
    queue.put("hello")
    message = queue.get(timeout=5)
    assert len(files(tmp_path, "claimed")) == 1
    message.ack()
    assert (files(tmp_path, "queue"), files(tmp_path, "claimed")) == ([], [])


def test_a_message_handed_back_comes_again(queue: SimpleQueue, tmp_path: Path) -> None:
    queue.put("hello")
    queue.get(timeout=5).requeue()
    assert len(files(tmp_path, "queue")) == 1
    assert queue.get(timeout=5).payload == "hello"


def test_a_rejected_message_is_gone(queue: SimpleQueue, tmp_path: Path) -> None:
    queue.put("hello")
    queue.get(timeout=5).reject()
    assert (files(tmp_path, "queue"), files(tmp_path, "claimed")) == ([], [])


def test_a_closing_consumer_hands_back_what_it_held(tmp_path: Path) -> None:
    connection = Connection("clubfs://localhost//", transport_options=options(tmp_path))
    with connection, connection.SimpleQueue("tasks") as queue:
        queue.put("hello")
        queue.get(timeout=5)
    assert len(files(tmp_path, "queue")) == 1


@pytest.mark.parametrize("junk", ["", "{", "[1, 2]", '"text"', "{}", '{"properties": 3}'])
def test_what_is_no_message_is_set_aside_and_stops_nobody(
    queue: SimpleQueue, tmp_path: Path, junk: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broker" / "queue" / "0000_junk.tasks.msg").write_text(junk)
    queue.put("hello")
    assert queue.get(timeout=5).payload == "hello"
    assert [path.read_text() for path in files(tmp_path, "unreadable")] == [junk]


def test_an_unfinished_message_is_not_seen(queue: SimpleQueue, tmp_path: Path) -> None:
    (tmp_path / "broker" / "queue" / ".0000_half.tasks.msg.abc").write_text("{")
    with pytest.raises(Empty):
        queue.get(block=False)
    assert files(tmp_path, "unreadable") == []


def test_nobody_else_on_the_machine_can_read_a_message(queue: SimpleQueue, tmp_path: Path) -> None:
    queue.put("hello")
    (message,) = files(tmp_path, "queue")
    assert message.stat().st_mode & 0o077 == 0


def test_a_purged_queue_is_empty(queue: SimpleQueue) -> None:
    for number in range(3):
        queue.put(number)
    assert (queue.qsize(), queue.clear(), queue.qsize()) == (3, 3, 0)
