"""Wake-ups. What is to be done stands in the tables, so a lost or doubled task loses or doubles nothing."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from members import actions


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
    deliver_activities.apply_async(retry=False)
