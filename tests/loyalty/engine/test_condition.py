"""A tree of what must be true of an account."""

from datetime import date
from typing import Any

import pytest

from loyalty.engine.account import Account, Held
from loyalty.engine.happening import Person
from loyalty.engine.parsing import parse
from loyalty.engine.reading import Reading
from loyalty.engine.values import Condition
from tests.loyalty.engine.invented import START

CLUB = parse({"programme": "club", "meters": []})
ACCOUNT = Account(
    START,
    START,
    int,
    balances={"points": 1_250, "spend": 0},
    tiers={"level": Held("silver", None, START)},
)


def reading(**facts: Any) -> Reading:
    """The account, a year and a half after it joined."""
    return Reading(CLUB, ACCOUNT, START.replace(year=2026, month=7), person=Person(**facts))


POINTS = {"meter": "points", "op": "gte", "value": "12.5"}
SILVER = {"tier": "level", "in": ["silver", "gold"]}
NEVER = {"meter": "spend", "op": "gt", "value": 0}


@pytest.mark.parametrize(
    ("document", "holds"),
    [
        ({}, True),
        (POINTS, True),
        ({**POINTS, "op": "gt"}, False),
        ({**POINTS, "op": "lte"}, True),
        ({**POINTS, "value": "12.51"}, False),
        (SILVER, True),
        ({"tier": "level", "in": ["gold"]}, False),
        ({"tier": "other", "in": ["gold"]}, False),
        ({"all": [POINTS, SILVER]}, True),
        ({"all": [POINTS, NEVER]}, False),
        ({"any": [NEVER, SILVER]}, True),
        ({"any": [NEVER, NEVER]}, False),
        ({"at_least": [POINTS, NEVER, SILVER], "count": 2}, True),
        ({"at_least": [POINTS, NEVER, SILVER], "count": 3}, False),
        ({"all": [{"any": [NEVER, POINTS]}, SILVER]}, True),
        ({"not": SILVER}, False),
        ({"not": {"any": [NEVER, NEVER]}}, True),
        ({"fact": "months_as_member", "value": 18}, True),
        ({"fact": "months_as_member", "op": "lt", "value": 18}, False),
        ({"fact": "referred", "value": 1}, False),
    ],
)
def test_trees(document: dict[str, Any], holds: bool) -> None:
    assert Condition.parse(document, {"points": 100, "spend": 100}).holds(reading()) is holds


def test_an_unknown_age_is_neither_young_nor_old() -> None:
    adult = Condition.parse({"fact": "age", "op": "gte", "value": 18}, {})
    young = Condition.parse({"fact": "age", "op": "lt", "value": 18}, {})
    assert not adult.holds(reading())
    assert not young.holds(reading())
    assert adult.holds(reading(birth_date=date(2008, 7, 1)))
    assert young.holds(reading(birth_date=date(2008, 7, 2)))


def test_events_are_counted_summed_and_averaged_in_their_window() -> None:
    account = Account(START, START, int)
    for month, amount in ((1, 10_000), (5, 20_000), (6, 30_000)):
        account.remember("event.purchase", START.replace(year=2026, month=month), amount, f"order {month}")
    at = Reading(CLUB, account, START.replace(year=2026, month=7))
    window = {"kind": "trailing", "unit": "month", "count": 3}

    def holds(**asked: Any) -> bool:
        return Condition.parse({"event": "purchase", "window": window, "op": "eq", **asked}, {}).holds(at)

    assert holds(value=2)
    assert holds(measure="sum", value=500)
    assert holds(measure="average", value=250)
    assert holds(measure="min", value=200)
    assert holds(measure="max", value=300)
    account.remember("event.purchase", START.replace(year=2026, month=6), -30_000, "order 6")
    again = Reading(CLUB, account, at.at)
    assert Condition.parse({"event": "purchase", "window": window, "op": "eq", "value": 1}, {}).holds(again)


def test_what_was_answered_once_is_answered_again() -> None:
    asked = Reading(CLUB, ACCOUNT, START)
    assert asked.balance("points") == 1_250
    later = Reading(CLUB, Account(START, START, int), START, asked.answers)
    assert later.balance("points") == 1_250
