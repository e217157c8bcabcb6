"""Orders and lines as the engine reads them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from loyalty.engine import happening
from loyalty.engine.account import Account
from loyalty.queries.people import person_of
from members.actions import LinePrice, NewLine, NewOrder
from members.models import Order, OrderLine, Store

THOUSAND = 1000


def order_facts(new: NewOrder) -> happening.Order:
    """``new`` as the engine reads it."""
    return happening.Order(
        key=new.key,
        at=new.placed_at,
        lines=[line_facts(line) for line in new.lines],
        channel=new.channel,
        vouchers=new.vouchers,
        person=person_of(new.member) if new.member else None,
        payments=new.payments,
        dates=new.dates,
        uses=tuple(happening.MenuUse(use.menu, use.option, use.amount) for use in new.uses),
        has_list_prices=new.has_list_prices,
        claimed_at=new.claimed_at,
        leader=new.leader,
        **place_of(new.store),
    )


def known_to(account: Account, order: happening.Order) -> happening.Order:
    """``order``, its buyer with what was loaded with the account: consents and segments."""
    if order.person is not None:
        order.person = account.people.get(order.person.ref, order.person)
    return order


def recorded_facts(order: Order, lines: list[happening.Line]) -> happening.Order:
    """``order`` as it was booked, with ``lines`` of it. Its prices have been applied and its vouchers used."""
    told: Mapping[str, Any] = order.facts
    claimed_at = told.get("claimed_at")
    return happening.Order(
        key=order.key,
        at=order.placed_at,
        lines=lines,
        channel=order.channel,
        person=person_of(order.member) if order.member else None,
        payments=told.get("payments", {}),
        dates={name: date.fromisoformat(day) for name, day in told.get("dates", {}).items()},
        claimed_at=datetime.fromisoformat(claimed_at) if claimed_at else None,
        leader=told.get("leader", ""),
        **place_of(order.store),
    )


def place_of(store: Store | None) -> dict[str, Any]:
    if store is None:
        return {}
    return {
        "store": store.code,
        "region": store.region,
        "chain": store.chain,
        "country": store.country,
    }


def line_facts(line: NewLine | OrderLine) -> happening.Line:
    """A line as the engine reads it, before any check has paid of it."""
    return happening.Line(
        ref=line.ref,
        quantity=int(line.quantity * THOUSAND),
        gross=line.gross_ore,
        discount=line.discount_ore,
        vat_rate=int(Decimal(line.vat_rate) * 100),
        sku=line.sku,
        brand=line.brand,
        categories=tuple(line.category_path.split("/")) if line.category_path else (),
        flags=frozenset(line.flags),
        attributes=_figures(line),
    )


def _figures(line: NewLine | OrderLine) -> Mapping[str, int]:
    """What the goods of a line carry, in thousandths."""
    if isinstance(line, NewLine):
        return {name: int(value * THOUSAND) for name, value in line.attributes.items()}
    stored: Mapping[str, int] = line.attributes
    return stored


def prices_of(lines: Iterable[happening.Line]) -> dict[str, LinePrice]:
    """What has come off each line, by its ref."""
    return {line.ref: LinePrice(line.discount, line.voucher, line.net) for line in lines}


def tiers_of(account: Account) -> dict[str, str]:
    return {ladder: held.tier for ladder, held in account.tiers.items()}
