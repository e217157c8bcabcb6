"""Step 5: what an order or an act gives, rule by rule, and why."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

from loyalty.engine.calendar import day_start, local_day
from loyalty.engine.different import one_by_one
from loyalty.engine.effects import Because
from loyalty.engine.given import Award, Given
from loyalty.engine.happening import Line, Order
from loyalty.engine.multiplying import also, extra, tiered
from loyalty.engine.objects import EarningRule
from loyalty.engine.programme import Programme
from loyalty.engine.reading import LIFETIME, Reading
from loyalty.engine.shares import split
from loyalty.engine.values.stack import kept


def award(
    programme: Programme,
    order: Order,
    reading: Reading,
    *,
    is_after: bool = False,
    is_paid_with_points: bool = False,
) -> Award:
    """What ``order`` gives under ``programme`` to an account that stands as ``reading`` says.

    ``is_after`` asks the rules that use the tier after the order, otherwise all others. What
    ``is_paid_with_points``, where the menu says so, gives nothing for money.
    """
    result = Award(programme.key)
    rules = [
        rule
        for event in occasions(programme, order, reading)
        for rule in programme.rules_by_event.get(event, ())
        if rule.uses_tier_after == is_after
        and rule.beneficiary == "buyer"
        and not (is_paid_with_points and rule.base.is_money and not rule.is_silent)
    ]
    if not rules:
        return result
    if not is_after:
        reading.this[f"event.{order.event}"] = max(order.paid, 1)
    refused = _not_yet(programme, order, reading)
    groups: dict[tuple[str, str], list[EarningRule]] = {}
    for rule in rules:
        groups.setdefault((rule.target, rule.stack.group), []).append(rule)
    for members in groups.values():
        _award_group(programme, members, order, reading, refused, result)
    return result


def occasions(programme: Programme, order: Order, reading: Reading) -> list[str]:
    """The events that ``order`` is: a first purchase is also one that rules may be about."""
    if not order.is_purchase:
        return [order.event]
    found = ["purchase"]
    about_first = programme.about_first
    if about_first and reading.happened("purchase", "count", LIFETIME) == 0:
        found += [event for event in about_first if event == "first_purchase" or reading.person.referrer]
    return found


def _not_yet(programme: Programme, order: Order, reading: Reading) -> Because | None:
    """Why the programme does not hold for this order at all: where or for whom it has not started."""
    if programme.age_from and order.is_purchase:
        age = reading.fact("age")
        if age is not None and age < programme.age_from:
            return {"key": "not_that_age", "what": str(age)}
    if order.claimed_at and programme.late_claims.is_late(order.at, order.claimed_at, programme.zone):
        last = programme.late_claims.last_day(order.at, programme.zone)
        return {"key": "claimed_too_late", "what": str(last)}
    if not programme.stages:
        return None
    day = local_day(order.at, programme.zone)
    started = [stage for stage in programme.stages if stage.from_date <= day]
    for stage in started:
        if reading.person.share < stage.share and not stage.scope.refuses_order(
            order, programme.zone, reading
        ):
            return None
    return {"key": "not_started_here", "what": order.store}


def _award_group(
    programme: Programme,
    rules: Sequence[EarningRule],
    order: Order,
    reading: Reading,
    refused: Because | None,
    result: Award,
) -> None:
    """Rules of one group and target: each by itself, then which of them count, then what multiplies them."""
    found = [
        one
        for rule in rules
        if rule.stack.kind != "multiply"
        for one in (
            [_nothing(rule, refused["key"], what=refused["what"])]
            if refused
            else one_by_one(single(programme, rule, order, reading), order)
        )
    ]
    counting = kept([one.rule.stack.kind for one in found], [one.amount for one in found])
    base = []
    for index, one in enumerate(found):
        if index in counting or not one.amount:
            _note(reading, one)
            result.take_in(one)
            base.append(one)
        else:
            result.because.append(_outdone(one))
    if counting and (len(rules) > len(found) or programme.has_multipliers):
        _multiply(programme, rules, base, order, reading, result)


def _note(reading: Reading, one: Given) -> None:
    if one.meter and one.amount:
        reading.this[one.meter] = reading.this.get(one.meter, 0) + one.amount


def single(programme: Programme, rule: EarningRule, order: Order, reading: Reading) -> Given:
    """What ``rule`` alone gives, or why nothing."""
    refused = rule.scope.refuses_order(order, programme.zone, reading, rule.offer) or _late(
        programme, rule, order, reading
    )
    if refused:
        return _nothing(rule, refused[0], what=refused[1])
    if rule.condition and not rule.condition.holds(reading):
        return _nothing(rule, "condition_not_met")
    lines, excluded = eligible(rule, order)
    if not lines:
        return _nothing(rule, "nothing_counts", excluded=excluded)
    if rule.reward and not reading.is_left(rule.reward):
        return _nothing(rule, "out_of_stock", reward=rule.reward)
    return _counted(programme, rule, order, reading, lines, excluded)


def _late(programme: Programme, rule: EarningRule, order: Order, reading: Reading) -> tuple[str, str] | None:
    """Whether it comes too late or too soon for ``rule``."""
    joined_at = reading.person.joined_at
    if rule.is_for_members and joined_at and order.at < joined_at:
        return "not_yet_a_member", ""
    if rule.late_claim_days is not None and order.claimed_at is not None:
        last = local_day(order.at, programme.zone) + timedelta(days=rule.late_claim_days)
        if local_day(order.claimed_at, programme.zone) > last:
            return "claimed_too_late", last.isoformat()
    if rule.offer_days:
        accepted = reading.account.accepted_at(rule.offer, order.at)
        if accepted is None or order.at >= _days_after(programme, accepted, rule.offer_days):
            return "after_the_dates", ""
    if rule.hours:
        name = "event.purchase" if rule.since == "purchase" else f"rule.{rule.key}"
        hours = reading.hours_since(name)
        if hours is not None and hours < rule.hours:
            return "too_soon", str(float(rule.hours))
    return None


def _days_after(programme: Programme, at: Any, days: int) -> Any:
    return day_start(local_day(at, programme.zone) + timedelta(days=days), programme.zone)


def eligible(rule: EarningRule, order: Order) -> tuple[list[Line], list[str]]:
    """The lines that count for ``rule``, and what kept others out."""
    lines, excluded = [], []
    for line in order.lines:
        named = rule.scope.refuses_line(line)
        if named is None:
            lines.append(line)
        elif named not in excluded:
            excluded.append(named)
    return lines, excluded


def _counted(
    programme: Programme,
    rule: EarningRule,
    order: Order,
    reading: Reading,
    lines: list[Line],
    excluded: list[str],
) -> Given:
    amounts = rule.base.amounts(lines)
    counting, of = rule.scope.paid_share(order)
    if counting != of:
        amounts = split(sum(amounts) * counting // of, amounts)
    total = sum(amounts)
    value = rule.rate.value.of(reading)
    rated, shares = _rated(programme, rule, reading, amounts, total, value)
    amount = _capped(programme, rule, reading, rated)
    facts: dict[str, Any] = {
        "rule": rule.key,
        "base": total,
        "of": rule.base.attribute or rule.base.amount,
        "amount": amount,
        "meter": rule.meter,
    }
    if rule.reward or rule.fund:
        facts |= {"reward": rule.reward} if rule.reward else {"fund": rule.fund}
    if excluded:
        facts["excluded"] = excluded
    if amount != rated:
        shares = split(amount, amounts)
    key = "earned" if amount else ("nothing_paid" if not total else "too_little")
    return Given(
        rule,
        amount,
        {"key": key, **facts},
        {line.ref: share for line, share in zip(lines, shares, strict=True)},
        meter=rule.meter,
    )


def _rated(
    programme: Programme,
    rule: EarningRule,
    reading: Reading,
    amounts: list[int],
    total: int,
    value: Fraction,
) -> tuple[int, list[int]]:
    """Rate and rounding where the rule says, as the amount and each line's share of it."""
    unit = _unit(programme, rule)
    at = rule.base.per if rule.round.at == "base" else rule.round.at
    if rule.base.is_counted_over_time:
        before = reading.counted(rule.counted_by, rule.base.window)
        amount = rule.rounded(before + total, value, unit) - rule.rounded(before, value, unit)
    elif at == "line":
        shares = [rule.rounded(part, value, unit) if part else 0 for part in amounts]
        return sum(shares), shares
    elif rule.base.per == "line":
        scale = rule.base.scale
        exact = sum((rule.rate.applied(part, scale, value) for part in amounts if part), Fraction(0))
        amount = rule.round.applied(exact, unit)
    else:
        amount = rule.rounded(total, value, unit) if total else 0
    return amount, split(amount, amounts)


def _unit(programme: Programme, rule: EarningRule) -> int:
    return programme.meters[rule.meter].unit if rule.meter else 100


def _capped(programme: Programme, rule: EarningRule, reading: Reading, amount: int) -> int:
    """``amount`` as far as the rule's limits and the meter's ceiling leave room for it."""
    for cap in rule.caps:
        given, times = reading.given(rule.key, cap.window, rule.happening) if cap.window else (0, 0)
        if cap.times and times >= cap.times:
            return 0
        if cap.amount:
            amount = min(amount, max(cap.amount - given, 0))
    ceiling = programme.meters[rule.meter].ceiling if rule.meter else 0
    if ceiling:
        room = ceiling - reading.balance(rule.meter) - reading.this.get(rule.meter, 0)
        amount = min(amount, max(room, 0))
    return amount


def _nothing(rule: EarningRule, key: str, **facts: object) -> Given:
    return Given(rule, 0, {"key": key, "rule": rule.key, "meter": rule.meter, **facts}, meter=rule.meter)


def _outdone(one: Given) -> Because:
    return {"key": "another_rule_counts", "rule": one.rule.key, "meter": one.rule.meter}


def _multiply(
    programme: Programme,
    rules: Sequence[EarningRule],
    base: list[Given],
    order: Order,
    reading: Reading,
    result: Award,
) -> None:
    """What the tier and the rules of kind multiply add to the rounded base, and what counts on other meters."""
    given = list(base)
    meter = programme.meters.get(base[0].rule.meter)
    by_tier = tiered(programme, base, order, reading) if meter and meter.is_spendable else []
    given += by_tier
    for rule in rules:
        if rule.stack.kind != "multiply" or not _applies(programme, rule, order, reading):
            continue
        acts_on = {"base": base, "tiered": [*base, *by_tier], "all": given}[rule.stack.acts_on]
        refs = {line.ref for line in eligible(rule, order)[0]}
        more = extra(programme, list(acts_on), rule, rule.rate.value.of(reading), rule.key, refs)
        more.amount = _capped(programme, rule, reading, more.amount)
        if more.amount:
            given.append(more)
    for one in given[len(base) :]:
        _note(reading, one)
        result.take_in(one)
    for one in also(programme, meter, given) if meter else ():
        result.take_in(one)


def _applies(programme: Programme, rule: EarningRule, order: Order, reading: Reading) -> bool:
    if rule.scope.refuses_order(order, programme.zone, reading, rule.offer):
        return False
    return _late(programme, rule, order, reading) is None and rule.condition.holds(reading)
