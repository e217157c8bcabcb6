"""Wake-ups for this floor. The truth is in the tables."""

from celery import shared_task
from django.utils import timezone

from loyalty import actions
from loyalty.connectors.history import pull_page
from loyalty.connectors.webhooks import read_news
from members.tasks import nudge_delivery


@shared_task
def run_due() -> None:
    now = timezone.now()
    actions.run_due(at=now, now=now)


@shared_task
def check_ledger() -> None:
    actions.check_ledger(now=timezone.now())


@shared_task
def run_trials() -> None:
    if actions.run_trials(now=timezone.now()):
        run_trials.delay()


@shared_task
def work_deliveries() -> None:
    run = actions.work_deliveries(read=read_news, now=timezone.now())
    if run.worked:
        nudge_delivery()
    if run.is_full:
        work_deliveries.delay()


@shared_task
def run_pulls() -> None:
    run = actions.run_pulls(ask=pull_page, now=timezone.now())
    if run.pages:
        work_deliveries.delay()
    if run.is_full:
        run_pulls.delay()


@shared_task
def forget_deliveries() -> None:
    actions.forget_deliveries(now=timezone.now())
