"""Tasks are wake-ups: each calls one action, and asks to be woken again where more is due."""

from collections.abc import Iterator

import pytest
from celery import current_app
from django.utils import timezone

from campaigns import tasks
from campaigns.models import Enrolment, Message
from campaigns.reactions import start_campaigns
from config.schedule import PERIODIC_WORK
from tests.campaigns import make
from tests.campaigns.sink import Sink


@pytest.fixture
def _at_once() -> Iterator[None]:
    """Run a task where it is asked for, as a worker would."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.mark.django_db
@pytest.mark.usefixtures("_defaults", "_at_once")
def test_one_wake_up_brings_a_new_members_mail(sink: Sink) -> None:
    start_campaigns(make.joined(make.member("anna")), timezone.now())
    tasks.run_enrolments()
    assert sink.recipients == ["anna@post.example"]
    assert Message.objects.get().state == "accepted"
    assert Enrolment.objects.get().finished_at is not None


def test_the_clock_knows_both_tasks_by_name() -> None:
    clocked = {work.task for work in PERIODIC_WORK}
    assert {tasks.run_enrolments.name, tasks.send_messages.name} <= clocked
    assert {tasks.run_enrolments.name, tasks.send_messages.name} <= set(current_app.tasks)
