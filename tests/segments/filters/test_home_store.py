import pytest

from tests.make import make_member, make_store
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_home_store_is_known_by_its_code() -> None:
    make_member("A", home_store=make_store("gbg"))
    make_member("B", home_store=make_store("sthlm"))
    make_member("C")
    assert meant({"field": "home_store", "op": "eq", "value": "gbg"}) == ["A"]
    assert meant({"field": "home_store", "op": "not_in", "value": ["gbg"]}) == ["B"]
    assert meant({"field": "home_store", "op": "not_set"}) == ["C"]
