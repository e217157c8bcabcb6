"""Vouchers as their owner sees them: what each is worth, until when, why, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from loyalty.engine.account import Voucher
from loyalty.engine.calendar import last_day, local_day
from loyalty.engine.expansion import choice_key
from loyalty.engine.objects import Reward
from loyalty.engine.reading import Reading
from loyalty.engine.redemption import is_reserved
from loyalty.queries.programmes import recent_timetable

# What is used by showing a code.
AT_THE_TILL = ("money_off", "percent_off", "product", "service", "choice")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing of a list, ``name`` as names have it; ``left`` is how many there still are, ``None`` where that is no matter or not told."""

    key: str
    name: str
    value_ore: int
    is_left: bool
    left: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """``left`` is how many can still be claimed, ``None`` where that is not told. ``first_day`` is when it can be used, ``None`` for now; ``last_day`` when it, or the time to claim it, ends."""

    pk: UUID
    code: str
    reward: str
    kind: str
    left_ore: int
    percent: Decimal
    first_day: date | None
    last_day: date | None
    is_reserved: bool
    is_to_claim: bool
    is_given: bool
    can_be_given: bool
    because: dict[str, Any]
    goes_to_anyone: bool = False
    left: int | None = None
    choices: Sequence[Choice] = ()

    @property
    def has_code(self) -> bool:
        is_free = not (self.first_day or self.is_reserved or self.is_to_claim or self.is_given)
        return is_free and self.kind in AT_THE_TILL


def checks_of(reading: Reading) -> list[Check]:
    """What can be used now or later, soonest to lapse first."""
    is_open = [
        one
        for one in reading.account.vouchers
        if one.is_open and (one.expires_at is None or reading.at < one.expires_at)
    ]
    return [_check(reading, one) for one in sorted(is_open, key=_by_end)]


def _by_end(voucher: Voucher) -> tuple[bool, datetime, datetime]:
    return voucher.expires_at is None, voucher.expires_at or voucher.issued_at, voucher.issued_at


def _check(reading: Reading, voucher: Voucher) -> Check:
    zone, is_later = reading.programme.zone, voucher.available_from > reading.at
    is_held = is_reserved(voucher, reading.at)
    is_free = voucher.state != "scheduled" and not (is_later or is_held or voucher.given_to)
    return Check(
        pk=voucher.ref,
        code=voucher.code,
        reward=voucher.reward,
        kind=voucher.kind,
        left_ore=voucher.left,
        percent=voucher.percent,
        first_day=local_day(voucher.available_from, zone) if is_later else None,
        last_day=last_day(voucher.expires_at, zone) if voucher.expires_at else None,
        is_reserved=is_held,
        is_to_claim=voucher.state == "scheduled",
        is_given=bool(voucher.given_to),
        can_be_given=is_free and _can_be_given(voucher),
        because=voucher.because,
        goes_to_anyone=_reward_of(voucher).transfer_to == "anyone",
        left=_left(reading, voucher),
        choices=choices_of(reading, voucher) if is_free and not is_later else (),
    )


def _can_be_given(voucher: Voucher) -> bool:
    """Whether its reward lets it be given on, and it has not changed hands as often as it may."""
    reward = _reward_of(voucher)
    return reward.transfer_to != "nobody" and not (reward.hands and voucher.hands >= reward.hands)


def choices_of(reading: Reading, voucher: Voucher) -> list[Choice]:
    """What the voucher can become, item by item."""
    rewards = recent_timetable().version(voucher.version).rewards
    return [
        _choice(reading, choice, choice_key(voucher.reward, choice), rewards[key], value)
        for choice, key, value in rewards[voucher.reward].choices
        if voucher.kind == "choice"
    ]


def _choice(reading: Reading, key: str, name: str, reward: Reward, value: int) -> Choice:
    left = reading.account.shelf.left(reward) if reward.stock else None
    worth = value or (reward.value if reward.kind in ("money_off", "payout", "donation") else 0)
    return Choice(key, name, worth, left != 0, left if reward.shows_stock else None)


def _left(reading: Reading, voucher: Voucher) -> int | None:
    """How many are left of what must be claimed, where members may know."""
    reward = _reward_of(voucher)
    is_told = voucher.state == "scheduled" and reward.stock and reward.shows_stock
    return reading.account.shelf.left(reward) if is_told else None


def _reward_of(voucher: Voucher) -> Reward:
    return recent_timetable().version(voucher.version).rewards[voucher.reward]
