"""Step 4: vouchers on a basket. A payable amount never goes below zero."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.engine.account import Account
from loyalty.engine.calendar import local_day
from loyalty.engine.effects import Because, Voucher, VoucherChange
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, Order
from loyalty.engine.objects import Reward
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.reading import Reading
from loyalty.engine.shares import split

# Why a voucher ended that somebody else has now.
GIVEN_ON = "given_on"


def use_vouchers(timetable: Timetable, account: Account, order: Order) -> None:
    """Use the vouchers that ``order`` names, in its order, and those that use themselves.

    Raises ``Refused`` for one that cannot be used.
    """
    used: list[Reward] = []
    for code in order.vouchers:
        voucher = find(account, code)
        if voucher.redeemed_for == order.key:  # redeemed at the till, before the order was sent
            spread(min(voucher.used, order.paid), order.lines)
            continue
        _use(timetable, account, order, voucher, used)
    if timetable.has_automatic_rewards:
        _use_automatic(timetable, account, order, used)


def _use_automatic(timetable: Timetable, account: Account, order: Order, used: list[Reward]) -> None:
    for voucher in [one for one in account.vouchers if one.state == "issued"]:
        reward = reward_of(timetable, voucher)
        if reward.is_automatic and voucher.code not in order.vouchers and order.paid:
            with suppress(Refused):
                _use(timetable, account, order, voucher, used)


def _use(timetable: Timetable, account: Account, order: Order, voucher: Voucher, used: list[Reward]) -> None:
    reward = reward_of(timetable, voucher)
    check_usable(account, voucher, order.key, order.at)
    _check_together(reward, voucher, used, order)
    programme = timetable.latest(order.at) or timetable.version(voucher.version)
    use_on(programme, reward, account, order, voucher)
    used.append(reward)


def use_on(programme: Programme, reward: Reward, account: Account, order: Order, voucher: Voucher) -> None:
    """Take what ``voucher`` is good for off ``order``. Raises ``Refused``."""
    reading = Reading(programme, account, order.at, person=order.person)
    eligible = []
    if reward.scope.refuses_order(order, programme.zone, reading, reward.key) is None:
        eligible = [line for line in order.lines if reward.scope.refuses_line(line) is None]
    amount = discount(reward, voucher, order, eligible)
    spread(amount, [piece_of(reward, eligible)] if voucher.kind == "product" else eligible)
    redeem(account, reward, voucher, order.key, order.at, amount)


def reward_of(timetable: Timetable, voucher: Voucher) -> Reward:
    """What it is one of, by the version that it was issued under."""
    return timetable.version(voucher.version).rewards[voucher.reward]


def _check_together(reward: Reward, voucher: Voucher, used: list[Reward], order: Order) -> None:
    """Raises ``Refused`` where the vouchers used before, or this one, do not suffer each other."""
    same = sum(one.key == reward.key for one in used)
    if reward.max_per_receipt and same >= reward.max_per_receipt:
        raise Refused("only_so_many_per_order", code=voucher.code, maximum=reward.max_per_receipt)
    if reward.one_per and same >= order.before_vouchers // reward.one_per:
        raise Refused("one_for_each_full", code=voucher.code, each_ore=reward.one_per)
    for other in used:
        if not (_suffers(reward, other) and _suffers(other, reward)):
            raise Refused("not_together_with_others", code=voucher.code)


def _suffers(reward: Reward, other: Reward) -> bool:
    if reward.combinable == "same":
        return other.key == reward.key
    if reward.combinable == "listed":
        return other.key in reward.combines_with or other.key == reward.key
    return reward.combinable == "all"


def find(account: Account, code: str) -> Voucher:
    for voucher in account.vouchers:
        if voucher.code == code:
            return voucher
    raise Refused("voucher_not_found", code=code)


def check_usable(account: Account, voucher: Voucher, order_key: str, at: datetime) -> None:
    """Raises ``Refused`` when ``voucher`` cannot be used for that order at that moment."""
    if voucher.state == "redeemed":
        raise Refused("voucher_used", code=voucher.code, order=voucher.redeemed_for)
    if voucher.state == "cancelled":
        raise Refused("voucher_cancelled", code=voucher.code, because=voucher.ended_because)
    if voucher.state == "expired" or (voucher.expires_at and at >= voucher.expires_at):
        raise Refused("voucher_expired", code=voucher.code)
    if voucher.state == "scheduled" or at < voucher.available_from:
        raise Refused("voucher_not_yet_usable", code=voucher.code)
    if is_reserved(voucher, at) and voucher.reserved_for != order_key:
        raise Refused("voucher_reserved", code=voucher.code, order=voucher.reserved_for)
    if account.closed_at and account.closed_at <= at:
        raise Refused("account_is_closed")


def check_place(timetable: Timetable, account: Account, voucher: Voucher, order: Order) -> None:
    """Raises ``Refused`` when the reward cannot be used in the order's store, channel or at its time."""
    version = timetable.version(voucher.version)
    reward, reading = version.rewards[voucher.reward], Reading(version, account, order.at)
    if reward.scope.refuses_order(order, version.zone, reading, reward.key) is not None:
        raise Refused("nothing_to_pay_with_voucher", code=voucher.code)


def is_reserved(voucher: Voucher, at: datetime) -> bool:
    until = voucher.reserved_until
    return voucher.state == "reserved" and until is not None and at < until


def discount(reward: Reward, voucher: Voucher, order: Order, lines: list[Line]) -> int:
    """Öre that ``voucher`` takes off ``lines``; raises ``Refused`` when nothing of them allows it."""
    eligible = sum(line.paid for line in lines)
    if order.before_vouchers < reward.min_basket:
        raise Refused("basket_too_small", code=voucher.code, minimum_ore=reward.min_basket)
    if voucher.kind in ("service", "choice"):
        return 0
    if not eligible or voucher.kind in ("payout", "donation"):
        raise Refused("nothing_to_pay_with_voucher", code=voucher.code)
    allowed = int(eligible * reward.max_share / 100)
    if voucher.kind == "percent_off":
        return min(int(eligible * voucher.percent / 100), allowed)
    if voucher.kind == "product":
        return min(_apiece(piece_of(reward, lines)), voucher.value or allowed, allowed)
    amount = min(voucher.left, allowed)
    return amount - amount % reward.unit if reward.unit else amount


def piece_of(reward: Reward, lines: list[Line]) -> Line:
    """The line of which a free product is a piece: the dearest, or the cheapest that costs anything."""
    if reward.frees_cheapest:
        return min(lines, key=lambda line: (not line.paid, _apiece(line)))
    return max(lines, key=_apiece)


def _apiece(line: Line) -> int:
    return line.paid * 1000 // max(line.quantity, 1000)


def spread(amount: int, lines: list[Line]) -> None:
    """Take ``amount`` öre off ``lines`` by what each still costs."""
    shares = split(amount, [line.paid for line in lines])
    for line, share in zip(lines, shares, strict=True):
        line.voucher += share


def redeem(
    account: Account, reward: Reward, voucher: Voucher, order_key: str, at: datetime, amount: int
) -> None:
    voucher.used += amount
    is_spent = voucher.kind != "money_off" or not reward.is_partly_usable or voucher.left == 0
    lost = voucher.left if is_spent and voucher.kind == "money_off" else 0
    voucher.state = "redeemed" if is_spent else "issued"
    voucher.redeemed_for, voucher.redeemed_at = order_key, at
    _free(voucher)
    because: Because = {"key": "voucher_used", "order": order_key, "value_ore": amount}
    if lost:
        because["lost_ore"] = lost
    account.effects.append(VoucherChange(voucher, "redeemed", at, because))
    account.note("redeem", at)


def given_this_year(account: Account, reward: str, at: datetime, zone: ZoneInfo) -> int:
    """How many vouchers of ``reward`` the account has given on in the year of ``at``, by the club's own calendar."""
    year = local_day(at, zone).year
    given = (one for one in account.vouchers if one.given_to and one.reward == reward)
    return sum(local_day(one.issued_at, zone).year == year for one in given)


def give(
    account: Account,
    reward: Reward,
    voucher: Voucher,
    to: str,
    at: datetime,
    given: int,
    *,
    is_at_home: bool = False,
) -> None:
    """Hand ``voucher`` on to ``to`` (empty is somebody outside the club), who may share the account; ``given`` of its
    kind went before it this year. Raises ``Refused``."""
    check_usable(account, voucher, "", at)
    if reward.transfer_to == "nobody":
        raise Refused("not_transferable", code=voucher.code)
    if reward.transfer_to == "household" and not is_at_home:
        raise Refused("not_in_the_household", code=voucher.code)
    if reward.transfer_to == "members" and not to:
        raise Refused("only_to_members", code=voucher.code)
    if reward.transfers and given >= reward.transfers:
        raise Refused("gift_limit_reached", code=voucher.code, maximum=reward.transfers)
    if voucher.given_to:
        raise Refused("already_given", code=voucher.code)
    if reward.hands and voucher.hands >= reward.hands:
        raise Refused("given_on_before", code=voucher.code, maximum=reward.hands)
    voucher.given_to = to or "-"
    _change(account, voucher, "given", at, {"key": "voucher_given", "to": to})


def receive(giver: Account, receiver: Account, voucher: Voucher, at: datetime) -> Voucher:
    """What one member gave on is another's own from now on, for as long and as much as it was."""
    end(giver, voucher, "cancelled", at, {"key": GIVEN_ON})
    because: Because = {"key": "received"}
    gift = replace(
        voucher,
        ref=receiver.new_ref(),
        code="",
        debit=None,
        state="issued",
        issued_at=at,
        ended_because="",
        given_to="",
        hands=voucher.hands + 1,
        rule="",
        order="",
        because=because,
    )
    receiver.hold(gift)
    receiver.effects.append(VoucherChange(gift, "issued", at, because))
    return gift


def reserve(account: Account, voucher: Voucher, order_key: str, at: datetime, until: datetime) -> None:
    """Hold ``voucher`` for one order until ``until``; raises ``Refused``."""
    check_usable(account, voucher, order_key, at)
    voucher.state = "reserved"
    voucher.reserved_for, voucher.reserved_until = order_key, until
    _change(account, voucher, "reserved", at, {"key": "voucher_reserved", "order": order_key})


def release(account: Account, voucher: Voucher, at: datetime, because: Because) -> None:
    """A reservation ends without use."""
    voucher.state = "issued"
    _free(voucher)
    _change(account, voucher, "released", at, because)


def reopen(account: Account, voucher: Voucher, at: datetime, because: Because) -> None:
    """A used voucher can be used again: its order was cancelled or came back."""
    voucher.used, voucher.state = 0, "issued"
    voucher.redeemed_for, voucher.redeemed_at = "", None
    _change(account, voucher, "reopened", at, because)


def reduce(
    account: Account, voucher: Voucher, missing: int, points: int, order_key: str, at: datetime
) -> bool:
    """``missing`` of the ``points`` behind what is left of ``voucher`` are gone, and so is their share of it. Answers
    whether anything is left; only what is worth money can be worth less."""
    left = voucher.left * (points - missing) // points if points > missing else 0
    if voucher.kind != "money_off" or left <= 0:
        return False
    lost = voucher.left - left
    voucher.value -= lost
    if voucher.rule:
        source = voucher.order or str(voucher.ref)
        account.remember(f"rule.{voucher.rule}", voucher.issued_at, -lost, source)
    because = {"key": "worth_less", "order": order_key, "points": missing, "value_ore": lost}
    _change(account, voucher, "reduced", at, because)
    return True


def end(account: Account, voucher: Voucher, state: str, at: datetime, because: Because) -> None:
    """``state`` expired or cancelled: it can never be used."""
    if voucher.state != "scheduled" and because["key"] != GIVEN_ON:
        account.shelf.put_back(voucher.reward)
    voucher.state, voucher.ended_because = state, because["key"]
    _free(voucher)
    if state == "cancelled" and voucher.rule:
        source = voucher.order or str(voucher.ref)
        account.remember(f"rule.{voucher.rule}", voucher.issued_at, -max(voucher.value, 1), source)
    _change(account, voucher, state, at, because)


def _free(voucher: Voucher) -> None:
    voucher.reserved_for, voucher.reserved_until = "", None


def _change(account: Account, voucher: Voucher, move: str, at: datetime, because: Because) -> None:
    account.effects.append(VoucherChange(voucher, move, at, because))
