"""Which vouchers and points would suit a basket best: wasting least, and first what ends first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.effects import Voucher, VoucherChange
from loyalty.engine.errors import Refused
from loyalty.engine.happening import MenuUse, Order
from loyalty.engine.households import check_spender
from loyalty.engine.menus import use_menus
from loyalty.engine.objects import Menu
from loyalty.engine.programme import Timetable
from loyalty.engine.redemption import reward_of, use_vouchers

# What ends within this is lost unless it is used now.
ABOUT_TO_END = timedelta(days=1)
# Members have a handful of vouchers. Of very many, those that end last are no longer weighed against each other.
MOST_TRIED = 400
_NEVER = datetime.max.replace(tzinfo=UTC)
KINDS = ("money_off", "percent_off", "product")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A voucher to use, or one to keep: öre that it takes off, and öre of it that would be lost."""

    voucher: Voucher
    discount: int
    lost: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``vouchers`` in the order to use them, then ``uses`` of points with their worth in öre.

    ``kept`` are those of which using them now would lose something.
    """

    vouchers: Sequence[Chosen]
    kept: Sequence[Chosen]
    uses: Sequence[tuple[MenuUse, int]]
    payable: int


def suggest(timetable: Timetable, account: Account, order: Order) -> Suggestion:
    """The best use on ``order`` of what ``account`` has: nothing, where the buyer may not use it. Changes neither."""
    programme = timetable.at(order.at)
    try:
        if programme is not None:
            check_spender(programme, account, order.person, order.at)
    except Refused:
        return Suggestion((), (), (), order.paid)
    soonest = sorted(account.vouchers, key=lambda one: _turn(timetable, one))
    usable = [one for one in soonest if one.kind in KINDS and one.redeemed_for != order.key]
    alone = {one.code: found for one in usable if (found := _tried(timetable, account, order, [one]))}
    candidates = [one for one in usable if one.code in alone]
    best = _best(timetable, account, order, candidates)
    used = {one.voucher.code for one in best}
    kept = [found[0] for code, found in alone.items() if code not in used and found[0].lost]
    uses = _points(timetable, account, order, [one.voucher.code for one in best])
    off = sum(one.discount for one in best) + sum(value for _use, value in uses)
    return Suggestion(best, kept, uses, order.paid - off)


def _best(
    timetable: Timetable, account: Account, order: Order, candidates: Sequence[Voucher]
) -> list[Chosen]:
    """Weigh every set that may be worth it, those with what ends first before the others."""
    best: list[Chosen] = []
    most, tried = _worth(best, candidates, order), 0
    open_sets: list[tuple[list[Chosen], int]] = [([], 0)]
    while open_sets and tried < MOST_TRIED:
        chosen, place = open_sets.pop()
        if (worth := _worth(chosen, candidates, order)) > most:
            best, most = chosen, worth
        if place == len(candidates):
            continue
        voucher, tried = candidates[place], tried + 1
        # Without one of several that are alike is without any of them.
        alike = sum(_are_alike(one, voucher) for one in candidates[place:])
        open_sets.append((chosen, place + alike))
        more = _tried(timetable, account, order, [*(one.voucher for one in chosen), voucher])
        if more and (not more[-1].lost or _ends_soon(voucher, order)):
            open_sets.append((more, place + 1))
    return best


def _worth(chosen: Sequence[Chosen], candidates: Sequence[Voucher], order: Order) -> tuple[int, ...]:
    """The larger the better: little waste first, then much use of what ends first, then of the next; few vouchers."""
    used = {one.voucher.code for one in chosen}
    wasted = sum(_wasted(one, order) for one in chosen)
    wasted += sum(one.left for one in candidates if one.code not in used and _ends_soon(one, order))
    by_end = dict.fromkeys((one.expires_at for one in candidates), 0)
    for one in chosen:
        by_end[one.voucher.expires_at] += one.discount
    return -wasted, *by_end.values(), -len(used)


def _wasted(chosen: Chosen, order: Order) -> int:
    """Öre that nobody will ever have of it; what is left of one that ends soon is as good as lost."""
    if chosen.voucher.kind == "money_off" and _ends_soon(chosen.voucher, order):
        return chosen.voucher.left - chosen.discount
    return chosen.lost


def _turn(timetable: Timetable, voucher: Voucher) -> tuple[object, ...]:
    """When it is its turn: the soonest to end first. Of those that end together, a share of the sum before money,
    whole amounts before the rest of it, and what can be used in part last, for it takes what is left."""
    reward = reward_of(timetable, voucher)
    is_money = voucher.kind == "money_off"
    fits = (is_money, is_money and reward.is_partly_usable, not reward.unit)
    return voucher.expires_at or _NEVER, fits, _kind_of(voucher)


def _kind_of(voucher: Voucher) -> tuple[object, ...]:
    """What makes vouchers that end together alike, the dearest first."""
    return -voucher.left, voucher.kind, voucher.percent or 0, voucher.reward, voucher.version


def _are_alike(one: Voucher, other: Voucher) -> bool:
    return (one.expires_at, _kind_of(one)) == (other.expires_at, _kind_of(other))


def _ends_soon(voucher: Voucher, order: Order) -> bool:
    return voucher.expires_at is not None and voucher.expires_at <= order.at + ABOUT_TO_END


def _tried(timetable: Timetable, account: Account, order: Order, vouchers: Sequence[Voucher]) -> list[Chosen]:
    """What each of the vouchers would do, in this order; nothing where one is refused or takes nothing off."""
    codes = tuple(one.code for one in vouchers)
    copy, basket = _copied(account), _untouched(order, codes)
    try:
        use_vouchers(timetable, copy, basket)
    except Refused:
        return []
    moves = {one.voucher.code: one.because for one in copy.effects if isinstance(one, VoucherChange)}
    found = [
        Chosen(one, moves[one.code]["value_ore"], moves[one.code].get("lost_ore", 0)) for one in vouchers
    ]
    return found if all(one.discount for one in found) else []


def _copied(account: Account) -> Account:
    """The account with vouchers and lots of its own: what is tried must not be seen afterwards."""
    return replace(
        account,
        vouchers=[replace(one) for one in account.vouchers],
        lots=[replace(one) for one in account.lots],
        balances=dict(account.balances),
        last_at=dict(account.last_at),
        history={name: list(found) for name, found in account.history.items()},
        effects=[],
    )


def _untouched(order: Order, codes: Sequence[str], uses: Sequence[MenuUse] = ()) -> Order:
    lines = [replace(line) for line in order.lines]
    return replace(order, lines=lines, vouchers=tuple(codes), uses=tuple(uses))


def _points(
    timetable: Timetable, account: Account, order: Order, codes: Sequence[str]
) -> list[tuple[MenuUse, int]]:
    """As many points as the rest takes, of each menu that lets members choose how many."""
    programme = timetable.at(order.at)
    found: list[tuple[MenuUse, int]] = []
    if programme is None:
        return found
    copy, basket = _copied(account), _untouched(order, codes)
    use_vouchers(timetable, copy, basket)
    for menu in programme.menus.values():
        use = MenuUse(menu.key, amount=_most(menu, copy, basket))
        if not use.amount:
            continue
        basket.uses = (use,)
        try:
            [used] = use_menus(programme, copy, basket)
        except Refused:
            continue
        found.append((use, used.value))
    return found


def _most(menu: Menu, account: Account, order: Order) -> int:
    """The most parts of the menu's meter that may be used on what is left to pay."""
    if not menu.unit_value:
        return 0
    lines = [line for line in order.lines if menu.scope.refuses_line(line) is None]
    payable = int(sum(line.paid for line in lines) * menu.max_share / 100)
    most = min(account.free(menu.meter, order.at, order.key), int(payable / menu.unit_value))
    most = min(most, menu.max_points) if menu.max_points else most
    return most - most % menu.unit
