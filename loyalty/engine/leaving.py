"""How a membership ends, what of it waits for who comes back, and for how long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from loyalty.engine import redemption, tiers
from loyalty.engine.account import Account
from loyalty.engine.calendar import add_months, day_end, day_start, local_day
from loyalty.engine.effects import Because, Closing
from loyalty.engine.errors import Refused
from loyalty.engine.lapsing import lapse
from loyalty.engine.programme import Programme

FOR_EVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who comes back before ``unbroken_to`` goes on as if never gone; before ``reopens_to``, to what is left."""

    unbroken_to: datetime | None = None
    reopens_to: datetime | None = None


def close(programme: Programme, account: Account, at: datetime, because: Because) -> None:
    """The membership ends: points are lost and open vouchers are cancelled."""
    if account.closed_at:
        return
    _lose(programme, account, at, because)
    _end(account, at, because, Waiting())


def leave(programme: Programme, account: Account, at: datetime) -> Waiting:
    """The member leaves; rewards that must be earned by staying go first, then what the rules do not let wait."""
    for reward, months in programme.life.claw_back:
        limit = day_start(add_months(local_day(account.joined_at, programme.zone), months), programme.zone)
        for voucher in account.vouchers:
            if at < limit and voucher.reward == reward and voucher.state in ("issued", "scheduled"):
                redemption.end(account, voucher, "cancelled", at, {"key": "left_early", "months": months})
    if account.closed_at:
        return Waiting()
    waiting = _waiting(programme, at)
    account.note("left", at)
    for _moment, _rank, act in [one for one in _steps(programme, account, at) if one[0] <= at]:
        act()
    _end(account, at, {"key": "left"}, waiting)
    return waiting


def to_come(programme: Programme, account: Account) -> list[tuple[datetime, int, Callable[[], object]]]:
    """What falls due on a membership that its member has left: the end of the grace, and what is lost later."""
    left = account.last_at.get("left")
    if left is None:
        return []
    steps = list(_steps(programme, account, left))
    if account.closed_at:
        return steps
    return [step for step in steps if step[0] <= account.joined_at] if left < account.joined_at else []


def is_away(account: Account, at: datetime) -> bool:
    """Whether the membership has ended by ``at``, and its member had not come back."""
    left = account.last_at.get("left")
    if left is not None and left <= at < account.joined_at:
        return True
    return account.closed_at is not None and account.closed_at <= at


def come_back(account: Account, waiting: Waiting, at: datetime) -> bool:
    """The account opens again for who left it, where it still waits; begun anew when the grace has passed."""
    if waiting.reopens_to is None or at >= waiting.reopens_to:
        return False
    if waiting.unbroken_to is None or at >= waiting.unbroken_to:
        account.joined_at = at
    account.closed_at = None
    return True


def check_open(account: Account, at: datetime) -> None:
    """Raises ``Refused`` where the membership has ended: what waits for who comes back cannot be used."""
    if is_away(account, at):
        raise Refused("account_is_closed")


def _waiting(programme: Programme, left: datetime) -> Waiting:
    rule = programme.life.leaving
    unbroken_to = _grace_end(programme, left) if rule.grace_days else None
    settled = _settled_at(programme, left)
    if rule.points == "lost":
        return Waiting(unbroken_to, unbroken_to)
    return Waiting(unbroken_to, settled if rule.points == "kept" else left + FOR_EVER)


def _steps(
    programme: Programme, account: Account, left: datetime
) -> Iterator[tuple[datetime, int, Callable[[], object]]]:
    for name, moment, act in (
        ("broken", _grace_end(programme, left), _break),
        ("settled", _settled_at(programme, left), _settle),
    ):
        done = account.last_at.get(name)
        if moment is not None and (done is None or done < left):
            yield moment, 6, partial(act, programme, account, moment)


def _grace_end(programme: Programme, left: datetime) -> datetime:
    days = programme.life.leaving.grace_days
    return _days_after(programme, left, days) if days else left


def _settled_at(programme: Programme, left: datetime) -> datetime | None:
    """When what the member had is lost or cut."""
    rule = programme.life.leaving
    if rule.points == "frozen":
        return None
    if rule.points == "kept":
        return day_end(add_months(local_day(left, programme.zone), 12 * rule.years), programme.zone)
    if rule.points == "cut":
        return _days_after(programme, left, rule.after_days) if rule.after_days else left
    return _grace_end(programme, left)


def _days_after(programme: Programme, left: datetime, days: int) -> datetime:
    return day_end(local_day(left, programme.zone) + timedelta(days=days), programme.zone)


def _break(programme: Programme, account: Account, at: datetime) -> None:
    """Who comes back now begins anew: without a tier, and with nothing counted."""
    account.note("broken", at)
    if programme.life.leaving.points != "lost":
        account.note("anew", at)
        tiers.end_all(account, at)


def _settle(programme: Programme, account: Account, at: datetime) -> None:
    account.note("settled", at)
    if programme.life.leaving.points == "cut":
        _cut(programme, account, at)
    else:
        _lose(programme, account, at, {"key": "left"})


def _cut(programme: Programme, account: Account, at: datetime) -> None:
    """Of each meter that can be spent, what is more than may stay is lost: what would lapse last is kept."""
    for meter in programme.meters.values():
        excess = account.available(meter.key, at) + account.pending(meter.key, at)
        excess -= int(programme.life.leaving.to * meter.unit)
        lots = account.by_consumption(meter, at) + [
            lot for lot in account.open_lots(meter.key) if not lot.is_available(at)
        ]
        for lot in lots:
            taken = min(lot.remaining, excess)
            if taken > 0:
                because: Because = {"key": "left_and_cut", "meter": meter.key}
                account.debit(meter, taken, "expire", at, because, [lot], version=programme.key)
                lot.lapsed += taken
                excess -= taken


def _lose(programme: Programme, account: Account, at: datetime, because: Because) -> None:
    lose_points(programme, account, at, because)
    for voucher in account.vouchers:
        if voucher.is_open:
            redemption.end(account, voucher, "cancelled", at, because)


def lose_points(programme: Programme, account: Account, at: datetime, because: Because) -> None:
    for lot in account.lots:
        if lot.remaining:
            lapse(programme, account, lot, at, because)


def _end(account: Account, at: datetime, because: Because, waiting: Waiting) -> None:
    account.closed_at = at
    account.effects.append(Closing(at, because, waiting.unbroken_to, waiting.reopens_to))
