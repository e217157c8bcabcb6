"""A member as staff see them over the counter, and what a purchase would come to there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from loyalty.queries.balances import MeterReading, readings
from loyalty.queries.checks import Check, checks_of
from loyalty.queries.facts import tiers_of
from loyalty.queries.quotes import quote
from loyalty.queries.standings import standing_of
from members.actions import NewOrder, NewUse
from members.models import Member


@dataclass(frozen=True, slots=True)
class Counter:
    """Tiers as (ladder, tier), what can be spent, and the checks that can be used now."""

    tiers: Sequence[tuple[str, str]]
    points: Sequence[MeterReading]
    checks: Sequence[Check]


def at_the_counter(member: Member, at: datetime) -> Counter:
    """What the till page shows of a member; nothing of it before the club has rules."""
    reading = standing_of(member.account_id, at)
    if reading is None:
        return Counter((), (), ())
    return Counter(
        tiers=[(ladder, tier) for ladder, tier in tiers_of(reading.account).items() if tier],
        points=[one for one in readings(reading.programme, reading.account, at) if one.is_spendable],
        checks=[one for one in checks_of(reading) if one.has_code],
    )


def proposed(cart: NewOrder) -> NewOrder:
    """The cart with the checks and points that waste least."""
    found = quote(cart, with_proposal=True).proposal
    if found is None:
        return cart
    return replace(
        cart,
        vouchers=tuple(one.code for one in found.vouchers),
        uses=tuple(NewUse(menu=one.menu, amount=one.amount) for one in found.uses),
    )
