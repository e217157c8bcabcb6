import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_city_is_compared_in_any_case_and_a_blank_one_is_missing() -> None:
    make_member("A", city=" Malmö")
    make_member("B", city="Lund")
    make_member("C", city="  ")
    assert meant({"field": "city", "op": "eq", "value": "MALMÖ"}) == ["A"]
    assert meant({"field": "city", "op": "ne", "value": "malmö"}) == ["B"]
    assert meant({"field": "city", "op": "not_set"}) == ["C"]
