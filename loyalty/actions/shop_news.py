"""What a shop can tell the club, in the words of the house, and taking it in.

Orders may come twice, late, changed, or after their refunds: the books end the same.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from loyalty.actions.claims import claim_order
from loyalty.actions.orders import record_order, record_orders
from loyalty.actions.returns import record_return
from loyalty.actions.revisions import cancel_order
from loyalty.models import ShopConnection, ShopDelivery
from loyalty.queries.shops import order_as_booked, returns_as_booked
from members import actions as members
from members.actions import (
    NewOrder,
    NewReturn,
    UnableTo,
    UnableToCancelOrder,
    UnableToJoin,
    UnableToRecordReturn,
)
from members.models import Member, Order, OrderReturn
from members.queries import as_international, members_by

ReadRefund = Callable[[NewOrder, Sequence[NewReturn]], NewReturn]


class UnableToTakeIn(UnableTo):
    """What a shop told is sound but cannot be used; somebody has to look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """How the shop knows who bought. Empty is not known; a guest may still have an e-mail address."""

    external_id: str = ""
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    """``read`` needs the order as it is booked, and what came back of it before."""

    number: str
    order_number: str
    read: ReadRefund


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """An order that was placed, without its member, and what has come back of it; ``all_back_at`` is all."""

    order: NewOrder
    buyer: Buyer
    refunds: tuple[Refund, ...] = ()
    all_back_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancelled:
    """An order that no longer stands, or never did. ``revision`` is 0 where the shop does not tell when."""

    order_number: str
    revision: int
    cancelled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Somebody made an account in the shop, or changed it."""

    buyer: Buyer


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """There is nothing in it for the club; ``reason`` says why."""

    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


News = Placed | Cancelled | Refund | Customer | Nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of the news: a state of ``ShopDelivery`` and the key and facts of a sentence about it."""

    state: ShopDelivery.State
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    member: Member | None = None
    order_number: str = ""
    revision: int = 0


# What is remembered of an order that has ended, in case an older message about it comes late.
ENDS = ("order_was_cancelled", "order_never_was")
DONE, PASSED, WAITING = ShopDelivery.State.DONE, ShopDelivery.State.PASSED, ShopDelivery.State.WAITING


@transaction.atomic
def take_in(*, shop: ShopConnection, news: News, now: datetime, actor: str) -> Taken:
    """Write what the shop told. The caller holds the shop's lock, so its news come one at a time.

    Raises ``UnableTo`` of any kind, and then nothing is written.
    """
    match news:
        case Placed():
            return _take_order(shop, news, now, actor)
        case Cancelled():
            return _take_cancellation(shop, news, now, actor)
        case Refund():
            return _take_refund(shop, news, now, actor)
        case Customer():
            return _take_customer(shop, news.buyer, now, actor)
        case Nothing():
            return Taken(state=PASSED, reason=news.reason, facts=news.facts)


def _take_order(shop: ShopConnection, news: Placed, now: datetime, actor: str) -> Taken:
    new = news.order
    known = _order(shop, new.number)
    told = {"order": new.number}
    if _was_cancelled_later(shop, new):
        return Taken(
            state=PASSED,
            reason="order_was_cancelled_later",
            facts=told,
            order_number=new.number,
            revision=new.revision,
        )
    buyer = _member_of(shop, news.buyer, now, actor)
    if known is None:
        order = _record(shop, replace(new, member=buyer), now, actor)
        reason = "order_was_recorded" if buyer else "order_was_recorded_for_a_guest"
    else:
        order, reason = _take_again(known, new, buyer, now, actor)
    for refund in news.refunds:
        _record_refund(order, refund, now, actor)
    if news.all_back_at is not None:
        _give_all_back(order, news.all_back_at, now, actor)
        reason = "order_came_back"
    return Taken(
        state=DONE,
        reason=reason,
        facts=told,
        member=order.member,
        order_number=new.number,
        revision=new.revision,
    )


def _record(shop: ShopConnection, new: NewOrder, now: datetime, actor: str) -> Order:
    """What was bought before the shop was connected is history: it counts, and nobody is written to."""
    if new.placed_at >= shop.created_at:
        return record_order(order=new, now=now, actor=actor).order
    [outcome] = record_orders(orders=[new], now=now, actor=actor, is_history=True)
    if isinstance(outcome, UnableTo):
        raise outcome
    return outcome.order


def _order(shop: ShopConnection, number: str) -> Order | None:
    return Order.objects.select_related("member").filter(source=shop.source, number=number).first()


def _was_cancelled_later(shop: ShopConnection, new: NewOrder) -> bool:
    """Whether the shop has told of the order's end before this, which is older, arrived."""
    ends = shop.deliveries.filter(order_number=new.number, reason__in=ENDS)
    changed_at = new.placed_at + timedelta(seconds=new.revision - 1)
    is_later = Q(revision__gte=new.revision) | Q(revision=0, received_at__gte=changed_at)
    return ends.filter(is_later).exists()


def _take_again(
    known: Order, new: NewOrder, buyer: Member | None, now: datetime, actor: str
) -> tuple[Order, str]:
    """A known order stays with the member it was first recorded for; a guest's finds its member."""
    if known.member is None and buyer is not None and known.state == Order.State.PLACED:
        known = claim_order(order=known, member=buyer, now=now, actor=actor).order
    new = replace(new, member=known.member)
    if new.revision == known.revision and not _is_same(new, known):
        # Changed twice within the second that the shop's clock shows: what comes later holds.
        new = replace(new, revision=known.revision + 1)
    if new.revision <= known.revision:
        return known, "order_is_known"
    return record_order(order=new, now=now, actor=actor).order, "order_was_changed"


def _is_same(new: NewOrder, known: Order) -> bool:
    owners = (new.member, None)
    return known.fingerprint in {members.fingerprint(replace(new, member=owner)) for owner in owners}


def _take_cancellation(shop: ShopConnection, news: Cancelled, now: datetime, actor: str) -> Taken:
    known = _order(shop, news.order_number)
    told = Taken(
        state=PASSED,
        reason="order_never_was",
        facts={"order": news.order_number},
        member=known.member if known else None,
        order_number=news.order_number,
        revision=news.revision,
    )
    if known is None:
        return told
    if news.revision and news.revision < known.revision:
        return replace(told, reason="order_stands_again")
    at = news.cancelled_at or now
    try:
        cancel_order(order=known, cancelled_at=at, now=now, actor=actor)
    except UnableToCancelOrder as error:
        if error.key != "goods_came_back":
            raise
        _give_all_back(known, at, now, actor)
    return replace(told, state=DONE, reason="order_was_cancelled")


def _take_refund(shop: ShopConnection, news: Refund, now: datetime, actor: str) -> Taken:
    order = _order(shop, news.order_number)
    told = {"order": news.order_number, "refund": news.number}
    if order is None:
        return Taken(
            state=WAITING, reason="refund_waits_for_its_order", facts=told, order_number=news.order_number
        )
    is_new = _record_refund(order, news, now, actor)
    return Taken(
        state=DONE if is_new else PASSED,
        reason="refund_was_recorded" if is_new else "refund_is_known",
        facts=told,
        member=order.member,
        order_number=news.order_number,
    )


def _record_refund(order: Order, refund: Refund, now: datetime, actor: str) -> bool:
    """Whether it was not in the books before. A cancelled order has given everything back already."""
    if OrderReturn.objects.filter(source=order.source, number=refund.number).exists():
        return False
    order.refresh_from_db()
    if order.state == Order.State.CANCELLED:
        return False
    given_back = refund.read(order_as_booked(order), returns_as_booked(order))
    record_return(new_return=given_back, now=now, actor=actor)
    return True


def _give_all_back(order: Order, at: datetime, now: datetime, actor: str) -> None:
    """Whatever is left of the order comes back; there may be nothing left."""
    rest = NewReturn(
        source=order.source, number=f"{order.number[:58]}-rest", order_number=order.number, returned_at=at
    )
    if OrderReturn.objects.filter(source=order.source, number=rest.number).exists():
        return
    try:
        record_return(new_return=rest, now=now, actor=actor)
    except UnableToRecordReturn as error:
        if error.key not in ("nothing_left_to_return", "order_is_cancelled"):
            raise


def _take_customer(shop: ShopConnection, buyer: Buyer, now: datetime, actor: str) -> Taken:
    known = _known(shop, buyer)
    if known is None and not shop.joins_customers:
        return Taken(state=PASSED, reason="customer_is_no_member")
    if known is None:
        member = _join(shop, buyer, now, actor)
        return Taken(state=DONE, reason="customer_joined", facts={"member": member.number}, member=member)
    told = Taken(state=PASSED, reason="member_is_closed", facts={"member": known.number}, member=known)
    if known.state != Member.State.ACTIVE:
        return told
    if not members_by(source=shop.source, external_id=buyer.external_id).exists():
        # The address alone was never proved to the shop: it does not let the shop change a member.
        return replace(told, reason="member_is_another")
    # The e-mail address opens the member's own pages, so only the member changes it.
    said = {"first_name": buyer.first_name, "last_name": buyer.last_name, "phone": _phone(buyer)}
    members.update_member(member=known, actor=actor, now=now, **{k: v for k, v in said.items() if v})  # type: ignore[arg-type]
    return replace(told, state=DONE, reason="member_was_updated")


def _member_of(shop: ShopConnection, buyer: Buyer, now: datetime, actor: str) -> Member | None:
    """The active member who bought. One who has left is a guest, and joins again by themselves only."""
    known = _known(shop, buyer)
    if known is None and shop.joins_customers and buyer.external_id:
        with suppress(UnableToJoin):  # an address that cannot be must not keep the order out
            return _join(shop, buyer, now, actor)
    return known if known and known.state == Member.State.ACTIVE else None


def _known(shop: ShopConnection, buyer: Buyer) -> Member | None:
    by_id = members_by(source=shop.source, external_id=buyer.external_id)
    return by_id.first() or members_by(email=buyer.email).first()


def _join(shop: ShopConnection, buyer: Buyer, now: datetime, actor: str) -> Member:
    joined = members.join_member(
        email=buyer.email,
        phone=_phone(buyer),
        first_name=buyer.first_name,
        last_name=buyer.last_name,
        source=shop.source,
        external_id=buyer.external_id,
        origin=shop.name,
        actor=actor,
        now=now,
    )
    return joined.member


def _phone(buyer: Buyer) -> str:
    """The number, unless it is none: what people write in a shop's form must not keep them out."""
    return as_international(buyer.phone)
