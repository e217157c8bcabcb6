"""Wake-ups. What is to be done stands in the tables, so a lost or doubled task loses or doubles nothing."""

from celery import shared_task
from django.utils import timezone

from campaigns import actions


@shared_task
def run_enrolments() -> None:
    run = actions.run_enrolments(now=timezone.now())
    if run.planned:
        send_messages.delay()
    if run.is_full:
        run_enrolments.delay()


@shared_task
def send_messages() -> None:
    if actions.send_messages(now=timezone.now()).is_full:
        send_messages.delay()
