"""What multiplies what an order gives: the tier, rules of kind multiply; and meters that count on others too."""

from collections.abc import Iterable
from fractions import Fraction

from loyalty.engine.given import Given
from loyalty.engine.happening import Order
from loyalty.engine.objects import EarningRule, Meter
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.shares import split


def tiered(programme: Programme, base: list[Given], order: Order, reading: Reading) -> list[Given]:
    """What the tiers held add to what the rules gave."""
    rule = next(one.rule for one in base if one.amount)
    if rule.stack.group != "base" or not programme.has_tier_multipliers:
        return []
    every = {line.ref for line in order.lines}
    held = reading.tiers()
    extras = [
        extra(programme, base, rule, tier.multiplier, f"tier.{tier.key}", every)
        for ladder in programme.ladders
        for tier in ladder.tiers
        if tier.key in held and tier.multiplier and tier.key == reading.tier(ladder.key)
    ]
    return [one for one in extras if one.amount]


def extra(
    programme: Programme,
    base: list[Given],
    rule: EarningRule,
    factor: Fraction,
    key: str,
    refs: set[str],
) -> Given:
    """What one multiplier adds: to the shares that the base gave for the lines it is about."""
    unit = programme.meters[rule.meter].unit
    weights: dict[str, int] = {}
    for one in base:
        for ref, share in one.shares.items():
            if ref in refs:
                weights[ref] = weights.get(ref, 0) + share
    total = sum(weights.values())
    amount = rule.round.applied(Fraction(total, unit) * (factor - 1), unit)
    because = {
        "key": "multiplied",
        "rule": key,
        "base": total,
        "factor": str(float(factor)),
        "amount": amount,
        "meter": rule.meter,
    }
    shares = dict(zip(weights, split(amount, list(weights.values())), strict=True))
    return Given(rule, amount, because, shares, key, rule.meter)


def also(programme: Programme, meter: Meter, given: Iterable[Given]) -> list[Given]:
    """What is given of ``meter`` also counts on others, times a factor."""
    found = []
    for other, factor in meter.also:
        for one in given:
            unit = programme.meters[other].unit
            amount = int(Fraction(one.amount, meter.unit) * factor * unit)
            if amount and one.rule.stack.is_for_all:
                because = {**one.because, "meter": other, "amount": amount}
                shares = dict(zip(one.shares, split(amount, list(one.shares.values())), strict=True))
                found.append(Given(one.rule, amount, because, shares, f"{one.name}.{other}", other))
    return found
