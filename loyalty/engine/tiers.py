"""Tiers: up at once, kept for as long as the ladder says, down only when that has passed.

What counts is what was earned in the window, so spending never lowers a tier.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.engine.account import Account, Because, Held, TierMove
from loyalty.engine.calendar import add_months, day_end, local_day
from loyalty.engine.programme import Programme, TierLadder


def rise(programme: Programme, account: Account, at: datetime) -> None:
    """Step up, or be kept longer, where what was earned by ``at`` reaches a row."""
    for ladder in programme.ladders:
        reached, total = _reached(programme, ladder, account, at)
        held = account.tiers.get(ladder.key)
        rank = ladder.rank_of(reached)
        if rank < 0 or rank < ladder.rank_of(account.tier(ladder.key)):
            continue
        valid_to = _valid_to(programme, ladder, at)
        if held and held.tier == reached and not _is_later(valid_to, held.valid_to):
            continue
        below = held.tier if held and held.tier != reached else (held.below if held else "")
        because = {"key": "tier_reached", "tier": reached, "total": total, "meter": ladder.meter}
        _move(account, ladder.key, Held(reached, valid_to, at, "earned", below), at, because)


def fall(programme: Programme, account: Account, ladder_key: str, at: datetime) -> None:
    """The time of the tier held has passed: down to what the window supports."""
    ladder = next((row for row in programme.ladders if row.key == ladder_key), None)
    if ladder is None:
        because: Because = {"key": "ladder_ended"}
        _move(account, ladder_key, Held("", None, at), at, because)
        return
    reached, total = _reached(programme, ladder, account, at)
    valid_to = _valid_to(programme, ladder, at) if reached else None
    because = {"key": "tier_period_ended", "tier": reached, "total": total, "meter": ladder.meter}
    _move(account, ladder.key, Held(reached, valid_to, at), at, because)


def undo(programme: Programme, account: Account, sold_at: datetime, at: datetime) -> None:
    """After a return: a tier that the returned order had won, and nothing else holds, falls."""
    for ladder in programme.ladders:
        held = account.tiers.get(ladder.key)
        if not held or not held.tier or held.origin != "earned":
            continue
        span = ladder.window.span(held.reached_at, programme.zone)
        if sold_at not in span:
            continue
        total = account.earned_in(ladder.meter, span)
        row = ladder.tiers.at(total)
        reached = row.key if row else ""
        if ladder.rank_of(reached) >= ladder.rank_of(held.tier):
            continue
        lower = max(reached, held.below, key=ladder.rank_of)
        valid_to = held.valid_to if lower else None
        because = {"key": "tier_undone", "tier": lower, "total": total, "meter": ladder.meter}
        _move(account, ladder.key, Held(lower, valid_to, held.reached_at), at, because)


def set_by_hand(
    account: Account,
    ladder: str,
    tier: str,
    valid_to: datetime | None,
    at: datetime,
    actor: str,
    reason: str,
) -> None:
    """A manual tier is a floor until ``valid_to``."""
    held = Held(tier, valid_to, at, "manual", account.tier(ladder))
    _move(account, ladder, held, at, {"key": "tier_set_by_hand", "tier": tier}, actor, reason)


def _reached(programme: Programme, ladder: TierLadder, account: Account, at: datetime) -> tuple[str, int]:
    total = account.earned_in(ladder.meter, ladder.window.span(at, programme.zone))
    row = ladder.tiers.at(total)
    return (row.key if row else ""), total


def _valid_to(programme: Programme, ladder: TierLadder, at: datetime) -> datetime | None:
    zone = programme.zone
    end = ladder.window.span(at, zone).end
    if ladder.valid == "life" or end is None:
        return None
    if ladder.valid == "months" or ladder.window.kind == "trailing":
        return day_end(add_months(local_day(at, zone), ladder.valid_months), zone)
    return end if ladder.valid == "window_end" else _next_end(ladder, end, zone)


def _next_end(ladder: TierLadder, end: datetime, zone: ZoneInfo) -> datetime | None:
    return ladder.window.span(end, zone).end


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one > other)


def _move(
    account: Account,
    ladder: str,
    held: Held,
    at: datetime,
    because: Because,
    actor: str = "",
    reason: str = "",
) -> None:
    previous = account.tier(ladder)
    account.tiers[ladder] = held
    account.effects.append(TierMove(ladder, previous, held, at, because, actor, reason))
