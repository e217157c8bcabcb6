"""Messages from shops: kept as they come, worked later, one shop's one after the other."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from loyalty.actions.shop_news import DONE, WAITING, News, Taken, UnableToTakeIn, take_in
from loyalty.models import ShopConnection, ShopDelivery
from members.actions import UnableTo
from members.actions.activities import wait_after

logger = logging.getLogger(__name__)

BODIES_ARE_KEPT = timedelta(days=30)
DELIVERIES_ARE_KEPT = timedelta(days=90)
REFUNDS_WAIT = timedelta(days=30)
MOST_ATTEMPTS = 10

# What a parsed body on a topic of a shop means. Raises ``UnableTo`` where it cannot be read.
Read = Callable[[ShopConnection, str, object], News]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    """A signed message as it came in. ``topic`` is the shop's word for what it is about."""

    topic: str
    delivery_id: str
    event_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class WorkRun:
    """How many deliveries were looked at; full when more may be due."""

    worked: int
    is_full: bool


def receive_delivery(*, shop: ShopConnection, new: NewDelivery, now: datetime) -> bool:
    """Keep what a shop sent, to be worked soon. False when it is here already, then nothing changes.

    The same delivery is one with the same id, or of the same event and topic, and with the same body.
    """
    digest = hashlib.sha256(new.body).hexdigest()
    same = Q(delivery_id=new.delivery_id[:120])
    if new.event_id:
        same |= Q(event_id=new.event_id[:120], topic=new.topic[:80])
    if shop.deliveries.filter(same, digest=digest).exists():
        return False
    try:
        with transaction.atomic():
            ShopDelivery.objects.create(
                shop=shop,
                topic=new.topic[:80],
                delivery_id=new.delivery_id[:120],
                event_id=new.event_id[:120],
                digest=digest,
                # No database keeps a NUL in a text, and JSON has none.
                body=new.body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}"),
                received_at=now,
                due_at=now,
            )
    except IntegrityError:  # a twin of this call was first
        return False
    return True


def note_wrong_signature(*, shop: ShopConnection, now: datetime) -> None:
    """Remember, to the minute, that somebody sent what this shop did not sign."""
    stale = Q(refused_at__isnull=True) | Q(refused_at__lt=now - timedelta(minutes=1))
    ShopConnection.objects.filter(stale, pk=shop.pk).update(refused_at=now)


def work_deliveries(*, read: Read, now: datetime, limit: int = 200) -> WorkRun:
    """Take in what is due, at most ``limit`` deliveries. Several may run at once, each with other shops."""
    due = ShopDelivery.objects.filter(shop=OuterRef("pk"), due_at__lte=now)
    worked = 0
    for shop in ShopConnection.objects.filter(Exists(due)).order_by("pk").values_list("pk", flat=True):
        while worked < limit and _work_next(shop, read, now):
            worked += 1
    return WorkRun(worked, is_full=worked >= limit)


@transaction.atomic
def _work_next(shop_id: UUID, read: Read, now: datetime) -> bool:
    """Work the shop's oldest due delivery; False when there is none, or another worker has the shop."""
    locked = ShopConnection.objects.select_for_update(skip_locked=True, no_key=True)
    shop = locked.filter(pk=shop_id).first()
    if shop is None:
        return False
    delivery = shop.deliveries.filter(due_at__lte=now).order_by("due_at", "id").first()
    if delivery is None:
        return False
    _write(delivery, _work(shop, delivery, read, now), now)
    return True


def _work(shop: ShopConnection, delivery: ShopDelivery, read: Read, now: datetime) -> Taken | None:
    """What became of a delivery; None for trying again later."""
    try:
        with transaction.atomic():
            news = read(shop, delivery.topic, parsed(delivery.body))
            taken = take_in(shop=shop, news=news, now=now, actor=f"shop {shop.name}"[:80])
    except UnableTo as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        return Taken(state=ShopDelivery.State.REFUSED, reason=error.key, facts=facts)
    except Exception as error:
        logger.warning("Delivery %s could not be worked", delivery.pk, exc_info=True)
        if delivery.attempts + 1 < MOST_ATTEMPTS:
            return None
        return Taken(
            state=ShopDelivery.State.REFUSED, reason="unexpected", facts={"error": type(error).__name__}
        )
    if taken.state == WAITING and now - delivery.received_at > REFUNDS_WAIT:
        return Taken(state=ShopDelivery.State.REFUSED, reason="order_never_came", facts=taken.facts)
    return taken


def parsed(body: str) -> object:
    """The JSON of a body. Raises ``UnableToTakeIn``."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UnableToTakeIn("body_is_not_json") from None


def _write(delivery: ShopDelivery, taken: Taken | None, now: datetime) -> None:
    delivery.attempts += 1
    delivery.worked_at = now
    if taken is None:
        delivery.due_at = now + wait_after(delivery.attempts)
    else:
        delivery.state, delivery.reason, delivery.facts = taken.state, taken.reason, dict(taken.facts)
        delivery.member, delivery.revision = taken.member, taken.revision
        delivery.order_number = taken.order_number
        delivery.due_at = now + wait_after(delivery.attempts) if taken.state == WAITING else None
    delivery.save()
    if taken and taken.state == DONE and taken.order_number:
        waiting = ShopDelivery.objects.filter(shop_id=delivery.shop_id, order_number=taken.order_number)
        waiting.filter(state=WAITING).update(due_at=now)


@transaction.atomic
def retry_delivery(*, delivery: ShopDelivery, now: datetime) -> None:
    """Have a delivery worked again, as it came. Raises ``UnableToTakeIn`` once its body has been wiped."""
    row = ShopDelivery.objects.select_for_update().get(pk=delivery.pk)
    if not row.body:
        raise UnableToTakeIn("body_was_wiped")
    row.state, row.due_at, row.attempts = ShopDelivery.State.RECEIVED, now, 0
    row.save(update_fields=["state", "due_at", "attempts"])


def forget_deliveries(*, now: datetime) -> int:
    """Wipe old bodies, which tell of people, and drop what is older still; return how many were dropped."""
    old = ShopDelivery.objects.filter(received_at__lt=now - BODIES_ARE_KEPT).exclude(body="")
    old.filter(due_at__isnull=True).update(body="")
    count, _rows = ShopDelivery.objects.filter(received_at__lt=now - DELIVERIES_ARE_KEPT).delete()
    return count


def forget_deliveries_of(*, member_id: int) -> None:
    """Wipe what shops have told of a member who has been forgotten."""
    ShopDelivery.objects.filter(member_id=member_id).update(body="")
