"""Wake-ups. What is to be done stands in the tables, so a lost or doubled task loses or doubles nothing."""

from celery import shared_task
from django.utils import timezone

from segments import actions


@shared_task
def refresh_segments() -> None:
    """Count what was bought since, run what was saved, and look at the members to whom something happened."""
    now = timezone.now()
    is_full = actions.fold_totals()
    actions.recompute_segments(now=now, only_new=True)
    if actions.refresh_changed(now=now).is_full or is_full:
        refresh_segments.delay()


@shared_task
def recompute_segments() -> None:
    """Count everybody's purchases, then run every segment on them."""
    actions.count_totals(now=timezone.now())
    actions.recompute_segments(now=timezone.now())
