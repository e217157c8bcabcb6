"""Writing what the engine computed: every effect of many accounts in few statements."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loyalty.engine import account as engine
from loyalty.engine.calendar import last_day
from loyalty.engine.due import due_at
from loyalty.engine.expansion import COUNTING, is_hidden
from loyalty.engine.programme import Timetable
from loyalty.models import Allocation, Balance, Entry, FundEntry, Lot, Standing, TierChange, Voucher
from loyalty.queries.accounts import held_to, hold_to
from loyalty.queries.stored import Opened
from members import actions as members
from members.models import Activity, Order, OrderReturn
from members.models.ids import new_id
from members.models.together import Row, Rows, insert_together

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32: every letter is as likely in a random byte
CODE_LENGTH = 13
ENTRY_ACTIVITIES = {
    "earn": "points.earned",
    "reverse": "points.taken_back",
    "adjust": "points.adjusted",
    "expire": "points.expired",
    "move": "points.moved",
}
_LOT_MOVES = ("remaining", "expires_at")
_VOUCHER_MOVES = (
    "state",
    "used_ore",
    "reserved_for",
    "reserved_until",
    "redeemed_for",
    "redeemed_at",
    "ended_because",
    "expires_at",
    "given_to",
    "reward",
    "kind",
    "value_ore",
    "percent",
)


@dataclass(slots=True)
class Booked:
    """What was written, per account."""

    issued: dict[int, list[Voucher]] = field(default_factory=dict)
    used: dict[int, list[Voucher]] = field(default_factory=dict)


@dataclass(slots=True)
class _Pages:
    """Rows to be written, of all accounts."""

    entries: list[Row] = field(default_factory=list)
    lots: dict[Any, Row] = field(default_factory=dict)
    left: dict[Any, Row] = field(default_factory=dict)
    allocations: list[Row] = field(default_factory=list)
    vouchers: dict[Any, Voucher] = field(default_factory=dict)
    moved: dict[Any, Voucher] = field(default_factory=dict)
    tier_changes: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    funds: list[FundEntry] = field(default_factory=list)
    closings: dict[int, engine.Closing] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Context:
    """What the rows need to know besides the effects."""

    timetable: Timetable
    now: datetime
    is_history: bool = False
    orders: Mapping[str, Order] = field(default_factory=dict)
    returns: Mapping[str, OrderReturn] = field(default_factory=dict)
    members: Mapping[int, int] = field(default_factory=dict)
    acts: Mapping[str, Any] = field(default_factory=dict)


def book(
    context: Context,
    accounts: Opened,
    activities: Iterable[Row] = (),
    also: Iterable[Rows] = (),
) -> Booked:
    """Write the effects of ``accounts``, what follows from them, and ``activities`` before theirs.

    ``also`` are rows of the caller's own, written in the same round trip.
    """
    pages = _Pages()
    for account_id, account in accounts.items():
        for effect in account.take_effects():
            _WRITERS[type(effect)](context, pages, account_id, effect)
    pages.activities = [*activities, *pages.activities]
    if context.is_history:
        for activity in pages.activities:
            activity["delivered_at"] = context.now
    _store(pages, [*also, *_derived(context, accounts)])
    for account_id, closing in pages.closings.items():
        members.close_account(
            account_id=account_id,
            at=closing.at,
            because=closing.because["key"],
            now=context.now,
            unbroken_to=closing.unbroken_to,
            reopens_to=closing.reopens_to,
        )
    return _booked(pages)


def _booked(pages: _Pages) -> Booked:
    booked = Booked()
    for voucher in pages.vouchers.values():
        booked.issued.setdefault(voucher.account_id, []).append(voucher)
    for voucher in pages.moved.values():
        if voucher.redeemed_for:
            booked.used.setdefault(voucher.account_id, []).append(voucher)
    return booked


def _entry(context: Context, pages: _Pages, account_id: int, effect: engine.Entry) -> None:
    order = context.orders.get(effect.order)
    order_return = context.returns.get(effect.order_return)
    pages.entries.append(
        {
            "id": effect.ref,
            "account_id": account_id,
            "sequence": effect.sequence,
            "meter": effect.meter,
            "kind": effect.kind,
            "amount": effect.amount,
            "rule": effect.rule,
            "version_id": int(effect.version) if effect.version else None,
            "order_id": order.pk if order else None,
            "order_return_id": order_return.pk if order_return else None,
            "reverses_id": effect.reverses,
            "because": effect.because,
            "actor": effect.actor,
            "reason": effect.reason,
            "effective_at": effect.effective_at,
            "counts_at": effect.counts_at,
            "source": effect.order,
            "act_id": context.acts.get(effect.order),
            "recorded_at": context.now,
        }
    )
    if effect.lot:
        pages.lots[effect.lot.ref] = _lot(account_id, effect.lot)
    kind = ENTRY_ACTIVITIES.get(effect.kind)
    if kind and not is_hidden(effect.meter) and not effect.rule.startswith(COUNTING):
        facts = {"meter": effect.meter, "amount": effect.amount, "entry": str(effect.ref)}
        _tell(context, pages, account_id, kind, effect.effective_at, facts)


def _lot(account_id: int, lot: engine.Lot) -> Row:
    return {
        "entry_id": lot.ref,
        "account_id": account_id,
        "meter": lot.meter,
        "amount": lot.amount,
        "remaining": lot.remaining,
        "source": lot.order,
        "earned_at": lot.earned_at,
        "available_from": lot.available_from,
        "expires_at": lot.expires_at,
    }


def _allocation(context: Context, pages: _Pages, account_id: int, effect: engine.Allocation) -> None:
    lot = effect.lot
    pages.allocations.append(
        {"id": new_id(), "debit_id": effect.debit, "lot_id": lot.ref, "amount": effect.amount}
    )
    if lot.ref not in pages.lots:
        pages.left[lot.ref] = _lot(account_id, lot)


def _voucher(context: Context, pages: _Pages, account_id: int, effect: engine.VoucherChange) -> None:
    voucher = effect.voucher
    row = pages.vouchers.get(voucher.ref) or pages.moved.get(voucher.ref)
    if row is None:
        row = _voucher_row(account_id, voucher)
        target = pages.vouchers if effect.move == "issued" else pages.moved
        target[voucher.ref] = row
    facts = {
        "voucher": str(voucher.ref),
        "reward": voucher.reward,
        "value_ore": voucher.value,
        "percent": str(voucher.percent) if voucher.percent else None,
        "used_ore": voucher.used,
        "last_day": _last_day(context, voucher),
        "because": effect.because,
    }
    _tell(context, pages, account_id, f"voucher.{effect.move}", effect.at, facts)


def _voucher_row(account_id: int, voucher: engine.Voucher) -> Voucher:
    """The row of a voucher as it ends up; a new one gets its code here."""
    if not voucher.code:
        voucher.code = "".join(CODE_LETTERS[byte % 32] for byte in secrets.token_bytes(CODE_LENGTH))
    return Voucher(
        id=voucher.ref,
        code=voucher.code,
        account_id=account_id,
        reward=voucher.reward,
        version_id=int(voucher.version),
        debit_id=voucher.debit,
        kind=voucher.kind,
        value_ore=voucher.value,
        percent=voucher.percent or None,
        used_ore=voucher.used,
        state=voucher.state,
        issued_at=voucher.issued_at,
        available_from=voucher.available_from,
        expires_at=voucher.expires_at,
        reserved_for=voucher.reserved_for,
        reserved_until=voucher.reserved_until,
        redeemed_for=voucher.redeemed_for,
        redeemed_at=voucher.redeemed_at,
        rule=voucher.rule,
        order_key=voucher.order,
        given_to=voucher.given_to,
        hands=voucher.hands,
        ended_because=voucher.ended_because,
        because=voucher.because,
    )


def _last_day(context: Context, voucher: engine.Voucher) -> str | None:
    if voucher.expires_at is None:
        return None
    zone = context.timetable.version(voucher.version).zone
    return last_day(voucher.expires_at, zone).isoformat()


def _tier(context: Context, pages: _Pages, account_id: int, effect: engine.TierMove) -> None:
    pages.tier_changes.append(
        {
            "id": new_id(),
            "account_id": account_id,
            "ladder": effect.ladder,
            "tier": effect.held.tier,
            "previous": effect.previous,
            "valid_to": effect.held.valid_to,
            "origin": effect.origin,
            "because": effect.because,
            "actor": effect.actor,
            "reason": effect.reason,
            "effective_at": effect.at,
            "recorded_at": context.now,
        }
    )
    if effect.held.tier != effect.previous:
        facts = {"ladder": effect.ladder, "tier": effect.held.tier, "previous": effect.previous}
        _tell(context, pages, account_id, "tier.changed", effect.at, facts)


def _closing(context: Context, pages: _Pages, account_id: int, effect: engine.Closing) -> None:
    pages.closings[account_id] = effect


def _extended(context: Context, pages: _Pages, account_id: int, effect: engine.LotExtended) -> None:
    if effect.lot.ref not in pages.lots:
        pages.left[effect.lot.ref] = _lot(account_id, effect.lot)


def _fund(context: Context, pages: _Pages, account_id: int, effect: engine.FundEntry) -> None:
    pages.funds.append(fund_row(effect, context.orders.get(effect.order), context.now))


def fund_row(effect: engine.FundEntry, order: Order | None, now: datetime, actor: str = "") -> FundEntry:
    """The unsaved line of a fund; ``actor`` where somebody wrote it by hand."""
    return FundEntry(
        fund=effect.fund,
        amount_ore=effect.amount,
        rule=effect.rule,
        order=order,
        source=effect.order,
        because=effect.because,
        actor=actor,
        effective_at=effect.at,
        recorded_at=now,
    )


def _credit(context: Context, pages: _Pages, account_id: int, effect: engine.Credit) -> None:
    facts = {"value_ore": effect.amount, "order": effect.order}
    _tell(context, pages, account_id, "credit.given", effect.at, facts)


def _for_another(context: Context, pages: _Pages, account_id: int, effect: engine.ForAnother) -> None:
    """What follows for another member reads the stream: two accounts are never locked at once."""
    facts = {
        "who": effect.who,
        "event": effect.event,
        "order": effect.order,
        "amount_ore": effect.amount,
        "role": effect.role,
    }
    _tell(context, pages, account_id, "referral.happened", effect.at, facts)


_WRITERS: dict[type, Any] = {
    engine.Entry: _entry,
    engine.Allocation: _allocation,
    engine.VoucherChange: _voucher,
    engine.TierMove: _tier,
    engine.Closing: _closing,
    engine.LotExtended: _extended,
    engine.FundEntry: _fund,
    engine.Credit: _credit,
    engine.ForAnother: _for_another,
}


def _tell(
    context: Context,
    pages: _Pages,
    account_id: int,
    kind: str,
    at: datetime,
    facts: Mapping[str, object],
) -> None:
    pages.activities.append(
        members.activity_row(
            kind=kind,
            member_id=context.members.get(account_id),
            account_id=account_id,
            facts=facts,
            occurred_at=at,
            now=context.now,
        )
    )


def _store(pages: _Pages, also: Iterable[Rows]) -> None:
    insert_together(
        *also,
        Rows(Entry, pages.entries),
        Rows(Lot, list(pages.lots.values())),
        Rows(Allocation, pages.allocations),
        Rows(Voucher, [vars(row) for row in pages.vouchers.values()]),
        Rows(TierChange, pages.tier_changes),
        Rows(FundEntry, [vars(row) for row in pages.funds]),
        Rows(Activity, pages.activities),
        Rows(Lot, list(pages.left.values()), ("entry",), _LOT_MOVES),
        Rows(Voucher, [vars(row) for row in pages.moved.values()], ("id",), _VOUCHER_MOVES),
    )


def _derived(context: Context, accounts: Opened) -> list[Rows]:
    balances = [
        {"account_id": pk, "meter": meter, "amount": amount, "debt": account.debt(meter)}
        for pk, account in accounts.items()
        for meter, amount in account.balances.items()
    ]
    standings = [_standing(context.timetable, pk, account) for pk, account in accounts.items()]
    kept = ("sequence", "computed_to", "due_at", "tiers", "last_at", "choices", "holds")
    return [
        Rows(Balance, balances, ("account", "meter"), ("amount", "debt")),
        Rows(Standing, standings, ("account",), kept),
    ]


def _standing(timetable: Timetable, account_id: int, account: engine.Account) -> Row:
    """The derived row of an account as it stands now."""
    return {
        "account_id": account_id,
        "sequence": account.sequence,
        "computed_to": account.computed_to,
        "due_at": due_at(timetable, account),
        "tiers": {ladder: held_to(held) for ladder, held in account.tiers.items()},
        "last_at": {name: moment.isoformat() for name, moment in account.last_at.items()},
        "choices": account.choices,
        "holds": [hold_to(one) for one in account.holds],
    }
