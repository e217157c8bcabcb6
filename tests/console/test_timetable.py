"""What runs by the clock is told to staff in words and in their language."""

import pytest
from django.urls import reverse
from django.utils import translation
from django_celery_beat.models import CrontabSchedule

from config.admin import told
from config.schedule import write_schedule
from tests.console import seed
from tests.console.conftest import browser


@pytest.mark.django_db
def test_the_timetable_is_told_in_words() -> None:
    write_schedule()
    staff = browser(seed.make_staff(is_superuser=True), "sv")
    page = staff.get(reverse("admin:django_celery_beat_periodictask_changelist")).content.decode()
    for words in ("Kontrollera huvudboken", "varje dag kl. 03:30", "varje timme, 05 över", "var 30 sekunder"):
        assert words in page
    assert "(m/h/dM/MY/d)" not in page


@pytest.mark.parametrize(
    ("crontab", "words"),
    [
        ({"minute": "5"}, "every hour, 05 past"),
        ({"minute": "0", "hour": "4"}, "every day at 04:00"),
        ({"minute": "*/5"}, "*/5 * * * * (m/h/dM/MY/d) Europe/Stockholm"),
        ({"minute": "5", "hour": "1,2"}, "5 1,2 * * * (m/h/dM/MY/d) Europe/Stockholm"),
        ({"minute": "5", "hour": "1", "day_of_week": "1"}, "5 1 * * 1 (m/h/dM/MY/d) Europe/Stockholm"),
    ],
)
def test_only_what_is_simple_is_put_in_words(crontab: dict[str, str], words: str) -> None:
    with translation.override("en"):
        assert told(CrontabSchedule(**crontab, timezone="Europe/Stockholm")) == words
