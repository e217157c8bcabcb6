import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_staff_can_be_left_out() -> None:
    make_member("A", is_staff_member=True)
    make_member("B")
    assert meant({"field": "works_here", "op": "eq", "value": False}) == ["B"]
    assert meant({"field": "works_here", "op": "eq", "value": True}) == ["A"]
