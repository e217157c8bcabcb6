"""What is loaded of an account's past is what it would have remembered, in a constant number of queries."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.engine.account import Account
from loyalty.engine.calendar import Span
from loyalty.engine.happening import Line, Order, act
from loyalty.engine.memory import MemoryClub
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Timetable
from loyalty.engine.scenario import BackLine, Scenario
from loyalty.queries import accounts, forget_programmes
from loyalty.queries.accounts import load_accounts
from loyalty.queries.programmes import timetable
from tests.loyalty.database_club import DatabaseClub

START = datetime(2025, 1, 1, tzinfo=UTC)
SOON, YEARS_LATER = START + timedelta(days=20), START + timedelta(days=1_200)
EVER = Span(None, None)
ASKED = ("points", "spend", "rule.buys", "event.purchase", "event.return", "event.review", "accepted.extra")
PROGRAMME: dict[str, Any] = {
    "programme": "asking",
    "language": "en",
    "meters": [
        {"key": "points", "name": "points"},
        {"key": "spend", "name": "kr", "spendable": False, "mirrors": {"what": "money"}},
    ],
    "earning_rules": [
        {
            "key": "buys",
            "name": "buys",
            "meter": "points",
            "rate": {"kind": "per_unit", "value": 1},
            "limits": {"max": [{"per": "year", "amount": 100_000}]},
            "condition": {
                "any": [
                    {"event": "purchase", "op": "gte", "value": 0},
                    {"event": "return", "op": "gte", "value": 0},
                    {"event": "review", "op": "gte", "value": 0},
                    {"meter": "spend", "measure": "window", "op": "gte", "value": 0},
                    {"meter": "points", "measure": "window", "op": "gte", "value": 0},
                ]
            },
        },
        {
            "key": "extra",
            "name": "extra",
            "event": "review",
            "meter": "points",
            "base": {"amount": "one"},
            "rate": {"kind": "per_unit", "value": 5},
            "scope": {"accepted": True},
        },
    ],
}


@pytest.fixture(autouse=True)
def _no_programme_of_other_tests() -> Any:
    forget_programmes()
    yield
    forget_programmes()


def order(number: str, day: int, *prices: int) -> Order:
    lines = [Line(str(place), 2000, price) for place, price in enumerate(prices, 1)]
    return Order(f"scenario:{number}", START + timedelta(days=day), lines)


def play(club: Any) -> None:
    """Purchases that stand, came back in part and whole, were free, or were cancelled; and acts."""
    club.join("anna", START)
    club.accept("anna", "extra", START + timedelta(days=1))
    for number, day, prices in (
        ("1", 2, (30_000,)),
        ("2", 3, (20_000, 10_000)),
        ("3", 4, (5_000,)),
        ("4", 5, (0,)),
        ("5", 6, (0,)),
        ("6", 7, (7_000,)),
    ):
        club.sell("anna", order(number, day, *prices))
    club.do("anna", act("review", "scenario:a", START + timedelta(days=8)))
    club.do("anna", act("review", "scenario:b", START + timedelta(days=9)))
    club.take_back("2", [BackLine("1", 1000)], START + timedelta(days=10))
    club.take_back("3", [], START + timedelta(days=11))
    club.take_back("5", [], START + timedelta(days=12))
    club.cancel("6", START + timedelta(days=13))
    club.undo("b", START + timedelta(days=14))


def remembered(account: Account) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name in ASKED:
        happened = account.history.get(name, [])
        standing: dict[str, int] = {}
        for one in happened:
            standing[one.source] = standing.get(one.source, 0) + one.amount
        found[name] = {source: amount for source, amount in standing.items() if amount}
        found[f"last {name}"] = account.last_of(name)
    return found | {"in all": account.earned_in("points", EVER)}


def played_club() -> DatabaseClub:
    club = DatabaseClub.of(PROGRAMME, Scenario("", START, (), None))  # type: ignore[arg-type]
    play(club)
    return club


def anna_of(club: DatabaseClub) -> int:
    return club.members["anna"].account_id


def remembered_in_memory() -> Mapping[str, Any]:
    club = MemoryClub(Timetable(((START, None, parse(PROGRAMME)),)))
    play(club)
    return remembered(club.accounts["anna"])


@pytest.mark.django_db
def test_history_that_is_loaded_is_history_as_it_was_remembered() -> None:
    account_id = anna_of(played_club())
    loaded = load_accounts(timetable(), [account_id], since=SOON)[account_id]
    assert remembered(loaded) == remembered_in_memory()
    assert remembered(loaded)["event.purchase"] == {
        "scenario:1": 30_000,
        "scenario:2": 20_000,
        "scenario:4": 1,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("since", "trips"), [(SOON, 1), (YEARS_LATER, 2)])
def test_a_past_comes_with_its_account_unless_that_was_computed_long_before(
    since: datetime, trips: int
) -> None:
    about_free_orders = 1
    account_id = anna_of(played_club())
    rules = timetable()
    with CaptureQueriesContext(connection) as queries:
        loaded = load_accounts(rules, [account_id], since=since)[account_id]
    assert len(queries) == trips + about_free_orders
    assert remembered(loaded) == remembered_in_memory()


@pytest.mark.django_db
def test_a_past_is_asked_for_by_rules_that_this_process_has_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    account_id = anna_of(played_club())
    monkeypatch.setattr(accounts, "last_timetable", Timetable)
    loaded = accounts.load_books(accounts.Wanted([account_id], since=SOON)).accounts[account_id]
    assert remembered(loaded) == remembered_in_memory()


@pytest.mark.django_db
def test_loading_costs_the_same_for_many_accounts_with_much_of_a_past() -> None:
    club = played_club()
    first = anna_of(club)
    for name in ("bea", "cleo"):
        club.join(name, START)
        for day in range(1, 5):
            club.sell(name, order(f"{name}{day}", day, 1_000))
    ids = [member.account_id for member in club.members.values()]
    assert _queries([first]) == _queries(ids)


def _queries(ids: list[int]) -> int:
    timetable()
    with CaptureQueriesContext(connection) as queries:
        load_accounts(timetable(), ids, since=SOON)
    return len(queries)
