"""Who has said no to having purchases analysed: of them, no condition on behaviour is true."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from members.models import Consent, Member
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import BOUGHT, meant

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
SWEDISH: dict[str, Any] = {"field": "language", "op": "eq", "value": "sv"}
NEVER: dict[str, Any] = {**BOUGHT, "op": "eq", "value": 0}


def answer(member: Member, at: datetime = NOON, *, is_given: bool = False) -> None:
    Consent.objects.create(
        member=member, purpose="profiling", is_given=is_given, given_at=at, recorded_at=at, wording="1"
    )


@pytest.fixture(autouse=True)
def _club() -> None:
    """Anna refuses, Bo has agreed, Cia was never asked, Dan refuses and never bought."""
    for name in ("Anna", "Bo", "Cia"):
        make_order_row(make_member(name))
    answer(Member.objects.get(first_name="Anna"))
    answer(Member.objects.get(first_name="Bo"), is_given=True)
    answer(make_member("Dan"))


@pytest.mark.parametrize(
    ("definition", "names"),
    [
        (BOUGHT, "Bo Cia"),
        (NEVER, ""),
        ({"not": BOUGHT}, "Anna Dan"),
        ({"not": NEVER}, "Anna Bo Cia Dan"),
        ({"not": {"not": BOUGHT}}, "Bo Cia"),
        ({"all": [BOUGHT, SWEDISH]}, "Bo Cia"),
        ({"any": [BOUGHT, SWEDISH]}, "Anna Bo Cia Dan"),
        ({"any": [BOUGHT, NEVER]}, "Bo Cia"),
        ({"not": {"any": [BOUGHT, NEVER]}}, "Anna Dan"),
        ({"all": [SWEDISH, {"not": BOUGHT}]}, "Anna Dan"),
        (SWEDISH, "Anna Bo Cia Dan"),
        ({"last": "order", "op": "within", "value": [1, "day"]}, "Bo Cia"),
        ({"did": "order", "then_not": "return_line"}, "Bo Cia"),
        ({"recurring": "first_order", "in": [365, 365]}, "Bo Cia"),
        ({"top": {"agg": "sum", "of": "order", "field": "total"}, "percent": 90}, "Bo Cia"),
        ({"agg": "count", "of": "referral", "op": "eq", "value": 0}, "Anna Bo Cia Dan"),
    ],
)
def test_who_refuses_meets_no_condition_on_behaviour(definition: Any, names: str) -> None:
    assert meant(definition) == names.split()


def test_a_refusal_holds_from_when_it_is_given_until_it_is_taken_back() -> None:
    anna = Member.objects.get(first_name="Anna")
    answer(anna, LATER, is_given=True)
    before = NOON - timedelta(seconds=1)
    assert "Anna" in meant({**NEVER}, before)
    assert "Anna" not in meant(BOUGHT)
    assert "Anna" in meant(BOUGHT, LATER)
