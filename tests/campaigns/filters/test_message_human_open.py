"""Messages that people opened."""

from datetime import timedelta

import pytest

from campaigns import actions
from tests.campaigns import make
from tests.campaigns.filters.test_message_human_click import LATER, PHONE, measured
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]


def test_a_picture_that_a_proxy_fetched_is_no_opening() -> None:
    for name, agent in {
        "a": PHONE,
        "b": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)",
        "c": "Mozilla/5.0",
    }.items():
        at = make.NOW + timedelta(minutes=1)
        actions.record_response(message=measured(name), kind="open", agent=agent, occurred_at=at, now=LATER)
    assert meant({"agg": "count", "of": "message.human_open", "op": "gte", "value": 1}, LATER) == ["A"]
