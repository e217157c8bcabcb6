"""What an action answers about orders and returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loyalty.engine.compute import Sale
from loyalty.models import Award, Voucher
from loyalty.queries.balances import MeterReading
from members.models import Order, OrderReturn


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


def award_row(order: Order, sale: Sale, account_id: int, tiers_after: Mapping[str, str]) -> Award:
    """The unsaved record of what ``order`` gave, and of the standing that returns will need."""
    award = sale.award
    return Award(
        order=order,
        account_id=account_id,
        version_id=int(award.version) if award.version else None,
        at_sale={
            "tiers": dict(sale.at_sale.tiers),
            "balances": dict(sale.at_sale.balances),
            "tiers_after": dict(tiers_after),
        },
        shares={given.name: given.shares for given in award.given if given.amount},
        because=award.because,
    )


def answered_before(order: Order) -> OrderOutcome:
    """The facts of the first answer, for an order that was recorded earlier."""
    award = Award.objects.filter(order=order).first()
    earned: dict[str, int] = {}
    for meter, amount in order.entries.filter(kind="earn").values_list("meter", "amount"):
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
