"""What a cart would cost and earn, computed by the same steps as the sale, and nothing written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty.engine import account as engine
from loyalty.engine import redemption
from loyalty.engine.compute import Sale, place_order
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Order
from loyalty.engine.pricing import price
from loyalty.engine.programme import Timetable
from loyalty.engine.reading import Reading
from loyalty.engine.suggesting import Chosen, suggest
from loyalty.queries.accounts import load_accounts
from loyalty.queries.facts import known_to, order_facts
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import NewOrder, UnableToRecordOrder, check_order
from members.models.ids import new_id


@dataclass(frozen=True, slots=True)
class VoucherQuote:
    """Öre that one voucher would take off, and what of it would be lost; or why it cannot be used."""

    code: str
    is_usable: bool
    discount_ore: int
    lost_ore: int
    because: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IssueQuote:
    """A voucher that the cart would win at once."""

    reward: str
    kind: str
    value_ore: int
    because: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UseQuote:
    """Points that a menu could take, in the smallest part of its meter, and their worth in öre."""

    menu: str
    amount: int
    value_ore: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would suit the cart best: vouchers and points to use, in this order, and vouchers better kept."""

    vouchers: Sequence[VoucherQuote]
    kept: Sequence[VoucherQuote]
    uses: Sequence[UseQuote]
    payable_ore: int


@dataclass(frozen=True, slots=True)
class Quote:
    """``proposal`` only where it was asked for. ``earned`` is per meter, in its smallest part; ``would_earn`` is what a guest misses."""

    gross_ore: int
    discount_ore: int
    voucher_ore: int
    payable_ore: int
    vouchers: Sequence[VoucherQuote]
    earned: Mapping[str, int]
    because: Sequence[Mapping[str, Any]]
    issued: Sequence[IssueQuote]
    would_earn: Mapping[str, int]
    proposal: Proposal | None = None


def quote(cart: NewOrder, *, with_proposal: bool = False) -> Quote:
    """What ``cart`` would come to if it were bought at its ``placed_at``.

    A voucher that cannot be used is told with its reason, and the rest is quoted without it. A voucher
    that is reserved for the cart's own order number can be used. Raises ``UnableToRecordOrder`` for
    amounts that cannot be, and for points that cannot be used.
    """
    check_order(cart)
    timetable = published_timetable()
    order = order_facts(cart)
    account = _account(timetable, cart, order)
    known_to(account, order)
    catch_up(timetable, account, order.at)
    account.take_effects()
    is_guest = cart.member is None
    if is_guest and cart.uses:
        raise UnableToRecordOrder("points_need_a_member")
    programme = timetable.at(order.at)
    if programme is not None and order.has_list_prices:
        price(programme, order, Reading(programme, account, order.at, person=order.person))
        order.has_list_prices = False
    proposal = _proposal(timetable, account, order) if with_proposal and not is_guest else None
    codes = dict.fromkeys(cart.vouchers)
    tried = [
        _refused(code, {"key": "vouchers_need_a_member"})
        if is_guest
        else _try(timetable, account, order, code)
        for code in codes
    ]
    order.vouchers = ()
    try:
        sale = place_order(timetable, account, order)
    except Refused as refused:
        raise UnableToRecordOrder(refused.key, **refused.facts) from refused
    earned = _earned(sale)
    return Quote(
        gross_ore=sum(line.gross for line in order.lines),
        discount_ore=sum(line.discount for line in order.lines),
        voucher_ore=sum(line.voucher for line in order.lines),
        payable_ore=order.paid,
        vouchers=tried,
        earned={} if is_guest else earned,
        because=[{"key": "no_member"}] if is_guest else sale.award.because,
        issued=() if is_guest else list(_issued(account)),
        would_earn=earned if is_guest else {},
        proposal=proposal,
    )


def _proposal(timetable: Timetable, account: engine.Account, order: Order) -> Proposal:
    found = suggest(timetable, account, order)
    return Proposal(
        vouchers=[
            _proposed(one, "voucher_ends_anyway" if one.lost else "voucher_suggested")
            for one in found.vouchers
        ],
        kept=[_proposed(one, "voucher_better_kept") for one in found.kept],
        uses=[UseQuote(use.menu, use.amount, value) for use, value in found.uses],
        payable_ore=found.payable,
    )


def _proposed(chosen: Chosen, key: str) -> VoucherQuote:
    because: dict[str, Any] = {"key": key, "value_ore": chosen.discount, "lost_ore": chosen.lost}
    if chosen.voucher.expires_at is not None:
        because["expires_at"] = chosen.voucher.expires_at.isoformat()
    return VoucherQuote(
        code=chosen.voucher.code,
        is_usable=True,
        discount_ore=chosen.discount,
        lost_ore=chosen.lost,
        because=because,
    )


def _account(timetable: Timetable, cart: NewOrder, order: Order) -> engine.Account:
    """The buyer's account as it stands; for a guest, that of somebody who joins with this cart."""
    if cart.member is None:
        return engine.Account(joined_at=order.at, computed_to=order.at, new_ref=new_id)
    account_id = cart.member.account_id
    return load_accounts(timetable, [account_id], since=order.at, codes=cart.vouchers)[account_id]


def _try(timetable: Timetable, account: engine.Account, order: Order, code: str) -> VoucherQuote:
    before = order.paid
    order.vouchers = (code,)
    try:
        redemption.use_vouchers(timetable, account, order)
    except Refused as refused:
        return _refused(code, {**refused.facts, "key": refused.key})
    used = account.effects[-1]
    lost = used.because.get("lost_ore", 0) if isinstance(used, engine.VoucherChange) else 0
    discount = before - order.paid
    because = {"key": "voucher_applies", "code": code, "value_ore": discount}
    return VoucherQuote(code=code, is_usable=True, discount_ore=discount, lost_ore=lost, because=because)


def _refused(code: str, because: Mapping[str, Any]) -> VoucherQuote:
    return VoucherQuote(code=code, is_usable=False, discount_ore=0, lost_ore=0, because=because)


def _earned(sale: Sale) -> dict[str, int]:
    return sale.award.told()


def _issued(account: engine.Account) -> Iterator[IssueQuote]:
    for effect in account.effects:
        if isinstance(effect, engine.VoucherChange) and effect.move == "issued":
            voucher = effect.voucher
            yield IssueQuote(voucher.reward, voucher.kind, voucher.value, effect.because)
