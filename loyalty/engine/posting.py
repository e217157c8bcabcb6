"""Writing what a rule gives into an account: an entry, a voucher, or a fund's gain."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.calendar import day_start, local_day
from loyalty.engine.effects import FundEntry, Ref
from loyalty.engine.given import Given
from loyalty.engine.happening import Order
from loyalty.engine.issuing import issue
from loyalty.engine.lapsing import expires_at, settle
from loyalty.engine.objects import EarningRule
from loyalty.engine.programme import Programme
from loyalty.engine.stock import is_left
from loyalty.engine.values.scope import WEEKDAYS


@dataclass(slots=True)
class Posted:
    """What stands in the books for one rule of one order: of a meter, of a fund, or a voucher's worth."""

    meter: str
    amount: int
    earned_by: Ref | None = None
    fund: str = ""
    reward: str = ""

    def changed(self, by: int) -> "Posted":
        return replace(self, amount=self.amount + by)


def post(
    programme: Programme,
    account: Account,
    order: Order,
    given: Given,
    at: datetime,
    amount: int | None = None,
) -> Posted:
    """Give what ``given`` says, or ``amount`` of it."""
    total = amount or given.amount
    rule = given.rule
    if rule.fund:
        gained = FundEntry(rule.fund, total, at, given.because, given.name, programme.key, order.key)
        account.effects.append(gained)
        return Posted("", total, fund=rule.fund)
    if rule.reward:
        reward, last = programme.rewards[rule.reward], None
        for _ in range(rule.count):
            if is_left(account.shelf, reward):
                last = issue(
                    programme, reward, account, at, given.because, total, rule=given.name, order=order.key
                )
        return Posted("", total if last else 0, last and last.ref, reward=rule.reward)
    return _credit(programme, account, order, given, at, total)


def _credit(
    programme: Programme, account: Account, order: Order, given: Given, at: datetime, total: int
) -> Posted:
    meter = programme.meters[given.meter]
    entry = account.credit(
        meter,
        total,
        "earn",
        at,
        given.because,
        available_from=_available_from(programme, given.rule, order, at),
        expires_at=expires_at(programme, account, meter.key, order.at),
        counts_at=order.at,
        rule=given.name,
        version=programme.key,
        order=order.key,
    )
    settle(programme, account, meter.key, order.at, total, at)
    if not given.rule.is_silent:
        account.note("earn", at)
    return Posted(meter.key, total, entry.ref)


def _available_from(programme: Programme, rule: EarningRule, order: Order, at: datetime) -> datetime:
    if not rule.pending_days and rule.credit_from == "event" and not rule.credit_weekday:
        return at
    day = order.dates.get(rule.credit_from) or local_day(order.at, programme.zone)
    day += timedelta(days=rule.pending_days)
    if rule.credit_weekday:
        ahead = (WEEKDAYS.index(rule.credit_weekday) - day.weekday()) % 7
        day += timedelta(days=ahead - 7 if rule.is_credited_before else ahead)
    return max(at, day_start(day, programme.zone))
