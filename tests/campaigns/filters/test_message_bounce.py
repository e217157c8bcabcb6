"""Messages that came back."""

import pytest

from campaigns.models import Message
from tests.campaigns import make
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]
State = Message.State


def ended(name: str, state: str, **facts: str) -> None:
    [message] = make.planned(make.member(name))
    Message.objects.filter(pk=message.pk).update(state=state, ended_at=make.NOW, **facts)


def test_those_count_whose_address_does_not_exist() -> None:
    ended("a", State.FAILED, reason=Message.Reason.ADDRESS_REFUSED)
    ended("b", State.FAILED, reason=Message.Reason.REFUSED)
    counted = {"agg": "count", "of": "message.bounce", "op": "gte", "value": 1}
    assert meant(counted, make.NOW) == ["A"]
