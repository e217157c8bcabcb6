"""A broker in a folder, for a club on one machine that wants to run no server: `clubfs://localhost//`.

Kombu's own filesystem transport loses messages: it reads files that are still being written, and forgets what a
worker held when it was killed. Here a message is published by renaming a complete file, claimed by renaming it
into the claimer's folder, deleted when acknowledged, and handed out again when its claimer has died.

    queue/       published, oldest first: <nanoseconds>_<random>.<queue>.msg
    claimed/     one folder per living consumer, and a lock file that dies with it
    control/     which queue listens to which exchange
    unreadable/  set aside for a human: not JSON
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu import Connection
from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_RESCUES = 5.0

Binding = filesystem.exchange_queue_t


class Claims:
    """The folder in which this process holds what it has claimed.

    Its lock belongs to the process, not to its children, and the kernel drops it however the process ends.
    """

    _of_process: ClassVar[dict[tuple[int, Path], "Claims"]] = {}

    def __init__(self, claimed: Path) -> None:
        name = f"{os.getpid()}-{uuid.uuid4().hex}"
        self.folder = claimed / name
        self.folder.mkdir(parents=True, mode=0o700)
        unborn = claimed / f".{name}"
        self._lock = os.open(unborn, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        unborn.rename(claimed / f"{name}.lock")  # visible to rescuers only once it is locked

    @classmethod
    def of_this_process(cls, claimed: Path) -> "Claims":
        key = (os.getpid(), claimed)
        if key not in cls._of_process:
            cls._of_process[key] = cls(claimed)
        return cls._of_process[key]

    def rescue(self, queue_folder: Path) -> None:
        """Put back into the queue what the dead had claimed."""
        for lock in self.folder.parent.glob("*.lock"):
            if lock.stem == self.folder.name:
                continue  # closing our own lock file, even unchanged, would drop our lock
            with suppress(OSError):  # somebody alive holds it, or another rescuer was first
                handle = os.open(lock, os.O_RDWR)
                try:
                    fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    put_back(lock.with_suffix(""), queue_folder)
                    lock.unlink()
                finally:
                    os.close(handle)


class QoS(virtual.QoS):
    channel: "Channel"

    def ack(self, delivery_tag: str) -> None:
        self.channel.forget(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        super().reject(delivery_tag, requeue=requeue)
        if not requeue:
            self.channel.forget(delivery_tag)


class Channel(filesystem.Channel):
    QoS = QoS

    def __init__(self, connection: virtual.Transport, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self._queues_without_ack: set[str] = set()
        self._rescued_at = float("-inf")
        for folder in (self.queue_folder, self.control_folder, self.claimed_folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @cached_property
    def folder(self) -> Path:
        return Path(self.transport_options["folder"])

    @cached_property
    def queue_folder(self) -> Path:
        return self.folder / "queue"

    @cached_property
    def claimed_folder(self) -> Path:
        return self.folder / "claimed"

    @property
    def control_folder(self) -> Path:
        return self.folder / "control"

    @cached_property
    def data_folder_in(self) -> str:
        return str(self.queue_folder)

    @cached_property
    def data_folder_out(self) -> str:
        return str(self.queue_folder)

    @property
    def claims(self) -> Claims:
        return Claims.of_this_process(self.claimed_folder)

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:
        if no_ack:
            self._queues_without_ack.add(queue)
        return super().basic_consume(queue, no_ack, *args, **kwargs)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        write_whole(self.queue_folder / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        self._rescue_now_and_then()
        for name in sorted(os.listdir(self.queue_folder)):
            if name.partition(".")[2] == f"{queue}.msg":
                message = self._claim(name)
                if message is not None:
                    if queue in self._queues_without_ack:
                        self.forget(name)
                    return message
        raise Empty

    def _claim(self, name: str) -> Any:
        """Return the message, now ours, or None when another consumer was first or it cannot be read."""
        claimed = self.claims.folder / name
        try:
            (self.queue_folder / name).rename(claimed)
        except FileNotFoundError:
            return None
        try:
            message = loads(claimed.read_bytes().decode())
            message["properties"]["delivery_tag"] = name
        except (ValueError, TypeError, KeyError):
            self._set_aside(claimed)
            return None
        return message

    def _set_aside(self, claimed: Path) -> None:
        unreadable = self.folder / "unreadable"
        unreadable.mkdir(exist_ok=True, mode=0o700)
        claimed.rename(unreadable / claimed.name)
        logger.error("Set aside a message that is not one: %s", unreadable / claimed.name)

    def forget(self, delivery_tag: str) -> None:
        """Delete a message that is done with."""
        (self.claims.folder / delivery_tag).unlink(missing_ok=True)

    def _restore(self, message: virtual.Message) -> None:
        with suppress(FileNotFoundError):  # acknowledged meanwhile by another thread
            tag = str(message.delivery_tag)
            (self.claims.folder / tag).rename(self.queue_folder / tag)

    def _rescue_now_and_then(self) -> None:
        if time.monotonic() - self._rescued_at < SECONDS_BETWEEN_RESCUES:
            return
        self._rescued_at = time.monotonic()
        self.claims.rescue(self.queue_folder)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        binding = Binding(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda table: table if binding in table else [binding, *table])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        self._purge(queue)
        binding = Binding(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda table: [bound for bound in table if bound != binding])

    def _change_table(self, exchange: str, change: Callable[[list[Any]], list[Any]]) -> None:
        with locked(self.control_folder / ".lock"):
            table = self._exchange_file(exchange)  # type: ignore[attr-defined]
            write_whole(table, dumps(change(self.get_table(exchange))))


class Transport(filesystem.Transport):
    Channel = Channel
    driver_type = driver_name = "clubfs"
    _state_of_folder: ClassVar[dict[str, virtual.BrokerState]] = {}

    def __init__(self, client: Connection, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        folder = (client.transport_options or {})["folder"]
        # Kombu keeps one state for all folders, and would not bind a queue in the second.
        self.state = self._state_of_folder.setdefault(folder, virtual.BrokerState())


def put_back(claimed: Path, queue_folder: Path) -> None:
    for message in claimed.glob("*.msg"):
        message.rename(queue_folder / message.name)
    claimed.rmdir()


def write_whole(path: Path, text: str) -> None:
    """Put a readable-by-us-only file in place, so that nobody ever sees half of it."""
    unborn = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with open(os.open(unborn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    unborn.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file among all threads and processes."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
