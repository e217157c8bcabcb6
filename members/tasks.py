"""Wake-ups. What is to be done stands in the tables, so a lost or doubled task loses or doubles nothing."""

import logging
from threading import Event, Lock, Thread
from time import sleep

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from members import actions

logger = logging.getLogger(__name__)

# Orders come faster than it is worth waking a worker; one wake-up serves all that came meanwhile.
PAUSE = 0.2


@shared_task
def deliver_activities() -> None:
    if actions.deliver_activities(now=timezone.now()).is_full:
        deliver_activities.delay()


@shared_task
def forget_answers() -> None:
    actions.forget_answers(now=timezone.now())


def nudge_delivery() -> None:
    """Have activities delivered as soon as this transaction is committed.

    A broker that does not answer is logged and no more: the clock comes by every half minute.
    """
    transaction.on_commit(_send_nudge, robust=True)


def _send_nudge() -> None:
    _nudger.nudge()


class Nudger:
    """Hands nudges to the broker in a thread of its own; those that come meanwhile become one.

    A broker that is away takes seconds to fail, and nobody at a till may wait for that.
    """

    def __init__(self) -> None:
        self._wanted = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    def nudge(self) -> None:
        """Ask for a delivery; returns at once, whatever the broker does."""
        self._wanted.set()
        with self._starting:
            # A thread does not outlive a fork, so a worker process starts its own.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._hand_over, name="nudger", daemon=True)
                self._thread.start()

    def _hand_over(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                deliver_activities.apply_async(retry=False)
            except Exception:
                logger.warning("The broker did not take a nudge.", exc_info=True)
            sleep(PAUSE)


_nudger = Nudger()
