import pytest
from django.core.management import call_command
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from config.celery import app
from config.schedule import PERIODIC_WORK, write_schedule

pytestmark = pytest.mark.django_db


def timetable() -> dict[str, str]:
    return {work.task: str(work.schedule) for work in PeriodicTask.objects.filter(task__contains=".tasks.")}


def test_setup_makes_the_periodic_tasks_and_may_run_again() -> None:
    call_command("setup", verbosity=0)
    first = timetable()
    call_command("setup", verbosity=0)
    assert timetable() == first
    assert set(first) == {work.task for work in PERIODIC_WORK}


def test_every_task_of_the_timetable_exists() -> None:
    app.loader.import_default_modules()
    assert {work.task for work in PERIODIC_WORK} - set(app.tasks) == set()


def test_the_timetable_is_in_the_time_of_the_club() -> None:
    write_schedule()
    nightly = PeriodicTask.objects.get(task="loyalty.tasks.check_ledger")
    assert (nightly.crontab.minute, nightly.crontab.hour) == ("30", "3")
    assert str(nightly.crontab.timezone) == "Europe/Stockholm"
    often = PeriodicTask.objects.get(task="campaigns.tasks.send_messages")
    assert (often.interval.every, often.interval.period, often.expire_seconds) == (30, "seconds", 30)


def test_what_an_operator_changed_stays() -> None:
    write_schedule()
    PeriodicTask.objects.filter(task="loyalty.tasks.run_due").update(
        enabled=False, date_changed=timezone.now()
    )
    write_schedule()
    assert PeriodicTask.objects.get(task="loyalty.tasks.run_due").enabled is False


def test_a_task_that_moved_is_found_under_its_new_name() -> None:
    write_schedule()
    PeriodicTask.objects.filter(name="Send messages").update(task="campaigns.tasks.an_older_name")
    write_schedule()
    assert PeriodicTask.objects.get(name="Send messages").task == "campaigns.tasks.send_messages"
