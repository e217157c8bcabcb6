"""What an order, as it stands by now, means to the club: the same for every shop, whatever it calls things."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from loyalty.actions.shop_news import Buyer, Cancelled, News, Nothing, Placed, Refund
from loyalty.connectors.payload import Payload
from loyalty.connectors.receipt import revision_of
from members.actions import NewOrder


class Standing(StrEnum):
    """What a shop's status of an order means to the club."""

    PLACED = "placed"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class ReadsOrder(Protocol):
    def __call__(self, payload: object, /, *, source: str) -> NewOrder:
        """The order without its member, wherever it stands by now."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderWords:
    """What a kind of shop calls the moments of an order, and how it tells the rest."""

    placed_at: str
    changed_at: str
    ended_at: str
    standing: Callable[[object], Standing]
    order: ReadsOrder
    buyer: Callable[[object], Buyer]
    refunds: Callable[[Payload, str], Iterable[Refund]]

    def news(self, document: object, *, source: str) -> News:
        """Raises ``UnableTo`` where the order cannot be read."""
        body, stands = Payload(document), self.standing(document)
        number = body.key("id")
        if stands is Standing.WAITING:
            return Nothing(reason="order_is_waiting", facts={"order": number})
        placed_at = body.moment(self.placed_at)
        changed_at = body.moment(self.changed_at) if self.changed_at in body else placed_at
        if stands is Standing.CANCELLED:
            ended_at = body.moment(self.ended_at) if self.ended_at in body else changed_at
            revision = revision_of(placed_at, changed_at)
            return Cancelled(order_number=number, revision=revision, cancelled_at=ended_at)
        return Placed(
            order=self.order(document, source=source),
            buyer=self.buyer(document),
            refunds=tuple(self.refunds(body, number)),
            all_back_at=changed_at if stands is Standing.REFUNDED else None,
        )
