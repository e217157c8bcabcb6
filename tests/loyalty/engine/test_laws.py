"""The laws of the ledger, on programmes, purchases and returns that nobody thought of."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.engine.account import Account
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.memory import MemoryClub
from loyalty.engine.programme import Programme
from loyalty.engine.scenario import BackLine
from loyalty.engine.shares import split
from tests.loyalty.engine import invented
from tests.loyalty.engine.invented import MEMBER, baskets, club_of, day, programmes

many = settings(max_examples=60, deadline=None)
several = st.lists(baskets, min_size=1, max_size=3)


def check_laws(club: MemoryClub) -> None:
    """Balance = open lots − debt = sum of entries; nothing in a lot but what was put there."""
    account = club.accounts[MEMBER]
    for meter in account.balances:
        lots = [lot for lot in account.lots if lot.meter == meter]
        written = [row.amount or 0 for row in club.rows if row.meter == meter]
        assert account.balance(meter) == sum(written)
        assert account.balance(meter) == sum(lot.remaining for lot in lots) - account.debt(meter)
        assert all(0 <= lot.remaining <= lot.amount for lot in lots)
        assert all(debt.amount > 0 for debt in account.debts)
    assert all(0 <= voucher.used <= voucher.value for voucher in account.vouchers)


def give_back_everything(club: MemoryClub, orders: list[str], data: st.DataObject) -> None:
    """In random parts and in random order."""
    left = {
        (number, line.ref): line.quantity
        for number in orders
        for line in club.orders[f"scenario:{number}"].order.lines
    }
    at = 10
    while left:
        number, ref = data.draw(st.sampled_from(sorted(left)))
        whole = left[number, ref]
        quantity = data.draw(st.just(whole) | st.integers(1, whole))
        club.take_back(number, [BackLine(ref, quantity)], day(at))
        check_laws(club)
        left[number, ref] -= quantity
        if not left[number, ref]:
            del left[number, ref]
        at += data.draw(st.integers(0, 2))


@many
@given(programme=programmes(), bought=several, data=st.data())
def test_what_is_all_given_back_leaves_nothing(
    programme: Programme, bought: list[list[object]], data: st.DataObject
) -> None:
    account = bought_and_given_back(programme, bought, data)
    assert (account.balance("points"), account.debt("points")) == (0, 0)


@many
@given(programme=programmes(has_checks=True, is_pending=False), basket=baskets, data=st.data())
def test_unused_checks_go_with_the_goods_that_gave_them(
    programme: Programme, basket: list[object], data: st.DataObject
) -> None:
    account = bought_and_given_back(programme, [basket], data)
    assert (account.balance("points"), account.debt("points")) == (0, 0)
    assert [voucher.state for voucher in account.vouchers if voucher.state != "cancelled"] == []


@many
@given(programme=programmes(has_checks=True), bought=several, data=st.data())
def test_what_an_unused_check_keeps_is_owed_to_the_point(
    programme: Programme, bought: list[list[object]], data: st.DataObject
) -> None:
    """Where points of one purchase paid for the return of another, its check stays and the debt is its size."""
    account = bought_and_given_back(programme, bought, data)
    kept = [voucher.because["points"] for voucher in account.vouchers if voucher.state != "cancelled"]
    assert account.balance("points") == -sum(kept)


def bought_and_given_back(programme: Programme, bought: list[list[object]], data: st.DataObject) -> Account:
    club = club_of(programme)
    for number, basket in enumerate(bought):
        club.sell(MEMBER, invented.order(number, basket, day(number)))
        check_laws(club)
    give_back_everything(club, [str(number) for number in range(len(bought))], data)
    return club.accounts[MEMBER]


@many
@given(programme=programmes(has_checks=True), bought=several, data=st.data())
def test_checks_never_make_a_price_negative(
    programme: Programme, bought: list[list[object]], data: st.DataObject
) -> None:
    club = club_of(programme)
    for number, basket in enumerate(bought):
        club.pass_to(day(20 * number))
        codes = [one.code for one in club.state(MEMBER, day(20 * number)).vouchers if one.is_unused]
        chosen = tuple(data.draw(st.lists(st.sampled_from(codes), unique=True, max_size=4))) if codes else ()
        order = invented.order(number, basket, day(20 * number), chosen)
        try:
            done = club.sell(MEMBER, order)
        except Refused as refused:
            assert refused.key == "nothing_to_pay_with_voucher"  # noqa: PT017 - the only reason there can be
            continue
        assert done.payable is not None
        assert done.payable >= 0
        assert all(line.paid >= 0 and line.voucher >= 0 for line in order.lines)
        check_laws(club)


@many
@given(programme=programmes(), basket=baskets, data=st.data())
def test_parts_given_back_take_no_more_than_the_whole(
    programme: Programme, basket: list[object], data: st.DataObject
) -> None:
    club = club_of(programme)
    earned = club.sell(MEMBER, invented.order(1, basket, day(1))).earned.get("points", 0)
    lines = club.orders["scenario:1"].order.lines
    paid = sum(line.paid for line in lines)
    line = data.draw(st.sampled_from(lines))
    first = club.take_back("1", [BackLine(line.ref, data.draw(st.integers(1, line.quantity)))], day(2))
    if any(club.orders["scenario:1"].left(one).quantity for one in lines):
        second = club.take_back("1", [], day(3))
    else:
        second = first.__class__(refund=0)
    assert (first.refund or 0) + (second.refund or 0) == paid
    assert first.taken_back.get("points", 0) + second.taken_back.get("points", 0) >= 0
    assert club.accounts[MEMBER].balance("points") == 0
    assert earned >= 0


@many
@given(
    programme=programmes(has_checks=True, has_time=True),
    bought=several,
    stops=st.lists(st.integers(0, 400), max_size=6),
)
def test_it_does_not_matter_when_the_sweep_runs(
    programme: Programme, bought: list[list[object]], stops: list[int]
) -> None:
    swept, left_alone = club_of(programme), club_of(programme)
    for number, basket in enumerate(bought):
        for club in (swept, left_alone):
            club.sell(MEMBER, invented.order(number, basket, day(number)))
    for stop in sorted(stops):
        catch_up(swept.timetable, swept.accounts[MEMBER], day(10) + timedelta(hours=37 * stop))
    for club in (swept, left_alone):
        club.pass_to(day(800))
        check_laws(club)
    assert [row for row in swept.rows if row.what != "joined"] == [
        row for row in left_alone.rows if row.what != "joined"
    ]


@given(
    amount=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**7), min_size=1, max_size=30).filter(sum)
)
def test_shares_add_up_and_are_off_by_less_than_one(amount: int, weights: list[int]) -> None:
    shares = split(amount, weights)
    assert sum(shares) == amount
    total = sum(weights)
    assert all(
        abs(share * total - amount * weight) < total for share, weight in zip(shares, weights, strict=True)
    )


def test_equal_shares_go_to_the_earlier_line_first() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(5, [0, 0]) == [0, 0]
