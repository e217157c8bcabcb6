"""What an action answers about orders and returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loyalty.engine.compute import Sale
from loyalty.models import Award, Voucher
from loyalty.queries.balances import MeterReading, seen
from members.models import Order, OrderReturn
from members.models.together import Row


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """``points`` is what the account then has, ``None`` where that must be asked anew.

    ``earned`` is the amount per meter, in its smallest part; ``because`` tells why, or why not."""

    order: Order
    is_replay: bool
    earned: Mapping[str, int] = field(default_factory=dict)
    because: Sequence[Mapping[str, Any]] = ()
    issued: Sequence[Voucher] = ()
    used: Sequence[Voucher] = ()
    tiers: Mapping[str, str] = field(default_factory=dict)
    points: Sequence[MeterReading] | None = None


@dataclass(frozen=True, slots=True)
class ReturnOutcome:
    """``taken_back`` is the amount per meter, positive. A parked return waits for its order."""

    order_return: OrderReturn
    is_replay: bool
    is_parked: bool
    taken_back: Mapping[str, int] = field(default_factory=dict)
    because: Sequence[Mapping[str, Any]] = ()


def at_sale(sale: Sale) -> dict[str, Any]:
    """The frozen side of a sale or an act as JSON, which ``frozen_sale`` reads."""
    return {
        "answers": sale.answers,
        "earns": sale.earns,
        "uses": uses_at_sale(sale),
    }


def uses_at_sale(sale: Sale) -> list[list[Any]]:
    return [[used.menu, used.points, used.value, used.returned] for used in sale.uses]


def award_row(order: Order, sale: Sale, tiers_after: Mapping[str, str]) -> Row:
    """The columns of the ``Award`` that tells what ``order`` gave, and of the standing that returns will need."""
    award = sale.award
    return {
        "order_id": order.pk,
        "account_id": order.account_id,
        "version_id": int(award.version) if award.version else None,
        "at_sale": {**at_sale(sale), "tiers_after": dict(tiers_after)},
        "shares": {given.name: given.shares for given in award.given if given.amount},
        "because": award.because,
    }


def answered_before(order: Order) -> OrderOutcome:
    """The facts of the first answer, for an order that was recorded earlier."""
    award = Award.objects.filter(order=order).first()
    earned: dict[str, int] = {}
    for meter, amount in seen(order.entries.filter(kind="earn")).values_list("meter", "amount"):
        earned[meter] = earned.get(meter, 0) + amount
    return OrderOutcome(
        order=order,
        is_replay=True,
        earned=earned,
        because=award.because if award else [],
        issued=list(
            Voucher.objects.filter(account_id=order.account_id, issued_at=order.placed_at)
            if order.account_id
            else []
        ),
        used=list(Voucher.objects.filter(redeemed_for=order.key)),
        tiers=award.at_sale.get("tiers_after", {}) if award else {},
    )
