"""What every shop's webhooks have in common: how they are signed, and one class per kind of shop."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import uuid4

from django.utils.functional import Promise

from loyalty.actions.deliveries import NewDelivery
from loyalty.actions.shop_news import News, Nothing, Placed, UnableToTakeIn
from loyalty.models import ShopConnection
from members.registry import Registry

TEST_TOPIC = "stamkund.test"


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """Where a kind of shop writes what; ``event`` may be nowhere."""

    signature: str
    topic: str
    delivery: str
    event: str = ""


class ShopWebhooks(Protocol):
    """``steps`` tell a merchant how to connect; ``makes_secret`` says that the shop, not we, thinks it out."""

    key: ClassVar[str]
    label: ClassVar[str]
    headers: ClassVar[HeaderNames]
    makes_secret: ClassVar[bool]
    steps: ClassVar[tuple[Promise, ...]]
    topics: ClassVar[tuple[str, ...]]
    sample: ClassVar[Mapping[str, Any]]

    def read(self, shop: ShopConnection, topic: str, document: object) -> News:
        """What a parsed body means. Raises ``UnableTo`` where it cannot be read."""
        ...


webhooks: Registry[type[ShopWebhooks]] = Registry("shop")


def signature_of(body: bytes, secret: str) -> str:
    """Base64 of the HMAC-SHA256 of the raw body, as WooCommerce and Shopify both sign."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def is_signed(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Whether ``body`` was signed with one of the secrets. Takes as long for a near miss as for a far one."""
    given = signature.encode(errors="replace")
    return any(hmac.compare_digest(signature_of(body, secret).encode(), given) for secret in secrets)


def delivery_of(shop: ShopConnection, headers: Mapping[str, str], body: bytes) -> NewDelivery:
    """What came in, by the names that this kind of shop gives its headers."""
    names = webhooks[shop.kind].headers
    return NewDelivery(
        topic=headers.get(names.topic, ""),
        delivery_id=headers.get(names.delivery, ""),
        event_id=headers.get(names.event, "") if names.event else "",
        body=body,
    )


def trial_delivery(shop: ShopConnection) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a signed order that is read as any other, but recorded nowhere."""
    kind = webhooks[shop.kind]
    body = json.dumps(kind.sample).encode()
    names = kind.headers
    headers = {
        names.signature: signature_of(body, shop.secret),
        names.topic: TEST_TOPIC,
        names.delivery: f"test-{uuid4()}",
    }
    return headers, body


def read_news(shop: ShopConnection, topic: str, document: object) -> News:
    """What a shop tells, in the words of the house. Raises ``UnableTo``."""
    if shop.kind not in webhooks:
        raise UnableToTakeIn("kind_of_shop_is_gone", kind=shop.kind)
    kind = webhooks[shop.kind]
    if topic != TEST_TOPIC:
        return kind().read(shop, topic, document)
    news = kind().read(shop, kind.topics[0], document)
    if not isinstance(news, Placed):
        raise UnableToTakeIn("test_was_not_read")
    paid = sum(line.gross_ore - line.discount_ore for line in news.order.lines)
    return Nothing(reason="test_was_read", facts={"order": news.order.number, "paid": f"{paid / 100:.2f}"})
