import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_who_was_invited_by_a_member() -> None:
    make_member("B", referrer=make_member("A"))
    assert meant({"field": "was_invited", "op": "eq", "value": True}) == ["B"]
    assert meant({"field": "was_invited", "op": "eq", "value": False}) == ["A"]
