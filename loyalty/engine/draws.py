"""Draws: which entries lie in which pool, when it is drawn, and who wins.

The winners follow from the stored seed and the list of entries alone, so that anybody can check them: prize n of a pool
is the entry at SHA-256("seed|draw|first day of the pool|n") modulo the number of entries left, in the list's order.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from loyalty.engine.account import Account
from loyalty.engine.calendar import Span, day_end, day_start
from loyalty.engine.issuing import issue
from loyalty.engine.lapsing import expires_at
from loyalty.engine.objects import Draw, Prize
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.stock import is_left
from loyalty.engine.values.scope import WEEKDAYS

if TYPE_CHECKING:
    from loyalty.engine.effects import Because

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pool:
    """Entries of days ``first`` to ``last`` are drawn at ``drawn_at``."""

    first: date
    last: date
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class Win:
    who: str
    prize: Prize


def pools_of(programme: Programme, draw: Draw) -> Iterator[Pool]:
    """Every pool of ``draw``, in the order of its days."""
    first = draw.from_date
    while first <= draw.to_date:
        last = min(_last_of_pool(draw, first), draw.to_date)
        yield Pool(first, last, day_start(_drawn_on(draw, last), programme.zone))
        first = last + _DAY


def due_pools(
    programme: Programme, drawn: Collection[tuple[str, date]], at: datetime
) -> list[tuple[Draw, Pool]]:
    """Pools to be drawn by ``at`` that are not among those ``drawn``, in the order of their moments."""
    found = [
        (draw, pool)
        for draw in programme.draws
        for pool in pools_of(programme, draw)
        if pool.drawn_at <= at and (draw.key, pool.first) not in drawn
    ]
    return sorted(found, key=lambda one: (one[1].drawn_at, one[0].key, one[1].first))


def rules_of(timetable: Timetable, draw: Draw, at: datetime) -> Programme:
    """The version whose prizes a draw at ``at`` gives: the one in force then, or the first after it that knows the draw."""
    knowing = [
        one for _from, _to, one in timetable.versions if draw.key in {known.key for known in one.draws}
    ]
    in_force = timetable.latest(at)
    return next((one for one in knowing if one is in_force), knowing[0])


def _last_of_pool(draw: Draw, first: date) -> date:
    if draw.pool == "day":
        return first
    if draw.pool == "week":
        return first + timedelta(days=6 - first.weekday())
    return draw.to_date


def _drawn_on(draw: Draw, last: date) -> date:
    """The day of the draw: with a weekday, the first such day after the week that the pool ends in, no holiday."""
    if not draw.weekday:
        return last + timedelta(days=draw.days_after)
    sunday = last + timedelta(days=6 - last.weekday())
    day = sunday + _DAY + timedelta(days=WEEKDAYS.index(draw.weekday))
    while day in draw.not_dates:
        day += timedelta(days=7)
    return day


def entries_of(programme: Programme, draw: Draw, pool: Pool, account: Account) -> int:
    """How many entries an account has in a pool."""
    span = Span(day_start(pool.first, programme.zone), day_end(pool.last, programme.zone))
    return max(account.earned_in(draw.meter, span), 0)


def winners_of(
    draw: Draw, pool: Pool, entries: Mapping[str, int], wins_before: Mapping[str, int]
) -> list[Win]:
    """Who wins which prize, by the number of entries of each; who has won often enough is left out."""
    left = [who for who in listed(entries) for _ in range(entries[who])]
    wins = dict(wins_before)
    found: list[Win] = []
    for prize in [one for one in draw.prizes for _ in range(one.count)]:
        left = [who for who in left if not draw.max_wins or wins.get(who, 0) < draw.max_wins]
        if not left:
            break
        who = left.pop(_number(draw, pool, len(found)) % len(left))
        wins[who] = wins.get(who, 0) + 1
        found.append(Win(who, prize))
    return found


def listed(entries: Mapping[str, int]) -> list[str]:
    """Who stands on the list, in its order: accounts by their number, 9 before 10, and names by their letters."""
    return sorted(entries, key=lambda who: (int(who), "") if who.isdigit() else (0, who))


def _number(draw: Draw, pool: Pool, turn: int) -> int:
    text = f"{draw.seed}|{draw.key}|{pool.first.isoformat()}|{turn}"
    return int.from_bytes(sha256(text.encode()).digest())


def hold(
    programme: Programme,
    draw: Draw,
    pool: Pool,
    accounts: Mapping[str, Account],
    wins_before: Mapping[str, int],
) -> list[Win]:
    """Draw a pool among ``accounts``, by name, and book the prizes."""
    entries = {
        name: entries_of(programme, draw, pool, account)
        for name, account in accounts.items()
        if draw.takes_staff or not (account.person and account.person.is_staff)
    }
    won = winners_of(draw, pool, entries, wins_before)
    for win in won:
        give_prize(programme, accounts[win.who], draw, win, pool.drawn_at)
    return won


def give_prize(programme: Programme, account: Account, draw: Draw, win: Win, at: datetime) -> None:
    """Book a prize on the winner's account."""
    because: Because = {"key": "prize_won", "draw": draw.key}
    rule, prize = f"draw.{draw.key}", win.prize
    if prize.reward:
        reward = programme.rewards[prize.reward]
        if is_left(account.shelf, reward):
            issue(programme, reward, account, at, because, prize.amount, rule=rule)
    elif prize.meter:
        meter = programme.meters[prize.meter]
        account.credit(
            meter,
            prize.amount,
            "earn",
            at,
            {**because, "meter": meter.key, "amount": prize.amount},
            expires_at=expires_at(programme, account, meter.key, at),
            rule=rule,
            version=programme.key,
        )
