"""Wake-ups. What is to be done stands in the tables, so a lost or doubled task loses or doubles nothing."""

import logging
from functools import partial
from threading import Event, Lock, Thread
from time import sleep

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone

from members import actions

logger = logging.getLogger(__name__)

# Orders come faster than it is worth waking a worker; one wake-up serves all that came meanwhile.
PAUSE = 0.2


@shared_task
def deliver_activities() -> None:
    run = actions.deliver_activities(now=timezone.now())
    if run.delivered:
        nudge(send_webhooks)
    if run.is_full:
        deliver_activities.delay()


@shared_task
def send_webhooks() -> None:
    if actions.send_webhooks(now=timezone.now()).is_full:
        send_webhooks.delay()


@shared_task
def forget_webhooks() -> None:
    actions.forget_webhooks(now=timezone.now())


@shared_task
def forget_answers() -> None:
    actions.forget_answers(now=timezone.now())


def nudge_delivery() -> None:
    """Have activities delivered as soon as this transaction is committed."""
    nudge(deliver_activities)


def nudge(task: "Task[[], None]") -> None:
    """Have a task run as soon as this transaction is committed; many nudges may become one run.

    A broker that does not answer is logged and no more: the clock comes by every half minute.
    """
    transaction.on_commit(partial(_send_nudge, task), robust=True)


def _send_nudge(task: "Task[[], None]") -> None:
    _nudger.nudge(task)


class Nudger:
    """Hands nudges to the broker in a thread of its own; those that come meanwhile become one.

    A broker that is away takes seconds to fail, and nobody at a till may wait for that.
    """

    def __init__(self) -> None:
        self._wanted: set[Task[[], None]] = set()
        self._is_wanted = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    def nudge(self, task: "Task[[], None]") -> None:
        """Ask for a run of a task without arguments; returns at once, whatever the broker does."""
        self._wanted.add(task)
        self._is_wanted.set()
        with self._starting:
            # A thread does not outlive a fork, so a worker process starts its own.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._hand_over, name="nudger", daemon=True)
                self._thread.start()

    def _hand_over(self) -> None:
        while self._is_wanted.wait():
            self._is_wanted.clear()
            while self._wanted:
                try:
                    self._wanted.pop().apply_async(retry=False)
                except Exception:
                    logger.warning("The broker did not take a nudge.", exc_info=True)
            sleep(PAUSE)


_nudger = Nudger()
