"""Acts of the kind survey_invite."""

import pytest

from tests.loyalty.filters.make import act
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_those_count_that_were_not_undone_and_no_others() -> None:
    act(make_member("A"), "survey_invite")
    act(make_member("B"), "survey_invite", undone_at=NOON)
    act(make_member("C"), "something_else")
    assert meant({"agg": "count", "of": "survey_invite", "op": "gte", "value": 1}) == ["A"]
