"""Households on the database come to the same as in memory, whoever comes, goes, buys and turns out to be one."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty import actions
from loyalty.engine.errors import Refused
from loyalty.engine.files import errors_of
from loyalty.engine.happening import Line, MenuUse, Order
from loyalty.engine.memory import MemoryClub
from loyalty.engine.outcome import State
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Timetable
from loyalty.engine.rehearsal import Club
from loyalty.models import LedgerCheck
from loyalty.queries import forget_programmes
from tests.loyalty.database_club import DatabaseClub
from tests.loyalty.engine.invented import START, STOCKHOLM

PEOPLE = ("anna", "bo", "carl", "dan")
few = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
who = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), who, st.sampled_from([40, 150, 320])),
        st.tuples(st.just("buy"), who, st.sampled_from([40, 150, 320])),
        st.tuples(st.just("move_in"), who, who),
        st.tuples(st.just("move_in"), who, who),
        st.tuples(st.just("move_out"), who, st.none()),
        st.tuples(st.just("merge"), who, who),
        st.tuples(st.just("leave"), who, st.none()),
        st.tuples(st.just("join"), who, st.none()),
        st.tuples(st.just("use"), who, st.none()),
        st.tuples(st.just("bring_back"), who, st.integers(0, 5)),
        st.tuples(st.just("wait"), who, st.sampled_from([20, 100, 200])),
    ),
    min_size=4,
    max_size=14,
)


# What every household here has: points that become checks, a menu, and tiers by the money of a year.
OBJECTS: dict[str, Any] = {
    "meters": [
        {"key": "points", "name": "points", "lifetime": {"kind": "months", "count": 5}},
        {"key": "spend", "name": "spend", "mirrors": {"what": "money"}},
        {
            "key": "year",
            "name": "year",
            "spendable": False,
            "window": {"kind": "membership_year"},
            "at_window_end": "zero",
        },
    ],
    "rewards": [
        {"key": "check", "name": "check", "kind": "money_off", "lifetime": {"kind": "months", "count": 4}}
    ],
    "earning_rules": [
        {"key": "buys", "name": "buys", "meter": "points", "rate": {"kind": "per_unit", "value": 1}},
        {"key": "year", "name": "year", "meter": "year", "rate": {"kind": "per_unit", "value": 1}},
    ],
    "conversions": [
        {
            "key": "turn",
            "name": "turn",
            "meter": "points",
            "reward": "check",
            "form": {"kind": "step", "step": 500, "value": 25},
        }
    ],
    "menus": [
        {
            "key": "shelf",
            "name": "shelf",
            "meter": "points",
            "reward": "check",
            "options": [{"key": "ten", "name": "ten", "points": 100, "value": 10}],
        }
    ],
    "tier_ladders": [
        {
            "key": "level",
            "name": "level",
            "meter": "spend",
            "window": {"kind": "calendar", "unit": "year"},
            "rows": [
                {"key": "low", "name": "low", "from": 100},
                {"key": "high", "name": "high", "from": 400},
            ],
        }
    ],
}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    document = {
        "programme": "homes",
        "audience": {
            "unit": "household",
            "max_members": draw(st.sampled_from([2, 4])),
            "who_spends": draw(st.sampled_from(["all", "holder"])),
            "whose_year": draw(st.sampled_from(["account", "holder", "longest"])),
            "share_on_leaving": draw(st.sampled_from(["stays", "earned", "equal"])),
        },
        **OBJECTS,
        "life": {
            "leaving": draw(st.sampled_from([{"points": "lost"}, {"points": "frozen", "grace_days": 30}]))
        },
        "returns": {"below_zero": True},
    }
    assert errors_of(document) == []
    return document


class Played:
    """A club to which the steps happen; ``answers`` say what was refused."""

    def __init__(self, club: Club) -> None:
        self.club, self.sold, self.doubles = club, list[str](), set[str]()
        self.now = START
        for name in PEOPLE:
            club.join(name, START)

    def play(self, number: int, step: tuple[str, str, Any]) -> str:
        verb, name, fact = step
        self.now += timedelta(days=fact if verb == "wait" else 3, hours=1)
        self.club.pass_to(self.now)
        if {name, fact} & self.doubles:
            return "a double"
        try:
            getattr(self, verb)(number, name, fact)
        except Refused as refused:
            return refused.key
        return "done"

    def buy(self, number: int, name: str, kronor: int) -> None:
        order = Order(f"scenario:{number}", self.now, [Line("1", 1000, kronor * 100, vat_rate=2500)])
        self.club.sell(name, order)
        self.sold.append(str(number))

    def bring_back(self, number: int, name: str, which: int) -> None:
        if self.sold:
            self.club.take_back(self.sold[which % len(self.sold)], [], self.now)

    def use(self, number: int, name: str, fact: None) -> None:
        self.club.use(name, MenuUse("shelf", "ten"), self.now)

    def wait(self, number: int, name: str, days: int) -> None:
        pass

    def join(self, number: int, name: str, fact: None) -> None:
        self.club.join(name, self.now)

    def leave(self, number: int, name: str, fact: None) -> None:
        self.club.leave(name, self.now)

    def move_out(self, number: int, name: str, fact: None) -> None:
        self.club.move_out(name, self.now)

    def move_in(self, number: int, name: str, to: str) -> None:
        self.club.move_in(name, to, self.now)

    def merge(self, number: int, name: str, double: str) -> None:
        self.club.merge(name, double, self.now)
        self.doubles.add(double)

    def stand(self) -> dict[str, Any]:
        return {name: told(self.club.state(name, self.now)) for name in PEOPLE if name not in self.doubles}


def told(state: State) -> tuple[Any, ...]:
    """A state without what nobody can tell the clubs apart by: rows of nothing, codes, the order of like vouchers."""
    meters = {
        key: one for key, one in state.meters.items() if (one.balance, one.pending, one.debt) != (0, 0, 0)
    }
    vouchers = sorted(
        (one.reward, one.value, one.left, str(one.last_day), one.state) for one in state.vouchers
    )
    tiers = {key: held for key, held in state.tiers.items() if held[0]}
    return meters, vouchers, tiers, state.is_closed


@pytest.mark.django_db
@few
@given(document=documents(), happened=steps)
def test_households_come_to_the_same_on_the_database_and_in_memory(
    document: dict[str, Any], happened: list[tuple[str, str, Any]]
) -> None:
    with suppress(Undone), transaction.atomic():
        forget_programmes()
        version = actions.import_programme(document=document, name="homes", now=START)
        actions.publish_version(version=version, valid_from=START, now=START, actor="test")
        in_memory = Played(MemoryClub(Timetable(((START, None, parse(document)),))))
        on_tables = Played(DatabaseClub(STOCKHOLM))
        for number, step in enumerate(happened):
            assert in_memory.play(number, step) == on_tables.play(number, step)
            assert in_memory.stand() == on_tables.stand()
        actions.check_ledger(now=in_memory.now)
        assert LedgerCheck.objects.latest("pk").breaks == []
        raise Undone
    forget_programmes()


class Undone(Exception):
    """Ends an example: the next begins with an empty club."""
