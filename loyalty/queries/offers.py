"""Challenges and offers as a member sees them: how far, until when, and whether a yes is needed first."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from loyalty.engine.calendar import Span, local_day
from loyalty.engine.challenges import progress_of
from loyalty.engine.happening import Order
from loyalty.engine.objects import Challenge, EarningRule, Goal
from loyalty.engine.reading import Reading
from loyalty.engine.values import Scope
from loyalty.queries.programmes import published_names
from loyalty.queries.wording import money, name_of


@dataclass(frozen=True, slots=True)
class GoalReading:
    """``have`` of ``need``, ``unit`` of them to one. ``what`` is receipts, days, lines, quantity, money, an act's
    kind, or periods where once in each of so many in a row is asked for."""

    what: str
    have: int
    need: int
    unit: int

    @property
    def is_met(self) -> bool:
        return self.have >= self.need


@dataclass(frozen=True, slots=True)
class ChallengeReading:
    """``amount`` is parts of ``meter``, or öre of ``reward``, each of ``repeats`` times; ``won`` is how often so far.

    ``last_day`` is the last on which something counts; ``can_accept``: nothing counts before the member says yes.
    """

    key: str
    goals: list[GoalReading]
    needs_all: bool
    first_day: date | None
    last_day: date | None
    won: int
    repeats: int
    meter: str
    reward: str
    amount: int
    can_accept: bool

    @property
    def is_won(self) -> bool:
        return self.won >= self.repeats


@dataclass(frozen=True, slots=True)
class OfferReading:
    """A rule that counts only for who has accepted it. ``rule`` names it; ``last_day`` is that of the acceptance."""

    key: str
    rule: str
    is_accepted: bool
    last_day: date | None
    can_accept: bool


def challenges_of(reading: Reading) -> list[ChallengeReading]:
    """Challenges that can still be won by this member, or have been, and are not over."""
    found = (_challenge(reading, one) for one in reading.programme.challenges)
    return [one for one in found if one and _is_now(reading, one.first_day, one.last_day)]


def _is_now(reading: Reading, first: date | None, last: date | None) -> bool:
    today = local_day(reading.at, reading.programme.zone)
    return (first is None or first <= today) and (last is None or today <= last)


def _challenge(reading: Reading, challenge: Challenge) -> ChallengeReading | None:
    rule = reading.programme.rule(f"count.{challenge.goals[0].meter}")
    if rule is None or not _is_for(reading, rule):
        return None
    won = reading.account.given_in(challenge.rule, Span(None, None))[1]
    accepted = reading.account.accepted_at(challenge.key, reading.at)
    last_day = challenge.to_date
    if accepted and challenge.days:
        last_day = local_day(accepted, reading.programme.zone) + timedelta(days=challenge.days - 1)
    return ChallengeReading(
        key=challenge.key,
        goals=[_goal(reading, challenge, goal, won) for goal in challenge.goals],
        needs_all=challenge.needs_all,
        first_day=challenge.from_date,
        last_day=last_day,
        won=won,
        repeats=challenge.repeats,
        meter=challenge.meter,
        reward=challenge.reward,
        amount=challenge.amount,
        can_accept=challenge.needs_acceptance and accepted is None,
    )


def _goal(reading: Reading, challenge: Challenge, goal: Goal, won: int) -> GoalReading:
    counted = progress_of(reading.programme, challenge, goal, reading.account, reading.at)
    has_next = won < challenge.repeats
    have = counted - won * goal.target if has_next else goal.target
    unit = 1 if goal.in_a_row else reading.programme.meters[goal.meter].unit
    return GoalReading(_what(reading, goal), min(max(have, 0), goal.target), goal.target, unit)


def _what(reading: Reading, goal: Goal) -> str:
    rule = reading.programme.rule(f"count.{goal.meter}")
    if goal.in_a_row or rule is None:
        return "periods"
    if rule.base.amount == "one":
        return rule.event
    if rule.base.is_money:
        return "money"
    if goal.is_of_different:
        return rule.base.attribute
    return "days" if any(cap.window and cap.times == 1 for cap in rule.caps) else rule.base.amount


def offers_of(reading: Reading) -> list[OfferReading]:
    """What this member can say yes to, or has, that is no challenge."""
    played = {challenge.key for challenge in reading.programme.challenges}
    rules = {
        rule.offer: rule
        for rule in reversed(reading.programme.earning_rules)
        if rule.scope.is_accepted
        and rule.offer not in played
        and _is_now(reading, rule.scope.days.from_date, rule.scope.days.to_date)
        and _is_for(reading, rule)
    }
    return [_offer(reading, rule) for rule in reversed(rules.values())]


def _offer(reading: Reading, rule: EarningRule) -> OfferReading:
    zone = reading.programme.zone
    accepted = reading.account.accepted_at(rule.offer, reading.at)
    days = rule.scope.accepted_days or rule.offer_days
    last_day = local_day(accepted, zone) + timedelta(days=days - 1) if accepted and days else None
    is_accepted = accepted is not None and (last_day is None or local_day(reading.at, zone) <= last_day)
    can_accept = not is_accepted and _may_accept_again(reading, rule)
    return OfferReading(rule.offer, rule.key, is_accepted, last_day if is_accepted else None, can_accept)


def _may_accept_again(reading: Reading, rule: EarningRule) -> bool:
    name, cap = f"accepted.{rule.offer}", rule.acceptances
    if cap is None or cap.window is None:
        return True
    span = reading.span(name, cap.window)
    return sum(one.at in span for one in reading.account.history.get(name, ())) < cap.times


def _is_for(reading: Reading, rule: EarningRule) -> bool:
    """Whether the rule is for this member; what, where and when are not asked."""
    given = rule.scope
    limits = replace(given.limits, receipt_min=0, receipt_max=0)
    who = Scope(
        included_people=given.included_people,
        excluded_people=given.excluded_people,
        limits=limits,
        has_order_limits=True,
    )
    return who.refuses_order(Order("look", reading.at, []), reading.programme.zone, reading) is None


_GOALS = {
    "receipts": later("%(have)s of %(need)s purchases"),
    "days": later("%(have)s of %(need)s days with a purchase"),
    "lines": later("%(have)s of %(need)s products"),
    "quantity": later("%(have)s of %(need)s items"),
    "attribute": later("%(have)s of %(need)s"),
    "money": later("%(have)s of %(need)s"),
    "periods": later("%(have)s of %(need)s periods in a row"),
    "products": later("%(have)s of %(need)s different products"),
    "categories": later("%(have)s of %(need)s different categories"),
    "brands": later("%(have)s of %(need)s different brands"),
    "stores": later("%(have)s of %(need)s different stores"),
    "visit": later("%(have)s of %(need)s visits"),
    "review": later("%(have)s of %(need)s reviews"),
    "survey": later("%(have)s of %(need)s surveys"),
}


def goal_words(goal: GoalReading) -> str:
    """“2 of 3 purchases”, in the active language."""
    sentence = gettext(_GOALS.get(goal.what, later("%(have)s of %(need)s times")))
    return sentence % {"have": _number(goal, goal.have), "need": _number(goal, goal.need)}


def _number(goal: GoalReading, amount: int) -> str:
    if goal.what == "money":
        return money(amount * 100 // goal.unit)
    return str(formats.number_format(Decimal(amount) / goal.unit, use_l10n=True, force_grouping=True))


def offer_name(key: str) -> str:
    """What the merchant calls a challenge, or the rule whose offer it is."""
    is_challenge = ("challenges", key) in published_names()
    return name_of("challenges" if is_challenge else "earning_rules", key)
