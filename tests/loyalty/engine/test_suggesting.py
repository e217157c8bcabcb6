"""The use that is proposed for a basket, against every set of vouchers worked out by hand.

By hand: vouchers are used in the order in which they end. Of those that end together a share of the sum comes before
money, and money in any order. One that does not end within a day may lose nothing. Of such ways the best wastes least (what is lost of those used, and what is left of
those that end within a day), then takes most off with what ends first, then with what ends next, and so on; then it
uses the fewest. Points pay what is left, in whole units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, count, permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.account import Account
from loyalty.engine.effects import Lot, Voucher
from loyalty.engine.happening import Line, Order
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Timetable
from loyalty.engine.suggesting import Suggestion, suggest
from tests.loyalty.engine.invented import START

NOW = START + timedelta(days=30)
USES: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "partly": {"partly": True},
    "alone": {"combinable": "none"},
    "once": {"max_per_receipt": 1},
    "large": {"min_basket": 100},
    "tens": {"unit": 10},
    "tenth": {},
}
UNIT_OF_POINTS = 10
PROGRAMME = parse(
    {
        "programme": "suggesting",
        "meters": [{"key": "points", "name": "points"}],
        "rewards": [
            {
                "key": key,
                "name": key,
                "kind": "percent_off" if key == "tenth" else "money_off",
                "use": dict(use),
            }
            for key, use in USES.items()
        ],
        "menus": [
            {
                "key": "pay",
                "name": "pay",
                "meter": "points",
                "free_choice": {"unit_value": "0.1", "unit": UNIT_OF_POINTS},
            }
        ],
    },
    key="suggesting",
)


@dataclass(frozen=True, slots=True)
class Check:
    """``kronor`` that it is worth, or per cent of what is left to pay; ``days`` until it ends."""

    reward: str
    kronor: int
    days: int

    @property
    def ends_soon(self) -> bool:
        return self.days <= 1

    def takes(self, left: int, basket: int, before: Sequence["Check"]) -> tuple[int, int] | None:
        """Öre off and öre lost where ``left`` of ``basket`` is to be paid; None where it cannot be used."""
        rewards = [one.reward for one in before]
        if "alone" in rewards or (self.reward == "alone" and rewards):
            return None
        if (self.reward == "once" and "once" in rewards) or (self.reward == "large" and basket < 100_00):
            return None
        if self.reward == "tenth":
            return left // 10, 0
        off = min(self.kronor * 100, left)
        off -= off % 10_00 if self.reward == "tens" else 0
        return off, 0 if self.reward == "partly" else self.kronor * 100 - off


def outcome(chosen: Sequence[Check], basket: int) -> list[tuple[int, int]] | None:
    """What each of them takes off and loses, one after the other; None where one takes nothing or may not."""
    left, found = basket, []
    for place, check in enumerate(chosen):
        took = check.takes(left, basket, chosen[:place])
        if took is None or not took[0] or (took[1] and not check.ends_soon):
            return None
        left -= took[0]
        found.append(took)
    return found


def worth(
    chosen: Sequence[Check], took: Sequence[tuple[int, int]], usable: Sequence[Check]
) -> tuple[int, ...]:
    left_over = list(usable)
    for check in chosen:
        left_over.remove(check)
    wasted = sum(
        one.kronor * 100 - off if one.ends_soon and one.reward != "tenth" else lost
        for one, (off, lost) in zip(chosen, took, strict=True)
    )
    wasted += sum(one.kronor * 100 for one in left_over if one.ends_soon and one.reward != "tenth")
    off = dict.fromkeys(sorted(one.days for one in usable), 0)
    for check, (taken, _lost) in zip(chosen, took, strict=True):
        off[check.days] += taken
    return -wasted, *off.values(), -len(chosen)


def usable_alone(checks: Sequence[Check], basket: int) -> list[Check]:
    return [one for one in checks if (took := one.takes(basket, basket, ())) and took[0]]


def is_in_turn(way: Sequence[Check]) -> bool:
    turns = [(one.days, one.reward != "tenth") for one in way]
    return turns == sorted(turns)


def best_by_hand(usable: Sequence[Check], basket: int) -> tuple[int, ...]:
    ways = chain.from_iterable(permutations(usable, size) for size in range(len(usable) + 1))
    found = [(way, took) for way in ways if is_in_turn(way) and (took := outcome(way, basket)) is not None]
    return max(worth(chosen, took, usable) for chosen, took in found)


def account_with(checks: Sequence[Check], points: int) -> tuple[Account, dict[str, Check]]:
    numbers = count(1)
    account = Account(joined_at=START, computed_to=NOW, new_ref=lambda: next(numbers))
    known = {}
    for check in checks:
        ref = next(numbers)
        is_percent = check.reward == "tenth"
        known[f"C{ref}"] = check
        account.vouchers.append(
            Voucher(
                ref, check.reward, "suggesting", "percent_off" if is_percent else "money_off",
                0 if is_percent else check.kronor * 100, Decimal(10 if is_percent else 0), START, START,
                NOW + timedelta(days=check.days), code=f"C{ref}",
            )
        )  # fmt: skip
    if points:
        account.lots.append(Lot(next(numbers), "points", points, points, START, START, None))
        account.balances["points"] = points
    return account, known


def suggested(account: Account, basket: int, at: datetime = NOW) -> Suggestion:
    order = Order("web:1", at, [Line("1", 1000, basket)])
    return suggest(Timetable(((START, None, PROGRAMME),)), account, order)


checks = st.lists(
    st.builds(
        Check,
        reward=st.sampled_from(sorted(USES)),
        kronor=st.sampled_from([7, 10, 25, 30, 50, 75, 100]),
        days=st.sampled_from([1, 2, 5, 30]),
    ),
    max_size=5,
)


@given(checks=checks, kronor=st.integers(1, 250), points=st.integers(0, 3_000))
def test_nothing_does_better_than_what_is_proposed(checks: list[Check], kronor: int, points: int) -> None:
    basket = kronor * 100
    usable = usable_alone(checks, basket)
    account, known = account_with(checks, points)
    found = suggested(account, basket)
    chosen = [known[one.voucher.code] for one in found.vouchers]
    took = outcome(chosen, basket)
    assert took == [(one.discount, one.lost) for one in found.vouchers]
    assert worth(chosen, took, usable) == best_by_hand(usable, basket)
    assert is_in_turn(chosen)


@given(checks=checks, kronor=st.integers(1, 250), points=st.integers(0, 3_000))
def test_points_pay_what_the_vouchers_leave_and_nothing_is_touched(
    checks: list[Check], kronor: int, points: int
) -> None:
    account, _known = account_with(checks, points)
    before = [(one.state, one.used) for one in account.vouchers], [one.remaining for one in account.lots]
    found = suggested(account, kronor * 100)
    left = kronor * 100 - sum(one.discount for one in found.vouchers)
    most = min(points, left // 10)
    amount = most - most % UNIT_OF_POINTS
    assert [(use.amount, value) for use, value in found.uses] == ([(amount, amount * 10)] if amount else [])
    assert found.payable == left - amount * 10 >= 0
    assert (
        [(one.state, one.used) for one in account.vouchers],
        [one.remaining for one in account.lots],
    ) == before


@given(checks=checks, kronor=st.integers(1, 250))
def test_what_is_kept_would_lose_something_now(checks: list[Check], kronor: int) -> None:
    account, known = account_with(checks, 0)
    found = suggested(account, kronor * 100)
    used = {one.voucher.code for one in found.vouchers}
    alone = {
        code: one.takes(kronor * 100, kronor * 100, ()) for code, one in known.items() if code not in used
    }
    losing = {code: took for code, took in alone.items() if took and took[0] and took[1]}
    assert {one.voucher.code: (one.discount, one.lost) for one in found.kept} == losing
