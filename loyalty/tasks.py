"""Wake-ups for this floor. The truth is in the tables."""

from celery import shared_task
from django.utils import timezone

from loyalty import actions


@shared_task
def run_due() -> None:
    now = timezone.now()
    actions.run_due(at=now, now=now)


@shared_task
def check_ledger() -> None:
    actions.check_ledger(now=timezone.now())
