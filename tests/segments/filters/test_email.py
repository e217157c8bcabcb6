import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_an_email_is_compared_and_one_that_is_missing_passes_nothing() -> None:
    make_member("A", email="a@shop.example")
    make_member("B", email="b@post.example")
    make_member("C", email="")
    assert meant({"field": "email", "op": "ends", "value": "@SHOP.example"}) == ["A"]
    assert meant({"field": "email", "op": "not_contains", "value": "shop"}) == ["B"]
    assert meant({"field": "email", "op": "set"}) == ["A", "B"]
