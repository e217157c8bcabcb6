"""What the club has in its books of a shop's orders, and what the shop has told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q

from loyalty.models import ShopConnection, ShopDelivery, ShopPull
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine
from members.models import Order, OrderReturnLine

TROUBLE_IS_NEWS_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShopTrouble:
    """A shop some of whose deliveries of the last week need a hand."""

    shop: UUID
    name: str
    refused: int


def order_as_booked(order: Order) -> NewOrder:
    """The order as a shop would send what the books hold; what a check has paid counts as a discount."""
    lines = order.lines.filter(revision=F("order__revision")).order_by("position")
    return NewOrder(
        source=order.source,
        number=order.number,
        placed_at=order.placed_at,
        member=order.member,
        currency=order.currency,
        revision=order.revision,
        lines=tuple(
            NewLine(
                ref=line.ref,
                quantity=line.quantity,
                gross_ore=line.gross_ore,
                discount_ore=line.discount_ore + line.voucher_ore,
                vat_rate=line.vat_rate,
                sku=line.sku,
                flags=tuple(line.flags),
            )
            for line in lines
        ),
    )


def returns_as_booked(order: Order) -> list[NewReturn]:
    """What has come back of the order, as one return."""
    rows = OrderReturnLine.objects.filter(order_line__order=order).select_related("order_line")
    lines = tuple(
        NewReturnLine(
            ref=row.ref,
            quantity=row.quantity,
            amount_ore=row.amount_ore,
            order_line_ref=row.order_line.ref if row.order_line else "",
        )
        for row in rows
    )
    return (
        [NewReturn(source=order.source, number="", returned_at=order.placed_at, lines=lines)] if lines else []
    )


def shop_troubles(now: datetime) -> list[ShopTrouble]:
    """The shops whose deliveries somebody has to look at."""
    lately = Q(
        deliveries__state=ShopDelivery.State.REFUSED, deliveries__received_at__gte=now - TROUBLE_IS_NEWS_FOR
    )
    shops = ShopConnection.objects.annotate(refused=Count("deliveries", filter=lately)).filter(refused__gt=0)
    return [ShopTrouble(shop.pk, shop.name, shop.refused) for shop in shops.order_by("name")]


@dataclass(frozen=True, slots=True)
class PullProgress:
    """The last walk through a shop's past; ``waiting`` are deliveries of the shop that are still to be worked."""

    pull: ShopPull
    waiting: int


def pull_progress(shop: ShopConnection) -> PullProgress | None:
    """How far the last one came; None where there was none."""
    pull = shop.pulls.order_by("-pk").first()
    waiting = shop.deliveries.filter(state=ShopDelivery.State.RECEIVED).count() if pull else 0
    return PullProgress(pull, waiting) if pull else None
