"""The club of a rehearsal as shops and tills meet it: every call is HTTP, and the clock stands at its real day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, Order
from loyalty.engine.outcome import Done
from loyalty.engine.scenario import GUEST, SOURCE, BackLine
from loyalty.models import Act
from members.models import Member
from members.models import Order as OrderRow
from tests.loyalty.api import make
from tests.loyalty.database_club import DatabaseClub, deliver, quantity_left, store_of
from tests.loyalty.database_state import lost_points, sums

Body = dict[str, Any]
SCOPES = ("members", "orders", "vouchers")


@dataclass(slots=True)
class ApiClub(DatabaseClub):
    """What shops cannot tell is done by the member or the staff, as in ``DatabaseClub``; ``told`` counts calls."""

    clock: time_machine.Traveller = field(kw_only=True)
    shop: APIClient = field(default_factory=lambda: make.client(*SCOPES, source=SOURCE))
    told: int = 0

    def join(self, member: str, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
        known = facts or {}
        self.clock.move_to(at)
        if known.keys() - {"born", "segments"}:
            DatabaseClub.join(self, member, at, known)
            return
        born = {"birth_date": known["born"]} if "born" in known else {}
        told = {"email": f"{member}@post.example", "external_id": member, **born}
        answer = self._post("members/", told, at)
        self.members[member] = Member.objects.get(number=answer["number"])
        self.households.setdefault(member, self.members[member])

    def sell(self, member: str, order: Order) -> Done:
        body: Body = {
            "number": order.key.partition(":")[2],
            "placed_at": order.at.isoformat(),
            "lines": [_line(one) for one in order.lines],
            "channel": order.channel,
            "vouchers": list(order.vouchers),
            "uses": [{"menu": use.menu, "option": use.option, "amount": use.amount} for use in order.uses],
            "prices": "list" if order.has_list_prices else "final",
            "payments": dict(order.payments),
            **self._place(member, order),
        }
        if order.dates:
            body["dates"] = {name: day.isoformat() for name, day in order.dates.items()}
        if order.claimed_at:
            body["claimed_at"] = order.claimed_at.isoformat()
        if order.leader:
            body["leader"] = {"number": self.leaders.get(order.leader, order.leader)}
        answer = self._post("orders/", body, order.at)
        row = OrderRow.objects.get(pk=answer["id"])
        lost = sum(one["value_ore"] - one["used_ore"] for one in answer["used"] if one["state"] == "redeemed")
        return Done(
            sums(row.entries.filter(kind="earn")),
            payable=answer["paid_ore"],
            lost=lost + lost_points(order.key),
        )

    def do(self, member: str, order: Order) -> Done:
        [line] = order.lines
        body: Body = {
            "number": order.key.partition(":")[2],
            "kind": order.event,
            "occurred_at": order.at.isoformat(),
            "quantity": str(line.quantity / 1000),
            "amount_ore": line.gross,
            "channel": order.channel,
            "category": "/".join(line.categories),
            "flags": list(line.flags),
            "attributes": _figures(line),
            **self._place(member, order),
        }
        answer = self._post("activities/", body, order.at)
        return Done(sums(Act.objects.get(pk=answer["id"]).entries.filter(kind="earn")), payable=line.gross)

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done:
        self.returns += 1
        body: Body = {
            "number": f"return-{self.returns}",
            "order_number": number,
            "returned_at": at.isoformat(),
        }
        if lines:
            body["lines"] = [_back(number, line) for line in lines]
        answer = self._post("returns/", body, at)
        taken = {one["meter"]: one["amount"] for one in answer["taken_back"]}
        return Done(taken_back=taken, refund=answer["amount_ore"])

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done:
        answer = self._post(f"vouchers/{code}/redeem/", {"order_number": number, "amount_ore": amount}, at)
        row = answer["voucher"]
        lost = row["value_ore"] - row["used_ore"] if row["state"] == "redeemed" else 0
        return Done(payable=answer["payable_ore"], lost=lost)

    def pass_to(self, at: datetime) -> None:
        self.clock.move_to(at)
        DatabaseClub.pass_to(self, at)

    def _place(self, member: str, order: Order) -> Body:
        store = store_of(order)
        named = {} if member == GUEST else {"member": {"number": self.members[member].number}}
        return {**named, **({"store": store.code} if store else {})}

    def _post(self, path: str, body: Body, at: datetime) -> Body:
        """Raises ``Refused`` with the key of the problem."""
        self.clock.move_to(at)
        self.told += 1
        answer = self.shop.post(f"/api/v1/{path}", body, format="json")
        if answer.status_code >= 400:
            problem = answer.json()
            raise Refused(problem["type"].rpartition("/")[2], **problem)
        deliver(timezone.now())  # the clock has gone on while it was answered
        return dict(answer.json())


def _line(line: Line) -> Body:
    return {
        "ref": line.ref,
        "quantity": str(line.quantity / 1000),
        "gross_ore": line.gross,
        "discount_ore": line.discount,
        "vat_rate": str(line.vat_rate / 100),
        "sku": line.sku,
        "category": "/".join(line.categories),
        "brand": line.brand,
        "flags": list(line.flags),
        "attributes": _figures(line),
    }


def _figures(line: Line) -> dict[str, str]:
    return {name: str(value / 1000) for name, value in line.attributes.items()}


def _back(number: str, back: BackLine) -> Body:
    quantity = back.quantity / 1000 if back.quantity is not None else quantity_left(number, back.ref)
    paid = {} if back.amount is None else {"amount_ore": back.amount}
    return {"line": back.ref, "quantity": str(quantity), **paid}
