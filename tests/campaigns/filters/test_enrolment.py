"""Campaigns that members came into."""

import pytest

from tests.campaigns import make
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]


def test_who_came_into_a_campaign_is_found_by_it() -> None:
    make.planned(make.member("a"))
    make.member("b")
    counted = {"agg": "count", "of": "enrolment", "op": "gte", "value": 1}
    assert meant(counted, make.NOW) == ["A"]
    assert meant({**counted, "where": {"campaign": "welcome"}}, make.NOW) == ["A"]
    assert meant({**counted, "where": {"campaign": "other"}}, make.NOW) == []
