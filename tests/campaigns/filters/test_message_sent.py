"""Messages that were handed over."""

import pytest

from campaigns.models import Message
from tests.campaigns import make
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]
State = Message.State


def ended(name: str, state: str, **facts: str) -> None:
    [message] = make.planned(make.member(name))
    Message.objects.filter(pk=message.pk).update(state=state, ended_at=make.NOW, **facts)


def test_those_count_that_went_out_or_may_have() -> None:
    ended("a", State.ACCEPTED)
    ended("b", State.UNKNOWN)
    ended("c", State.SKIPPED)
    make.planned(make.member("d"))
    counted = {"agg": "count", "of": "message.sent", "op": "gte", "value": 1}
    assert meant(counted, make.NOW) == ["A", "B"]
    assert meant({**counted, "where": {"channel": "sms"}}, make.NOW) == []
    assert meant({**counted, "where": {"channel": "email", "campaign": "welcome"}}, make.NOW) == ["A", "B"]
