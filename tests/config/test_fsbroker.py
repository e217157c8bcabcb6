import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from tests.config.programs import BASE_DIR, environment

SECONDS_BEFORE_GIVING_UP = 90


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


@pytest.mark.slow
def test_two_producers_and_a_worker_lose_nothing_of_200_tasks(tmp_path: Path) -> None:
    producers = [start_producer(tmp_path, range(start, start + 100)) for start in (0, 100)]
    worker = start_worker(tmp_path)
    try:
        wait_until(lambda: len(done(tmp_path)) >= 200 and not files(tmp_path, "claimed"))
    finally:
        kill(worker)
    assert [producer.wait() for producer in producers] == [0, 0]
    assert sorted(done(tmp_path)) == list(range(200))
    assert files(tmp_path, "queue") == []


@pytest.mark.slow
def test_what_a_killed_worker_held_is_done_by_the_next(tmp_path: Path) -> None:
    assert start_producer(tmp_path, range(20), task="wait_and_note").wait() == 0
    killed = start_worker(tmp_path)
    wait_until(lambda: len(list(tmp_path.glob("begun-*"))) == 2)
    kill(killed)
    assert done(tmp_path) == []
    (tmp_path / "go").touch()
    worker = start_worker(tmp_path)
    try:
        wait_until(lambda: len(done(tmp_path)) >= 20 and not files(tmp_path, "claimed"))
    finally:
        kill(worker)
    assert sorted(done(tmp_path)) == list(range(20))


def start_producer(folder: Path, numbers: range, task: str = "note") -> "subprocess.Popen[bytes]":
    code = (
        f"from tests.config.broker_app import {task} as task\n"
        f"for number in range({numbers.start}, {numbers.stop}): task.delay(number)"
    )
    return subprocess.Popen([sys.executable, "-c", code], env=env(folder), cwd=BASE_DIR)


def start_worker(folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "tests.config.broker_app", "worker"]
    return subprocess.Popen(
        [*command, "--concurrency", "2", "--loglevel", "error"],
        env=env(folder),
        cwd=BASE_DIR,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )


def env(folder: Path) -> dict[str, str]:
    return environment(BROKER_TEST_FOLDER=str(folder))


def kill(worker: "subprocess.Popen[bytes]") -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def done(folder: Path) -> list[int]:
    path = folder / "done"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def wait_until(it_is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + SECONDS_BEFORE_GIVING_UP
    while not it_is_so():
        assert time.monotonic() < give_up_at, "It never came to pass."
        time.sleep(0.1)
