"""Real workers on PostgreSQL and Redis, killed in the middle of their work: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis

from campaigns import actions
from campaigns.actions.exchange import HANDFUL
from campaigns.models import Message
from tests.campaigns import make
from tests.campaigns.sink import Sink, running_sink
from tests.config.programs import BASE_DIR, environment

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MAILS = 2000
WORKERS = 2
ROUNDS = 5
MAILS_PER_ROUND = 300
DEAD_ADDRESSES = 20
SUPPRESSED = 20
SECONDS_BEFORE_GIVING_UP = 120

State = Message.State


class Workers:
    """As many workers as an operator would start, of one process each, and the clock that wakes them."""

    def __init__(self, smtp_port: int, folder: Path) -> None:
        self.environment = environment(
            STAMKUND_ENV="development",
            STAMKUND_VAR=str(folder),
            DATABASE_URL=url_of_this_database(),
            REDIS_URL=settings.REDIS_URL,
            EMAIL_URL=f"smtp://127.0.0.1:{smtp_port}",
            LOG_LEVEL="ERROR",
        )
        self.clock = Celery(broker=settings.REDIS_URL)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "config", "worker"]
        for number in range(WORKERS):
            worker = subprocess.Popen(
                [*command, "--concurrency", "1", "--hostname", f"w{number}@%h", "--loglevel", "error"],
                env=self.environment,
                cwd=BASE_DIR,
                start_new_session=True,
            )
            self.running.append(worker)

    def wake(self) -> None:
        for _ in range(WORKERS):
            self.clock.send_task("campaigns.tasks.send_messages")

    def kill(self) -> int:
        """Kill every process of every worker at once and return how many workers that were."""
        killed = len(self.running)
        for worker in self.running:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.running.clear()
        return killed

    def forget_tasks(self) -> None:
        with Redis.from_url(settings.REDIS_URL) as redis:
            redis.delete("celery", "unacked", "unacked_index", "unacked_mutex")


def url_of_this_database() -> str:
    where = connection.settings_dict
    login = f"{where['USER']}:{where['PASSWORD']}".rstrip(":")
    return f"postgres://{login}@{where['HOST']}:{where['PORT']}/{where['NAME']}"


@pytest.fixture
def post_office() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def workers(post_office: Sink, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(post_office.port, tmp_path)
    workers.forget_tasks()
    try:
        yield workers
    finally:
        workers.kill()
        workers.forget_tasks()


def messages_by_state() -> "Counter[str]":
    return Counter(Message.objects.values_list("state", flat=True))


def wait_until(it_is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + SECONDS_BEFORE_GIVING_UP
    while not it_is_so():
        assert time.monotonic() < give_up_at, f"It never came to pass: {messages_by_state()}"
        time.sleep(0.05)


def let_leases_run_out() -> None:
    """As if five minutes had passed since the workers died."""
    past = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(lease_until__isnull=False).update(lease_until=past)


def all_ended() -> bool:
    return not Message.objects.filter(ended_at=None).exists()


def plan_mails(sink: Sink) -> None:
    now = timezone.now()
    actions.ensure_default_campaigns(now=now)
    make.many_planned(MAILS, now=now)
    addresses = list(
        Message.objects.order_by("?").values_list("member__email", flat=True)[: DEAD_ADDRESSES * 2]
    )
    sink.at_recipient = {address: ["550 5.1.1 no such user"] for address in addresses[:DEAD_ADDRESSES]}
    for address in addresses[DEAD_ADDRESSES:]:
        actions.suppress_address(address=address, reason="by_staff", actor="test", now=now)


def test_workers_killed_while_sending_lose_no_mail_and_double_none(
    post_office: Sink, workers: Workers, capsys: pytest.CaptureFixture[str]
) -> None:
    plan_mails(post_office)
    kills = 0
    for number in range(1, ROUNDS + 1):
        workers.start()
        workers.wake()
        wait_until(lambda: len(post_office.mails) >= number * MAILS_PER_ROUND)  # noqa: B023 - used at once
        kills += workers.kill()
        let_leases_run_out()
    workers.start()
    workers.wake()
    wait_until(all_ended)

    states = messages_by_state()
    received = Counter(mail["Message-ID"].strip("<>").partition("@")[0] for mail in post_office.mails)
    accepted = {str(pk) for pk in Message.objects.filter(state=State.ACCEPTED).values_list("pk", flat=True)}
    unknown = {str(pk) for pk in Message.objects.filter(state=State.UNKNOWN).values_list("pk", flat=True)}
    with capsys.disabled():
        sys.stdout.write(
            f"\n{MAILS} mails, {kills} workers killed: {states}; "
            f"{len(post_office.mails)} received, {len(unknown & received.keys())} of the unknown among them\n"
        )
    assert sum(states[state] for state in ("accepted", "failed", "unknown", "skipped")) == MAILS
    assert (states["failed"], states["skipped"]) == (DEAD_ADDRESSES, SUPPRESSED)
    assert set(received.values()) == {1}
    assert accepted <= received.keys()
    assert received.keys() <= accepted | unknown
    assert len(unknown) <= kills * HANDFUL
