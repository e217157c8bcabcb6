import pytest

from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_who_paid_most_is_in_the_best_fifth_and_who_has_left_is_not_counted() -> None:
    for paid_ore, name in enumerate("ABCDE", 1):
        make_order_row(make_member(name), paid_ore=paid_ore)
    make_order_row(make_member("F", state="closed", closed_at=NOON), paid_ore=100)
    assert meant({"field": "rfm_money", "op": "eq", "value": 5}) == ["E"]
    assert meant({"field": "rfm_money", "op": "set"}) == list("ABCDE")
