"""Balances."""

import pytest

from loyalty.models import Balance
from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_who_never_had_any_has_a_balance_of_zero() -> None:
    for name, amount in {"A": 500, "B": 0, "C": -20}.items():
        Balance.objects.create(account=make_member(name).account, meter="points", amount=amount)
    Balance.objects.create(account=make_member("D").account, meter="stamps", amount=900)
    asked = {"field": "points", "with": {"meter": "points"}}
    assert meant({**asked, "op": "gte", "value": 500}) == ["A"]
    assert meant({**asked, "op": "eq", "value": 0}) == ["B", "D"]
    assert meant({**asked, "op": "lt", "value": 500}) == ["B", "C", "D"]
    assert meant({"not": {**asked, "op": "gte", "value": 0}}) == ["C"]
    assert meant({**asked, "op": "between", "value": [-20, -1]}) == ["C"]
