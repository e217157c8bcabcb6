"""Tiers: up when what was earned reaches a row, kept for as long as the ladder says, down only when that has passed.

What counts is what was earned in the window, so spending never lowers a tier.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.calendar import add_months, day_end, day_start, last_moment, local_day
from loyalty.engine.effects import Because, Held, TierMove
from loyalty.engine.ladders import Tier, TierLadder, Validity
from loyalty.engine.lapsing import empty
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.surplus import counted

_INSTANT = timedelta(microseconds=1)


def rise(programme: Programme, account: Account, at: datetime, *, is_window_end: bool = False) -> None:
    """Step up, or be kept longer, where what was earned by ``at`` reaches a row."""
    for ladder in programme.ladders:
        if ladder.rises_at_once or is_window_end:
            _rise_on(programme, ladder, account, at)


def _rise_on(programme: Programme, ladder: TierLadder, account: Account, at: datetime) -> None:
    reading = Reading(programme, account, at)
    reached = _reached(ladder, reading)
    earned, given = layers(account.tiers.get(ladder.key))
    rank = ladder.rank_of(reached)
    if rank < 0 or rank < ladder.rank_of(earned.tier if earned else ""):
        return
    valid_to = valid_to_of(programme, ladder, account, reached, at)
    is_higher = not earned or earned.tier != reached
    if not is_higher and earned and not _is_later(valid_to, earned.valid_to):
        return
    below = (earned.tier if is_higher else earned.below) if earned else ""
    if is_higher and ladder.window.restart != "no":
        account.note(f"restart.{ladder.meter}", at)
        valid_to = valid_to_of(programme, ladder, account, reached, at)
    held = combined(ladder, Held(reached, valid_to, at, "earned", below), given, at)
    key = "tier_reached" if held.origin == "earned" else "tier_reached_beneath"
    move(account, ladder.key, held, at, _told(key, ladder, reached, reading))


def fall(programme: Programme, account: Account, ladder_key: str, at: datetime) -> None:
    """The time of a tier has passed: down to what was earned or given beside it, what the window supports, or one step."""
    ladder = ladder_of(programme, ladder_key)
    if ladder is None:
        move(account, ladder_key, Held("", None, at), at, {"key": "ladder_ended"})
        return
    before = account.tiers[ladder_key]
    earned, given = layers(before)
    if given and given.valid_to and given.valid_to <= at:
        given = None
    reading = Reading(programme, account, _counted_at(ladder, before.tier, at))
    if earned is None or (earned.valid_to and earned.valid_to <= at):
        earned = _renewed(programme, ladder, account, earned, reading, at)
    held = combined(ladder, earned, given, at)
    move(account, ladder.key, held, at, _told("tier_period_ended", ladder, held.tier, reading))
    if ladder.rank_of(held.tier) < ladder.rank_of(before.tier):
        _empty(programme, ladder, account, at)


def _renewed(
    programme: Programme,
    ladder: TierLadder,
    account: Account,
    earned: Held | None,
    reading: Reading,
    at: datetime,
) -> Held | None:
    """What is kept of an earned tier whose time has passed, or what was earned beside a given one."""
    kept = _reached(ladder, reading)
    if earned:
        kept = earned.tier if _is_kept(ladder, earned.tier, reading) else kept
        kept = _softly(ladder, earned.tier, kept)
    kept = _not_below(ladder, account, kept)
    return Held(kept, valid_to_of(programme, ladder, account, kept, reading.at), at) if kept else None


def undo(programme: Programme, account: Account, sold_at: datetime, at: datetime) -> None:
    """After a return: a tier that the returned order had won, and nothing else holds, falls."""
    for ladder in programme.ladders:
        earned, given = layers(account.tiers.get(ladder.key))
        if not ladder.is_undone_by_return or not earned:
            continue
        reading = Reading(programme, account, earned.reached_at)
        if sold_at not in reading.span(ladder.meter, ladder.window):
            continue
        reached = _reached(ladder, reading)
        if ladder.rank_of(reached) >= ladder.rank_of(earned.tier):
            continue
        lower = max(reached, earned.below, key=ladder.rank_of)
        left = Held(lower, earned.valid_to, earned.reached_at) if lower else None
        held = combined(ladder, left, given, earned.reached_at)
        move(account, ladder.key, held, at, _told("tier_undone", ladder, lower, reading))


def layers(held: Held | None) -> tuple[Held | None, Held | None]:
    """What was earned, and what was given, of what is held."""
    if held is None or not held.tier:
        return None, None
    own = replace(held, under=None) if held.under else held
    return (own, held.under) if held.origin == "earned" else (held.under, own)


def combined(ladder: TierLadder, earned: Held | None, given: Held | None, at: datetime) -> Held:
    """The higher of what was earned and what was given holds, of two alike the one that lasts longer."""
    if earned is None or given is None:
        return earned or given or Held("", None, at)
    ranks = ladder.rank_of(earned.tier), ladder.rank_of(given.tier)
    is_given = ranks[1] > ranks[0] or (ranks[1] == ranks[0] and _is_later(given.valid_to, earned.valid_to))
    return replace(given, under=earned) if is_given else replace(earned, under=given)


def withdraw(programme: Programme, account: Account, at: datetime) -> None:
    """Money was taken out: down to the row that the ladder says, and what counts towards the next begins anew."""
    for ladder in programme.ladders:
        lower = ladder.back_to_on_withdrawal
        earned, given = layers(account.tiers.get(ladder.key))
        if not lower or not earned or ladder.rank_of(earned.tier) <= ladder.rank_of(lower):
            continue
        account.note(f"anew.{ladder.meter}", at)
        left = Held(lower, valid_to_of(programme, ladder, account, lower, at), at)
        because: Because = {"key": "tier_withdrawn", "tier": lower}
        move(account, ladder.key, combined(ladder, left, given, at), at, because)


def end_all(account: Account, at: datetime) -> None:
    """The membership has ended, and every tier with it."""
    for ladder, held in list(account.tiers.items()):
        if held.tier:
            move(account, ladder, Held("", None, at), at, {"key": "left"})


def ladder_of(programme: Programme, key: str) -> TierLadder | None:
    return next((ladder for ladder in programme.ladders if ladder.key == key), None)


def next_promotion(programme: Programme, ladder: TierLadder, account: Account) -> datetime | None:
    """When a ladder that promotes at the end of its window looks next."""
    if ladder.rises_at_once:
        return None
    zone = programme.zone
    course = account.course(ladder.meter, ladder.window, zone)
    end = ladder.window.next_end(local_day(account.computed_to, zone) - timedelta(days=1), course)
    while end is not None and last_moment(end, zone) <= account.computed_to:
        end = ladder.window.next_end(end, course)
    return None if end is None else last_moment(end, zone)


def valid_to_of(
    programme: Programme, ladder: TierLadder, account: Account, tier: str, at: datetime
) -> datetime | None:
    """To when a tier reached at ``at`` is kept; ``None`` is for ever."""
    valid, zone = ladder.valid_for(tier), programme.zone
    if valid.kind == "life":
        return None
    if valid.kind == "while":
        return _holds_to(programme, ladder, account, at)
    if valid.kind == "months" or ladder.window.kind == "trailing":
        return _later(programme, day_end(add_months(local_day(at, zone), valid.count), zone), valid, ladder)
    day = local_day(at, zone)
    course = account.course(ladder.meter, ladder.window, zone)
    restarts = ladder.window.anew_from(course)
    first = max(day, restarts) if restarts else day
    last = ladder.window.next_end(first - timedelta(days=1), course)
    if last is not None and valid.kind == "next_window_end":
        last = ladder.window.next_end(last, course)
    return None if last is None else _later(programme, day_end(last, zone), valid, ladder)


def _counted_at(ladder: TierLadder, tier: str, at: datetime) -> datetime:
    """Whose window decides when a tier's time is over: the one that then ended, where it was kept through a next one."""
    valid = ladder.valid_for(tier)
    if valid.kind != "next_window_end" or valid.extra_months:
        return at
    return at - timedelta(days=ladder.grace_days) - _INSTANT


def _holds_to(programme: Programme, ladder: TierLadder, account: Account, at: datetime) -> datetime | None:
    """When what is counted can become less: the oldest of it leaves a trailing window, or the window ends."""
    zone = programme.zone
    if ladder.window.kind != "trailing":
        last = ladder.window.next_end(
            local_day(at, zone) - timedelta(days=1), account.course(ladder.meter, ladder.window, zone)
        )
        return None if last is None else day_end(last, zone)
    span = ladder.window.span(at, zone)
    oldest = min((one.at for one in account.history.get(ladder.meter, ()) if one.at in span), default=at)
    day = local_day(at, zone)
    while oldest in ladder.window.span(day_start(day, zone), zone):
        day += timedelta(days=1)
    return max(day_start(day, zone), day_end(local_day(at, zone), zone))


def _later(programme: Programme, end: datetime, valid: Validity, ladder: TierLadder) -> datetime:
    """``end`` with the months that the tier is kept longer, and the days of grace."""
    if not valid.extra_months and not ladder.grace_days:
        return end
    day = add_months(local_day(end - _INSTANT, programme.zone), valid.extra_months)
    return day_end(day + timedelta(days=ladder.grace_days), programme.zone)


def _reached(ladder: TierLadder, reading: Reading) -> str:
    """The highest row whose amount and condition hold."""
    if ladder.minimum and not ladder.minimum.holds(reading):
        return ""
    total = counted(ladder, reading)
    return next((tier.key for tier in reversed(ladder.tiers) if _reaches(tier, total, reading)), "")


def _reaches(tier: Tier, total: int, reading: Reading) -> bool:
    if tier.threshold is None and not tier.reach:
        return False
    return (tier.threshold is None or total >= tier.threshold) and tier.reach.holds(reading)


def _is_kept(ladder: TierLadder, key: str, reading: Reading) -> bool:
    """Whether what keeps a tier holds; a tier with nothing of that kind is kept by what reaches it."""
    rank = ladder.rank_of(key)
    if rank < 0:
        return False
    tier = ladder.tiers[rank]
    if tier.keep is None and tier.keep_from is None:
        return False
    total = counted(ladder, reading)
    return (tier.keep_from is None or total >= tier.keep_from) and (
        tier.keep is None or tier.keep.holds(reading)
    )


def _softly(ladder: TierLadder, held: str, reached: str) -> str:
    """One step down at most, where the ladder lands softly."""
    rank = ladder.rank_of(held)
    if not ladder.falls_by_one or ladder.rank_of(reached) >= rank - 1:
        return reached
    return ladder.tiers[rank - 1].key if rank > 0 else ""


def _not_below(ladder: TierLadder, account: Account, reached: str) -> str:
    once_held, floor = ladder.never_below
    if not floor:
        return reached
    ever = {tier for _at, of, tier in account.tier_history if of == ladder.key} | {account.tier(ladder.key)}
    has_held = any(tier and ladder.rank_of(tier) >= ladder.rank_of(once_held) for tier in ever)
    return max(reached, floor, key=ladder.rank_of) if has_held else reached


def _empty(programme: Programme, ladder: TierLadder, account: Account, at: datetime) -> None:
    """Losing a tier also empties what the ladder says."""
    for key in ladder.zeroes_on_fall:
        empty(programme, account, key, at, {"key": "tier_lost", "meter": key})


def _told(key: str, ladder: TierLadder, tier: str, reading: Reading) -> Because:
    total = counted(ladder, reading)
    return {"key": key, "tier": tier, "total": total, "meter": ladder.meter}


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one > other)


def move(
    account: Account,
    ladder: str,
    held: Held,
    at: datetime,
    because: Because,
    actor: str = "",
    reason: str = "",
    origin: str = "earned",
) -> None:
    """``held`` is what the account has on the ladder from now on."""
    previous = account.tier(ladder)
    account.tiers[ladder] = held
    account.tier_history.append((at, ladder, held.tier))
    account.effects.append(TierMove(ladder, previous, held, at, because, actor, reason, origin))
