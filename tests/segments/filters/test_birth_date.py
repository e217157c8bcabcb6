from datetime import date

import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_birth_date_is_a_day() -> None:
    make_member("A", birth_date=date(2007, 9, 1))
    make_member("B", birth_date=date(2007, 9, 2))
    make_member("C")
    assert meant({"field": "birth_date", "op": "at_least_ago", "value": [18, "year"]}) == ["A"]
    assert meant({"field": "birth_date", "op": "on", "value": "2007-09-02"}) == ["B"]
    assert meant({"field": "birth_date", "op": "between", "value": ["2007-01-01", "2007-09-01"]}) == ["A"]
    assert meant({"field": "birth_date", "op": "not_set"}) == ["C"]
