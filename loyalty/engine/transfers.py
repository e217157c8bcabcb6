"""What one account gives and another takes: two that become one, and a share that goes along with who moves out.

Every point that moves is a debit of the one and a credit of the other, as old and as lasting as it was, so each account
keeps its whole history and its balance stays the sum of its entries.
"""

from bisect import insort
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from loyalty.engine import tiers
from loyalty.engine.account import Account
from loyalty.engine.challenges import settle_challenges
from loyalty.engine.conversions import convert_at_once
from loyalty.engine.due import catch_up
from loyalty.engine.effects import Because, Held, Lot
from loyalty.engine.ladders import TierLadder
from loyalty.engine.leaving import check_open
from loyalty.engine.objects import Meter
from loyalty.engine.programme import Programme, Timetable

# What an account has done of itself; all else that happened last happened to whoever takes it over, too.
_ITS_OWN = ("run.", "restart.", "anew", "left", "broken", "settled")
MERGED, MOVED_OUT = "account_merged", "moved_out"


@dataclass(frozen=True, slots=True)
class Moving:
    """Who has points moved, and why, in a word that sentences know and in words of their own."""

    key: str
    actor: str
    reason: str

    def because(self, meter: str, amount: int) -> Because:
        return {"key": self.key, "meter": meter, "amount": amount}

    def told(self, programme: Programme) -> dict[str, Any]:
        return {"version": programme.key, "actor": self.actor, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Share:
    """What of an account is a member's who moves out.

    ``kind`` is ``stays`` (nothing), ``earned`` (what is left of their own: ``sources`` are their orders and acts, ``counted``
    what those came to by counter) or ``equal`` (one of ``heads`` parts of what can be spent).
    """

    kind: str = "stays"
    sources: Collection[str] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    heads: int = 1


def merge(timetable: Timetable, taker: Account, giver: Account, at: datetime, by: Moving) -> None:
    """All that ``giver`` has and has done is ``taker``'s from ``at`` on. Raises ``Refused`` where either has ended."""
    for account in (taker, giver):
        catch_up(timetable, account, at)
        check_open(account, at)
    _take_over(taker, giver)
    programme = timetable.latest(at)
    if programme is not None:
        for key in list(giver.balances):
            _move_all(programme, key, giver, taker, at, by)
        _keep_lapsed(taker, giver, None)
        _take_tiers(programme, taker, giver, at, by)
        _follow(programme, taker, at)
    giver.closed_at = at


def part(
    programme: Programme, giver: Account, taker: Account, at: datetime, share: Share, by: Moving
) -> None:
    """``taker``, new and empty, begins with its ``share`` of ``giver``; both are computed up to ``at``."""
    taker.computed_to = max(taker.computed_to, at)
    for name, moment in giver.last_at.items():
        if not name.startswith(_ITS_OWN):
            taker.note(name, moment)
    if share.kind == "earned":
        _move_earned(programme, giver, taker, at, share, by)
    elif share.kind == "equal":
        _move_part(programme, giver, taker, at, share.heads, by)
    _follow(programme, taker, at)


def _take_over(taker: Account, giver: Account) -> None:
    """What has happened to ``giver`` has happened to ``taker``; its vouchers change hands."""
    _take_history(taker, giver, None)
    taker.tier_history = sorted([*taker.tier_history, *giver.tier_history], key=lambda one: one[0])
    for name, moment in giver.last_at.items():
        if not name.startswith(_ITS_OWN):
            taker.note(name, moment)
    taker.choices = giver.choices | taker.choices
    taker.vouchers = sorted([*taker.vouchers, *giver.vouchers], key=attrgetter("issued_at"))
    taker.backing |= giver.backing
    taker.holds += giver.holds
    giver.vouchers, giver.holds = [], []


def _take_history(taker: Account, giver: Account, sources: Collection[str] | None) -> None:
    """What came of ``sources``, or everything; in the order of time."""
    for name, past in giver.history.items():
        goes = [one for one in past if sources is None or one.source in sources]
        if goes:
            taker.history[name] = sorted([*taker.history.get(name, ()), *goes], key=attrgetter("at"))
            giver.history[name] = [one for one in past if one not in goes]


def _move_all(
    programme: Programme, key: str, giver: Account, taker: Account, at: datetime, by: Moving
) -> None:
    meter = _meter(programme, key, giver)
    if not meter.is_spendable:
        _move_counter(programme, meter, giver, taker, giver.balance(key), at, by)
        return
    for lot in list(giver.open_lots(key)):
        _move_lot(programme, meter, giver, taker, lot, lot.remaining, at, by)
    if owed := giver.debt(key):
        because, told = by.because(key, owed), by.told(programme)
        giver.credit(meter, owed, "move", at, because, **told)
        pending = [lot for lot in taker.open_lots(key) if at < lot.available_from]
        taker.debit(meter, owed, "move", at, because, [*taker.by_consumption(meter, at), *pending], **told)


def _meter(programme: Programme, key: str, giver: Account) -> Meter:
    """The meter, or what only an earlier version had: spendable if it ever held lots."""
    known = programme.meters.get(key)
    held = any(lot.meter == key for lot in giver.lots) or any(debt.meter == key for debt in giver.debts)
    return known or replace(programme.meter(key), is_spendable=held)


def _move_lot(
    programme: Programme,
    meter: Meter,
    giver: Account,
    taker: Account,
    lot: Lot,
    amount: int,
    at: datetime,
    by: Moving,
) -> None:
    because, told = by.because(meter.key, amount), by.told(programme)
    giver.debit(meter, amount, "move", at, because, [lot], **told)
    taker.credit(
        meter,
        amount,
        "move",
        at,
        because,
        available_from=lot.available_from,
        expires_at=lot.expires_at,
        earned_at=lot.earned_at,
        order=lot.order,
        **told,
    )


def _move_counter(
    programme: Programme, meter: Meter, giver: Account, taker: Account, amount: int, at: datetime, by: Moving
) -> None:
    because, told = by.because(meter.key, abs(amount)), by.told(programme)
    if amount > 0:
        giver.debit(meter, amount, "move", at, because, **told)
        taker.credit(meter, amount, "move", at, because, **told)
    elif amount < 0:
        giver.credit(meter, -amount, "move", at, because, **told)
        taker.debit(meter, -amount, "move", at, because, **told)


def _keep_lapsed(taker: Account, giver: Account, sources: Collection[str] | None) -> None:
    """What of ``sources``, or of everything, lapsed unused is still no gain when its goods come back to ``taker``."""
    for lot in giver.lots:
        if lot.lapsed and (sources is None or lot.order in sources):
            insort(taker.lots, lot, key=attrgetter("earned_at"))


def _move_earned(
    programme: Programme, giver: Account, taker: Account, at: datetime, share: Share, by: Moving
) -> None:
    for lot in [one for one in giver.lots if one.remaining and one.order in share.sources]:
        _move_lot(programme, _meter(programme, lot.meter, giver), giver, taker, lot, lot.remaining, at, by)
    for key, counted in share.counted.items():
        meter = _meter(programme, key, giver)
        if not meter.is_spendable:
            left = max(min(counted, giver.balance(key)), 0)
            _move_counter(programme, meter, giver, taker, left, at, by)
    _keep_lapsed(taker, giver, share.sources)
    _take_history(taker, giver, share.sources)
    goes = [one for one in giver.vouchers if one.order in share.sources]
    giver.vouchers = [one for one in giver.vouchers if one not in goes]
    taker.vouchers += goes


def _move_part(
    programme: Programme, giver: Account, taker: Account, at: datetime, heads: int, by: Moving
) -> None:
    """One of ``heads`` equal parts of every meter that can be spent, rounded down; what would be spent first, first."""
    for meter in [one for one in programme.meters.values() if one.is_spendable]:
        pending = [lot for lot in giver.open_lots(meter.key) if at < lot.available_from]
        lots = [*giver.by_consumption(meter, at), *pending]
        left = sum(lot.remaining for lot in lots) // heads
        for lot in lots:
            amount = min(lot.remaining, left)
            if amount:
                _move_lot(programme, meter, giver, taker, lot, amount, at, by)
                left -= amount


def _take_tiers(programme: Programme, taker: Account, giver: Account, at: datetime, by: Moving) -> None:
    """Of what the two hold on a ladder, the better stays."""
    for ladder in programme.ladders:
        ours, theirs = taker.tiers.get(ladder.key), giver.tiers.get(ladder.key)
        best = [_better(ladder, *pair) for pair in zip(tiers.layers(ours), tiers.layers(theirs), strict=True)]
        held = tiers.combined(ladder, best[0], best[1], at)
        if theirs and held.tier and (not ours or (held.tier, held.valid_to) != (ours.tier, ours.valid_to)):
            because: Because = {"key": by.key, "tier": held.tier}
            tiers.move(taker, ladder.key, held, at, because, by.actor, by.reason, held.origin)
    for key, held in list(giver.tiers.items()):
        if held.tier:
            ended = Held("", None, at)
            tiers.move(giver, key, ended, at, {"key": by.key}, by.actor, by.reason, held.origin)


def _better(ladder: TierLadder, one: Held | None, other: Held | None) -> Held | None:
    if one is None or other is None:
        return one or other
    ranks = ladder.rank_of(one.tier), ladder.rank_of(other.tier)
    if ranks[0] != ranks[1]:
        return one if ranks[0] > ranks[1] else other
    lasts_longer = one.valid_to is not None and (other.valid_to is None or other.valid_to > one.valid_to)
    return other if lasts_longer else one


def _follow(programme: Programme, account: Account, at: datetime) -> None:
    """What the points of both lead to at once."""
    convert_at_once(programme, account, at)
    tiers.rise(programme, account, at)
    if programme.challenges:
        settle_challenges(programme, account, at)
        convert_at_once(programme, account, at)
