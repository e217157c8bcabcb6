"""Challenges: what their goals have come to, and the reward each time they are met.

They are tested again after a return: a reward whose goals are no longer met falls.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loyalty.engine.account import Account
from loyalty.engine.calendar import Span, day_end, day_start
from loyalty.engine.issuing import issue
from loyalty.engine.lapsing import expires_at
from loyalty.engine.objects import Challenge, Goal
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.redemption import end
from loyalty.engine.stock import is_left
from loyalty.engine.values import Window

if TYPE_CHECKING:
    from loyalty.engine.effects import Because

_EVER = datetime.min.replace(tzinfo=UTC)


def settle_challenges(programme: Programme, account: Account, at: datetime) -> None:
    """Give what has been won and not given; take back what is no longer won."""
    for challenge in programme.challenges:
        won = times_won(programme, challenge, account, at)
        given = account.given_in(challenge.rule, Span(None, None))[1]
        for number in range(given, won):
            _give(programme, challenge, account, at, number + 1)
        for number in range(given, won, -1):
            _take_back(programme, challenge, account, at, number)


def times_won(programme: Programme, challenge: Challenge, account: Account, at: datetime) -> int:
    """How many times the goals have been met, at most as often as it repeats."""
    found = [progress_of(programme, challenge, goal, account, at) // goal.target for goal in challenge.goals]
    return min(min(found) if challenge.needs_all else max(found), challenge.repeats)


def progress_of(
    programme: Programme, challenge: Challenge, goal: Goal, account: Account, at: datetime
) -> int:
    """What counts towards ``goal``: smallest parts of its meter, different things, or windows in a row."""
    span = Span(
        day_start(challenge.from_date, programme.zone) if challenge.from_date else None,
        day_end(challenge.to_date, programme.zone) if challenge.to_date else None,
    )
    if goal.is_of_different:
        return len(account.standing(goal.meter, span))
    if goal.in_a_row is None:
        return account.earned_in(goal.meter, span)
    return _in_a_row(Reading(programme, account, at), goal, goal.in_a_row, span)


def _in_a_row(reading: Reading, goal: Goal, window: Window, within: Span) -> int:
    """Windows in each of which there was enough: all that made up whole rows, and those of the row that goes on."""
    filled = _filled(reading, goal, window, within)
    now = reading.span(goal.meter, window)
    whole = row = 0
    before: Span | None = None
    for span in filled:
        row = row + 1 if before and before.end == span.start else 1
        if row == goal.target:
            whole, row = whole + row, 0
        before = span
    goes_on = before is not None and now.start in (before.start, before.end)
    return whole + (row if goes_on else 0)


def _filled(reading: Reading, goal: Goal, window: Window, within: Span) -> list[Span]:
    """The windows that have come to what each needs, in order of time."""
    counted: dict[Span, int] = {}
    for one in reading.account.history.get(goal.meter, ()):
        if one.at in within:
            span = reading.account.span(goal.meter, window, one.at, reading.programme.zone)
            counted[span] = counted.get(span, 0) + one.amount
    return sorted(
        (span for span, amount in counted.items() if amount >= goal.each),
        key=lambda span: span.start or _EVER,
    )


def _give(programme: Programme, challenge: Challenge, account: Account, at: datetime, number: int) -> None:
    because: Because = {"key": "challenge_won", "challenge": challenge.key, "times": number}
    source = _source(challenge, number)
    if challenge.reward:
        reward = programme.rewards[challenge.reward]
        if not is_left(account.shelf, reward):
            return
        issue(programme, reward, account, at, because, challenge.amount, rule=challenge.rule, order=source)
        return
    meter = programme.meters[challenge.meter]
    account.credit(
        meter,
        challenge.amount,
        "earn",
        at,
        {**because, "meter": meter.key, "amount": challenge.amount},
        expires_at=expires_at(programme, account, meter.key, at),
        rule=challenge.rule,
        version=programme.key,
        order=source,
    )


def _source(challenge: Challenge, number: int) -> str:
    """What a reward came of: that the goals were met for the so-manieth time."""
    return f"{challenge.rule}:{number}"


def _take_back(
    programme: Programme, challenge: Challenge, account: Account, at: datetime, number: int
) -> None:
    because: Because = {"key": "challenge_no_longer_won", "challenge": challenge.key}
    if challenge.reward:
        unused = [one for one in account.vouchers if one.rule == challenge.rule and one.state == "issued"]
        for voucher in unused[-1:]:
            end(account, voucher, "cancelled", at, because)
        return
    meter = programme.meters[challenge.meter]
    account.debit(
        meter,
        challenge.amount,
        "reverse",
        at,
        {**because, "meter": meter.key, "amount": challenge.amount},
        account.by_consumption(meter, at),
        rule=challenge.rule,
        version=programme.key,
        order=_source(challenge, number),
    )
