"""What runs by the clock. `manage.py setup` writes this table into the database, where the console shows it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as later
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask


@dataclass(frozen=True)
class At:
    """A wall-clock time of the club; hour "*" is every hour."""

    minute: str
    hour: str = "*"


@dataclass(frozen=True)
class PeriodicWork:
    name: str
    task: str
    when: timedelta | At


PERIODIC_WORK = (
    PeriodicWork(later("Deliver activities"), "members.tasks.deliver_activities", timedelta(seconds=30)),
    PeriodicWork(later("Send webhooks"), "members.tasks.send_webhooks", timedelta(seconds=30)),
    PeriodicWork(later("Run enrolments"), "campaigns.tasks.run_enrolments", timedelta(seconds=30)),
    PeriodicWork(later("Send messages"), "campaigns.tasks.send_messages", timedelta(seconds=30)),
    PeriodicWork(later("Work deliveries from shops"), "loyalty.tasks.work_deliveries", timedelta(seconds=30)),
    PeriodicWork(later("Fetch the past of shops"), "loyalty.tasks.run_pulls", timedelta(seconds=30)),
    # With the delivery before it, a change is seen within a minute.
    PeriodicWork(later("Refresh segments"), "segments.tasks.refresh_segments", timedelta(seconds=20)),
    PeriodicWork(later("Run trials"), "loyalty.tasks.run_trials", timedelta(seconds=30)),
    PeriodicWork(later("Run what is due"), "loyalty.tasks.run_due", At(minute="5")),
    PeriodicWork(later("Recompute segments"), "segments.tasks.recompute_segments", At(minute="30", hour="2")),
    PeriodicWork(later("Check the ledger"), "loyalty.tasks.check_ledger", At(minute="30", hour="3")),
    PeriodicWork(later("Forget old answers"), "members.tasks.forget_answers", At(minute="45", hour="3")),
    PeriodicWork(later("Forget old webhooks"), "members.tasks.forget_webhooks", At(minute="55", hour="3")),
    PeriodicWork(
        later("Forget old deliveries"), "loyalty.tasks.forget_deliveries", At(minute="50", hour="3")
    ),
)


@transaction.atomic
def write_schedule() -> None:
    """Create the periodic tasks that are missing. What an operator changed or switched off stays so."""
    for work in PERIODIC_WORK:
        PeriodicTask.objects.update_or_create(
            name=work.name,
            defaults={"task": work.task},
            create_defaults={"task": work.task, **timing(work.when)},
        )


def timing(when: timedelta | At) -> dict[str, Any]:
    if isinstance(when, At):
        crontab, _created = CrontabSchedule.objects.get_or_create(
            minute=when.minute, hour=when.hour, timezone=settings.CLUB_TIME_ZONE
        )
        return {"crontab": crontab}
    interval, _created = IntervalSchedule.objects.get_or_create(
        every=int(when.total_seconds()), period=IntervalSchedule.SECONDS
    )
    # A wake-up that waited longer than the next one is of no use: a stopped worker must not find a pile of them.
    return {"interval": interval, "expire_seconds": interval.every}
