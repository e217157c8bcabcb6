"""Conversions: what a meter becomes, at once, on demand, or in a run at the end of a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from loyalty.engine.account import Account
from loyalty.engine.calendar import local_day
from loyalty.engine.deducting import book_shares, credit, scale_of, shares_of
from loyalty.engine.effects import Because, Lot
from loyalty.engine.errors import Refused
from loyalty.engine.issuing import IN_MONEY, issue
from loyalty.engine.lapsing import lapse
from loyalty.engine.objects import Conversion, Reward
from loyalty.engine.programme import Programme
from loyalty.engine.reading import LIFETIME, Reading
from loyalty.engine.stock import is_left

# So many vouchers at most in one go: what is left over is turned at the next.
MOST_AT_ONCE = 1000
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Portion:
    """``taken`` of the meter becomes ``value`` öre, or parts of another meter, as one voucher or credit."""

    taken: int
    value: int
    reward: str = ""


def convert_at_once(programme: Programme, account: Account, at: datetime) -> None:
    """Conversions without a run, for as long as a threshold is passed: one may feed the next."""
    for _round in programme.at_once:
        waiting = [one for one in programme.at_once if can_pay(one, account)]
        converted = [convert(programme, conversion, account, at) for conversion in waiting]
        if not any(converted):
            return


def can_pay(conversion: Conversion, account: Account) -> bool:
    """Whether there is so much that it is worth a closer look."""
    if conversion.measure != "available" or conversion.form.kind == "consecutive":
        return conversion.meter in account.history
    held = account.balance(conversion.meter)
    if conversion.form.kind in ("step", "linear", "sequence"):
        return held > 0 and (held >= conversion.form.threshold or not conversion.is_carried)
    return held > 0


def convert(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    at: datetime,
    *,
    at_most: int | None = None,
) -> int:
    """Turn what is measured at ``at``, and answer how often that gave something; the rest is carried on or dropped.

    ``at_most`` is the amount that a member wants turned, on demand.
    """
    if account.closed_at or not _is_drawing(programme, conversion, at):
        return 0
    reading = Reading(programme, account, counted_at(programme, conversion, account, at))
    if conversion.condition and not conversion.condition.holds(reading):
        return 0
    measured = measured_of(conversion, account, reading, at)
    found = portions_of(
        programme, conversion, reading, measured if at_most is None else min(measured, at_most)
    )
    portions = list(_covered(programme, conversion, account, at, found))
    if conversion.max_per_run:
        portions = portions[: conversion.max_per_run]
    given = _pay(programme, conversion, account, at, portions, measured)
    is_out, portions = given < len(portions), portions[:given]
    if portions and conversion.takes == "all":
        _drop(programme, conversion, account, at)
    if not conversion.is_carried and conversion.takes != "nothing" and not is_out:
        _drop(programme, conversion, account, at)
    if portions or conversion.schedule.kind != "at_once":
        account.note(f"run.{conversion.meter}", at)
    return len(portions)


def _is_drawing(programme: Programme, conversion: Conversion, at: datetime) -> bool:
    """Whether the draw that a conversion gives lots in takes them on that day."""
    draw = next((one for one in programme.draws if one.key == conversion.draw), None)
    return draw is None or draw.from_date <= local_day(at, programme.zone) <= draw.to_date


def _covered(
    programme: Programme, conversion: Conversion, account: Account, at: datetime, portions: Iterator[Portion]
) -> Iterator[Portion]:
    """As many of ``portions`` as there is something behind: what was earned may have been used since."""
    meter = programme.meters[conversion.meter]
    if conversion.takes == "nothing" or not meter.is_spendable:
        yield from portions
        return
    left = account.available(meter.key, at)
    for portion in portions:
        left -= portion.taken
        if left < 0:
            return
        yield portion


def _pay(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    at: datetime,
    portions: Sequence[Portion],
    measured: int,
) -> int:
    """Pay ``portions`` as far as there is something left of what they become; answers how many."""
    fee, lots = conversion.fee, _lots_for(programme, conversion, account, at)
    for number, portion in enumerate(portions):
        if not _is_left(programme, conversion, account, portion):
            return number
        # Each passing has a name of its own, by which a return finds what it gave.
        source = f"{conversion.key}:{at.isoformat()}:{number}" if conversion.takes == "nothing" else ""
        _give(programme, conversion, account, at, portion, measured, lots, source, min(fee, portion.value))
        fee -= min(fee, portion.value)
    return len(portions)


def _lots_for(programme: Programme, conversion: Conversion, account: Account, at: datetime) -> list[Lot]:
    """What portions are taken from, in this order: those that are drained give nothing to the next."""
    if conversion.takes == "nothing":
        return []
    return account.by_consumption(programme.meters[conversion.meter], at)


def _is_left(programme: Programme, conversion: Conversion, account: Account, portion: Portion) -> bool:
    """Whether there still is one of what a portion becomes; otherwise nothing is taken for it."""
    reward = programme.rewards.get(portion.reward or conversion.reward)
    return reward is None or is_left(account.shelf, reward)


def counted_at(programme: Programme, conversion: Conversion, account: Account, at: datetime) -> datetime:
    """Whose windows a run at ``at`` counts: some days after a window it still counts that one."""
    moment = at - timedelta(days=conversion.schedule.offset_days)
    if not conversion.is_of_previous:
        return moment
    start = account.span(conversion.meter, conversion.window, moment, programme.zone).start
    return moment if start is None else start - _INSTANT


def convert_on_demand(
    programme: Programme, key: str, account: Account, at: datetime, amount: int | None
) -> None:
    """A member, or staff, asks for it. Raises ``Refused``."""
    conversion = next((one for one in programme.conversions if one.key == key), None)
    if conversion is None or conversion.schedule.kind != "on_demand":
        raise Refused("no_such_conversion", conversion=key)
    if account.closed_at:
        raise Refused("account_is_closed")
    if not _is_drawing(programme, conversion, at):
        raise Refused("draw_is_not_running", draw=conversion.draw)
    available = account.free(conversion.meter, at)
    if amount is None and available < account.available(conversion.meter, at):
        amount = available  # the rest is held for an order
    if amount is not None and amount > available:
        raise Refused("not_enough", meter=conversion.meter, available=available, wanted=amount)
    reward = programme.rewards.get(conversion.reward)
    if reward is not None and not is_left(account.shelf, reward):
        raise Refused("out_of_stock", reward=reward.key)
    if not convert(programme, conversion, account, at, at_most=amount):
        raise Refused("too_little_to_convert", meter=conversion.meter, minimum=conversion.form.threshold)


def measured_of(conversion: Conversion, account: Account, reading: Reading, at: datetime) -> int:
    """How much of its meter a conversion has before it."""
    if conversion.measure == "available" and conversion.form.kind != "consecutive":
        meter = reading.programme.meters[conversion.meter]
        if not meter.is_spendable:
            return account.balance(meter.key)
        return account.available(meter.key, at)
    return reading.counted(conversion.meter, conversion.window)


def portions_of(
    programme: Programme, conversion: Conversion, reading: Reading, measured: int
) -> Iterator[Portion]:
    """What ``measured`` of its meter would become; for nothing of it, nothing."""
    for portion in _portions(programme, conversion, reading, measured):
        if portion.taken or conversion.takes == "nothing":
            yield portion


def _portions(
    programme: Programme, conversion: Conversion, reading: Reading, measured: int
) -> Iterator[Portion]:
    form = conversion.form
    if form.kind == "consecutive":
        yield from _consecutive(programme, conversion, reading)
    elif measured >= max(form.threshold, 1):
        if form.kind in ("step", "sequence"):
            yield from _steps(programme, conversion, reading, measured)
        else:
            value = _worth(programme, conversion, reading, measured)
            if value:
                yield Portion(_taken(conversion, measured), value)


def _steps(
    programme: Programme, conversion: Conversion, reading: Reading, measured: int
) -> Iterator[Portion]:
    """Each full step, or each chosen size of several steps; of passings, those not given yet."""
    form, scale = conversion.form, scale_of(programme, conversion)
    given = 0
    if conversion.measure == "passings" or form.kind == "sequence":
        window = conversion.window if conversion.measure == "passings" else LIFETIME
        span = reading.account.span(conversion.meter, window, reading.at, programme.zone)
        given = reading.account.given_in(conversion.key, span)[1]
    size = reading.account.choices.get(conversion.key) or form.step
    steps = measured // size
    if conversion.measure == "passings":
        steps -= given
    if form.kind == "sequence":
        for number in range(given, given + max(steps, 0)):
            if (one := _in_sequence(conversion, number)) is not None:
                yield Portion(form.step, int(one[0] * scale), one[1])
        return
    each = int(form.value.of(reading) * size // form.step * scale)
    if form.is_one_voucher and steps > 0:
        yield Portion(steps * size, steps * each)
        return
    for _ in range(min(max(steps, 0), MOST_AT_ONCE)):
        yield Portion(size, each)


def _in_sequence(conversion: Conversion, number: int) -> tuple[Fraction, str] | None:
    """What the passing with that number, from 0, gives."""
    sequence, again = conversion.form.sequence, conversion.form.repeat_from
    if number < len(sequence):
        return sequence[number]
    if not again:
        return None
    return sequence[again - 1 + (number - len(sequence)) % (len(sequence) - again + 1)]


def _consecutive(programme: Programme, conversion: Conversion, reading: Reading) -> Iterator[Portion]:
    """So many windows in a row within the band, the last of them just ended; none of them counted before."""
    form = conversion.form
    amounts = [reading.counted(conversion.meter, conversion.window)]
    amounts += reading.counted_in_each(conversion.meter, conversion.window, form.windows - 1)
    in_band = [form.threshold <= amount and (not form.top or amount < form.top) for amount in amounts]
    if len(in_band) < form.windows or not all(in_band):
        return
    last = reading.account.last_of(f"rule.{conversion.key}")
    spans = [reading.span(conversion.meter, conversion.window)]
    spans += reading.spans_before(conversion.meter, conversion.window, form.windows - 1)
    if last is None or not any(last in span for span in spans):
        value = int(form.value.of(reading) * scale_of(programme, conversion))
        yield Portion(_taken(conversion, amounts[0]), value)


def _worth(programme: Programme, conversion: Conversion, reading: Reading, measured: int) -> int:
    """What all of ``measured`` is worth."""
    form, unit = conversion.form, programme.meters[conversion.meter].unit
    if form.kind == "linear":
        exact = form.value.of(reading) * measured / unit
    elif form.table is None:
        return 0
    elif form.kind == "marginal_percent":
        exact = sum((part * per / (100 * unit) for part, per in form.table.parts(measured)), Fraction(0))
    else:
        found = form.table.at(measured) or Fraction(0)
        exact = found if form.kind == "table" else found * measured / (100 * unit)
    return form.round.applied(exact, scale_of(programme, conversion))


def _taken(conversion: Conversion, measured: int) -> int:
    table = conversion.form.table
    if conversion.form.kind == "table" and table is not None:
        return table.thresholds[table.rank(measured)]
    return measured


def choose(programme: Programme, account: Account, key: str, size: int) -> None:
    """The member chooses how much is turned at a time. Raises ``Refused``."""
    conversion = next((one for one in programme.conversions if one.key == key), None)
    if conversion is None or size not in conversion.sizes:
        raise Refused("no_such_choice", conversion=key)
    account.choices[key] = size


def pay(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    at: datetime,
    taken: int,
    value: int,
    source: str = "",
) -> None:
    """Turn ``taken`` of the meter into ``value`` öre, as somebody has worked out."""
    lots = _lots_for(programme, conversion, account, at)
    _give(programme, conversion, account, at, Portion(taken, value), taken, lots, source, conversion.fee)


def _give(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    at: datetime,
    portion: Portion,
    measured: int,
    lots: Sequence[Lot],
    source: str = "",
    fee: int = 0,
) -> None:
    """Pay one portion, of which ``fee`` and whatever else comes first is taken."""
    meter = programme.meters[conversion.meter]
    reward = None if conversion.to_meter else programme.rewards[portion.reward or conversion.reward]
    shares = shares_of(programme, conversion, account, at, portion.value, fee)
    because: Because = {
        "key": "converted",
        "rule": conversion.key,
        "points": portion.taken,
        "of": measured,
        "meter": meter.key,
        **_what_it_became(reward, portion.value),
    }
    if shares and reward is not None:
        because |= {"key": "converted_less", "deducted_ore": sum(share.value for share in shares)}
    debit = None
    if conversion.takes != "nothing":
        debit = account.debit(
            meter,
            portion.taken,
            "redeem",
            at,
            because,
            lots,
            rule=conversion.key,
            version=programme.key,
        )
    book_shares(programme, conversion, account, at, shares)
    value = portion.value - sum(share.value for share in shares)
    if not value and portion.value:
        return
    if reward is None:
        credit(programme, conversion, account, at, conversion.to_meter, value, because, source)
        return
    issue(programme, reward, account, at, because, value, debit, rule=conversion.key, order=source)


def _what_it_became(reward: Reward | None, value: int) -> Because:
    if reward is None:
        return {"value": value}
    return {"value_ore": value} if reward.kind in IN_MONEY else {"reward": reward.key}


def _drop(programme: Programme, conversion: Conversion, account: Account, at: datetime) -> None:
    for lot in account.by_consumption(programme.meters[conversion.meter], at):
        lapse(programme, account, lot, at, {"key": "remainder_dropped", "rule": conversion.key})
