from datetime import timedelta

from campaigns.models import Enrolment, Step
from campaigns.steps import steps
from campaigns.steps.wait import Wait
from tests.campaigns.make import NOW


def test_it_sends_nothing_and_comes_back_after_its_hours() -> None:
    outcome = steps["wait"]().take(Step(settings={"hours": 36}), Enrolment(), NOW)
    assert (outcome.messages, outcome.resume_at) == ((), NOW + timedelta(hours=36))


def test_it_is_known_by_its_key() -> None:
    assert steps["wait"] is Wait
