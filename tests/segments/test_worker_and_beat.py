"""A real worker and a real beat on Redis: who buys is in the segment within the minute that is promised."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from config.schedule import write_schedule
from members import actions as members
from members.models import Member
from segments.models import ChangedMember, Segment
from tests.config.programs import BASE_DIR, environment
from tests.loyalty.test_killed import database_url
from tests.make import make_member, make_order_row
from tests.segments.make import make_segment, names

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MINUTE = 60


def program(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    told = environment(
        STAMKUND_ENV="demo",
        STAMKUND_VAR=str(folder),
        DATABASE_URL=database_url(),
        REDIS_URL=settings.REDIS_URL,
        LOG_LEVEL="WARNING",
    )
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "--app", "config", *arguments],
        env=told,
        cwd=BASE_DIR,
        start_new_session=True,
    )


@pytest.fixture
def _engine(tmp_path: Path) -> Iterator[None]:
    """One worker and one beat, as an operator runs them."""
    write_schedule()
    started = [
        program(tmp_path, "worker", "--concurrency", "1", "--loglevel", "error"),
        program(tmp_path, "beat", "--loglevel", "error"),
    ]
    try:
        yield
    finally:
        for one in started:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def waits(for_it: Callable[[], bool], seconds: int) -> bool:
    end = time.monotonic() + seconds
    while not for_it() and time.monotonic() < end:
        time.sleep(0.2)
    return for_it()


@pytest.mark.usefixtures("_engine")
def test_who_buys_comes_into_the_segment_and_who_takes_it_back_leaves_it_within_a_minute() -> None:
    segment = make_segment(now=timezone.now())
    assert waits(lambda: Segment.objects.get().computed_at is not None, 2 * MINUTE), (
        "The worker did not begin."
    )
    anna = make_member("Anna")
    order = make_order_row(anna)
    told(anna)
    assert waits(lambda: names(segment) == ["Anna"], MINUTE)
    order.state = "cancelled"
    order.save()
    told(anna)
    assert waits(lambda: names(segment) == [], MINUTE)
    assert waits(lambda: not ChangedMember.objects.exists(), MINUTE)


def told(member: Member) -> None:
    """That something happened to the member, as any action tells it in its transaction."""
    now = timezone.now()
    members.new_activity(
        kind="order.recorded",
        member_id=member.pk,
        account_id=member.account_id,
        facts={},
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
