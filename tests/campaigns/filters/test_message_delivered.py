"""Messages that were taken."""

import pytest

from campaigns.models import Message
from tests.campaigns import make
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]
State = Message.State


def ended(name: str, state: str, **facts: str) -> None:
    [message] = make.planned(make.member(name))
    Message.objects.filter(pk=message.pk).update(state=state, ended_at=make.NOW, **facts)


def test_those_count_that_the_receiving_server_took() -> None:
    ended("a", State.ACCEPTED)
    ended("b", State.UNKNOWN)
    counted = {"agg": "count", "of": "message.delivered", "op": "gte", "value": 1}
    assert meant(counted, make.NOW) == ["A"]
