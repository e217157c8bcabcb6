"""Real workers on real brokers: nothing that was sent is lost, whatever happens to a worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.config.programs import BASE_DIR, environment

pytestmark = pytest.mark.slow

SECONDS_BEFORE_GIVING_UP = 90


@dataclass(frozen=True)
class Broker:
    """A broker's address, and the folder in which the tasks of this test leave their marks."""

    url: str
    folder: Path

    def start_producer(self, task: str, numbers: range) -> "subprocess.Popen[bytes]":
        code = (
            f"from tests.config.broker_app import {task} as task\n"
            f"for number in range({numbers.start}, {numbers.stop}): task.delay(number)"
        )
        return subprocess.Popen([sys.executable, "-c", code], env=self.environment, cwd=BASE_DIR)

    def start_worker(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "tests.config.broker_app", "worker"]
        return subprocess.Popen(
            [*command, "--concurrency", "2", "--loglevel", "error"],
            env=self.environment,
            cwd=BASE_DIR,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )

    @property
    def environment(self) -> dict[str, str]:
        return environment(BROKER_TEST_URL=self.url, BROKER_TEST_FOLDER=str(self.folder))

    def done(self) -> list[int]:
        path = self.folder / "done"
        return sorted(int(line) for line in path.read_text().splitlines()) if path.exists() else []

    def messages(self) -> list[Path]:
        return list((self.folder / "broker").rglob("*.msg"))


@pytest.fixture
def folder_broker(tmp_path: Path) -> Broker:
    return Broker("clubfs://localhost//", tmp_path)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_until(it_is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + SECONDS_BEFORE_GIVING_UP
    while not it_is_so():
        assert time.monotonic() < give_up_at, "It never came to pass."
        time.sleep(0.1)


def test_two_producers_and_a_worker_lose_nothing_of_200_tasks(folder_broker: Broker) -> None:
    producers = [folder_broker.start_producer("note", range(start, start + 100)) for start in (0, 100)]
    worker = folder_broker.start_worker()
    try:
        wait_until(lambda: len(folder_broker.done()) >= 200 and not folder_broker.messages())
    finally:
        kill(worker)
    assert [producer.wait() for producer in producers] == [0, 0]
    assert folder_broker.done() == list(range(200))


def test_what_a_killed_worker_held_is_done_by_the_next(folder_broker: Broker) -> None:
    assert folder_broker.start_producer("wait_and_note", range(20)).wait() == 0
    killed = folder_broker.start_worker()
    wait_until(lambda: len(list(folder_broker.folder.glob("begun-*"))) == 2)
    kill(killed)
    assert folder_broker.done() == []
    (folder_broker.folder / "go").touch()
    worker = folder_broker.start_worker()
    try:
        wait_until(lambda: len(folder_broker.done()) >= 20 and not folder_broker.messages())
    finally:
        kill(worker)
    assert folder_broker.done() == list(range(20))


@pytest.mark.services
def test_a_worker_on_redis_does_what_was_sent(tmp_path: Path) -> None:
    broker = Broker(settings.REDIS_URL, tmp_path)
    assert broker.start_producer("note", range(100)).wait() == 0
    worker = broker.start_worker()
    try:
        wait_until(lambda: len(broker.done()) >= 100)
    finally:
        kill(worker)
    assert broker.done() == list(range(100))
