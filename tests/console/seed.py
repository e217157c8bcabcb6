"""A small club with something of everything, written by the actions themselves."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from campaigns.actions import ensure_default_campaigns
from loyalty import actions
from loyalty.actions.imports import Reject, Slip, finish_import, import_slips, start_import
from loyalty.connectors.webhooks import read_news
from loyalty.models import ProgrammeVersion, ShopConnection
from loyalty.queries.presets import preset
from members.actions import (
    NewLine,
    NewOrder,
    NewReturn,
    NewReturnLine,
    create_api_key,
    give_consent,
    send_test_webhook,
    subscribe,
)
from members.models import Category, Member, Product, Store, Subscription, User
from tests.make import make_member

NAMES = ("Åsa Öberg", "Bo Ek", "Cecilia Årud", "Dag Hammar", "Eva Lind")
STAFF_PASSWORD = "a long password of staff"


def make_staff(email: str = "staff@shop.example", **rights: Any) -> User:
    return User.objects.create_user(email, STAFF_PASSWORD, is_staff=True, **rights)


def publish_preset(now: datetime, *, since: datetime) -> ProgrammeVersion:
    draft = actions.import_programme(document=preset("duvan"), name="Duvan 2025", now=now)
    return actions.publish_version(version=draft, valid_from=since, now=now, actor="staff@shop.example")


def order_of(
    member: Member | None, number: str, at: datetime, kronor: int, store: Store | None = None
) -> NewOrder:
    line = NewLine(
        ref="1", quantity=Decimal(1), gross_ore=kronor * 100, sku="A-1", name="Lampa", vat_rate=Decimal(25)
    )
    return NewOrder(
        source="web", number=number, placed_at=at, lines=(line,), member=member, store=store, channel="web"
    )


def make_person(number: int, since: datetime) -> Member:
    first, last = NAMES[number % len(NAMES)].split()
    person = make_member(
        first, last_name=last, email=f"person{number}@post.example", phone=f"+4670123{number:04d}",
        joined_at=since + timedelta(days=number % 390),
    )  # fmt: skip
    for channel in ("email", "sms"):
        give_consent(
            member=person, purpose="marketing", channel=channel, wording="2025-01", origin="kassan", actor="shop",
            now=person.joined_at,
        )  # fmt: skip
    return person


def build_more(members: list[Member], now: datetime) -> None:
    """Twenty more members, each with an order, a check's worth of points and a return."""
    for number in range(100, 120):
        person = make_person(number, now - timedelta(days=30))
        actions.record_order(order=order_of(person, f"more-{number}", now, 5000), now=now, actor="shop")
        actions.record_order(order=order_of(members[0], f"again-{number}", now, 5000), now=now, actor="shop")
        lines = (NewReturnLine(ref="1", quantity=Decimal(1), order_line_ref="1"),)
        back = NewReturn(
            source="web", number=f"B{number}", order_number=f"more-{number}", returned_at=now, lines=lines
        )
        actions.record_return(new_return=back, now=now, actor="shop")
    shop = ShopConnection.objects.get()
    subscription = Subscription.objects.get()
    for number in range(10):
        send_test_webhook(subscription=subscription, now=now)
        told = actions.NewDelivery(topic="x", delivery_id=f"{number}", event_id="", body=b"{}")
        actions.receive_delivery(shop=shop, new=told, now=now)


def give_back(now: datetime) -> None:
    """A return of a known order and one of an order that nobody has heard of."""
    back = NewReturnLine(ref="1", quantity=Decimal(1), order_line_ref="1")
    returned = NewReturn(source="web", number="R1", order_number="0-2", returned_at=now, lines=(back,))
    actions.record_return(new_return=returned, now=now, actor="shop")
    parked = NewReturn(
        source="web", number="R2", order_number="unheard-of", returned_at=now,
        lines=(NewReturnLine(ref="1", quantity=Decimal(1), amount_ore=10_000, sku="A-1"),),
    )  # fmt: skip
    actions.record_return(new_return=parked, now=now, actor="shop")


def import_a_file(member: Member, now: datetime) -> None:
    """A file of four lines: an order that was known before, a row without sense and a guest's return."""
    known = order_of(member, "today", now - timedelta(minutes=10), 3000)
    back = NewReturn(
        source="web", number="R3", order_number="", returned_at=now,
        lines=(NewReturnLine(ref="1", quantity=Decimal(1), amount_ore=10_000, sku="A-1"),),
    )  # fmt: skip
    senseless = Reject(2, "today", "number_is_not_valid", {"value": "tre", "column": "antal"})
    slips = [
        Slip(last_line=2, new=replace(known, member=None), lines={"1": 1}, rejects=[senseless]),
        Slip(last_line=3, new=back, lines={"1": 3}),
    ]
    job = start_import(
        file_name="kassan 2024.csv", digest="d", source="web", actor="staff@shop.example", now=now
    )
    finish_import(job=import_slips(job=job, slips=slips, actor="staff@shop.example", now=now), now=now)


def connect_a_shop(now: datetime) -> ShopConnection:
    """A webshop, and a delivery from it that could not be read."""
    shop = actions.connect_shop(
        kind="woocommerce", name="Nätbutiken", source="woo", joins_customers=False, now=now, actor="staff"
    )
    told = actions.NewDelivery(topic="order.created", delivery_id="1", event_id="", body=b"{}")
    actions.receive_delivery(shop=shop, new=told, now=now)
    actions.work_deliveries(read=read_news, now=now)
    return shop


def build(now: datetime, *, members: int = 3) -> list[Member]:
    """Members with orders over a year, checks, a return, a parked return, consents and an adjustment."""
    since = now - timedelta(days=400)
    publish_preset(now, since=since)
    actions.import_programme(document=preset("duvan"), name="Nästa års program", now=now)
    store = Store.objects.create(code="gbg", name="Butiken i Göteborg")
    category = Category.objects.create(code="ljus", name="Ljus", path="ljus")
    Product.objects.create(sku="A-1", name="Lampa", category=category)
    create_api_key(
        name="Webshop", source="web", scopes=["read", "orders"], now=now, actor="staff@shop.example"
    )
    people = [make_person(number, since) for number in range(members)]
    for month in range(9, 0, -1):
        for number, person in enumerate(people):
            at = now - timedelta(days=30 * month, hours=number % 5)
            if at > person.joined_at:
                new = order_of(person, f"{number}-{month}", at, 900 + 100 * month, store)
                actions.record_order(order=new, now=at, actor="shop")
    actions.run_due(at=now, now=now)
    first = people[0]
    actions.record_order(
        order=order_of(first, "today", now - timedelta(minutes=10), 3000), now=now, actor="shop"
    )
    give_back(now)
    actions.adjust_points(
        account=first.account, meter="points", amount=500, reason="Väntade länge i kön", actor="staff@shop.example",
        now=now,
    )  # fmt: skip
    import_a_file(first, now)
    connect_a_shop(now)
    subscription = subscribe(
        name="Affärssystemet", url="https://erp.example/", events=[], now=now, actor="staff"
    )
    send_test_webhook(subscription=subscription, now=now)
    actions.run_due(at=now, now=now)
    actions.check_ledger(now=now)
    ensure_default_campaigns(now=now)
    return people
