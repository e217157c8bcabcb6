import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_phone_is_asked_for_by_its_country_or_by_whether_it_is_known() -> None:
    make_member("A", phone="+46701234567")
    make_member("B", phone="+4791234567")
    make_member("C")
    assert meant({"field": "phone", "op": "starts", "value": "+46"}) == ["A"]
    assert meant({"field": "phone", "op": "eq", "value": "+46 70 123 45 67"}) == ["A"]
    assert meant({"field": "phone", "op": "set"}) == ["A", "B"]
