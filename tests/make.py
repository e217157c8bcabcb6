"""Rows for tests, with as little said as the test needs. What an action makes, make with the action."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from members import actions
from members.actions.members import new_number
from members.models import Account, Activity, ApiKey, Member, Order, OrderLine, Store
from members.models.member import searchable

NOON = datetime(2025, 9, 1, 12, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
EVERYTHING = tuple(ApiKey.Scope.values)


def make_member(first_name: str = "Dora", *, account: Account | None = None, **facts: Any) -> Member:
    """A member as the database may hold one; ``e-mail`` is made of the first name unless told."""
    facts = {"email": f"{first_name.lower()}@post.example", "joined_at": NOON, "language": "sv", **facts}
    member = Member(
        number=facts.pop("number", None) or new_number(),
        account=account or Account.objects.create(opened_at=facts["joined_at"]),
        first_name=first_name,
        **facts,
    )
    member.search_text = searchable(member.number, member.full_name, member.email, member.phone)
    member.save()
    return member


def make_store(code: str = "gbg", **facts: Any) -> Store:
    return Store.objects.create(code=code, **{"name": f"Butiken {code}", **facts})


def make_order_row(
    member: Member | None = None,
    *,
    paid_ore: int = 10_000,
    placed_at: datetime = NOON,
    number: str = "",
    source: str = "web",
    **facts: Any,
) -> Order:
    """An order of one line, in the books without having earned anything."""
    order = Order.objects.create(
        source=source,
        number=number or f"{1001 + Order.objects.count()}",
        member=member,
        account=member.account if member else None,
        gross_ore=paid_ore,
        paid_ore=paid_ore,
        placed_at=placed_at,
        recorded_at=placed_at,
        **facts,
    )
    make_line_row(order, paid_ore=paid_ore)
    return order


def make_line_row(order: Order, *, paid_ore: int = 10_000, ref: str = "1", **facts: Any) -> OrderLine:
    row: dict[str, Any] = {
        "position": 0,
        "sku": "A-1",
        "name": "Lampa",
        "quantity": 1,
        "vat_rate": 25,
        **facts,
    }
    return OrderLine.objects.create(
        order=order, ref=ref, gross_ore=paid_ore, paid_ore=paid_ore, net_ore=paid_ore * 4 // 5, **row
    )


def make_activity(
    kind: str, member: Member | None = None, facts: Mapping[str, object] | None = None, at: datetime = NOON
) -> Activity:
    activity = actions.new_activity(
        kind=kind,
        member_id=member.pk if member else None,
        account_id=member.account_id if member else None,
        facts=facts or {},
        occurred_at=at,
        now=at,
    )
    activity.save(force_insert=True)
    return activity


def make_api_key(
    *scopes: str, name: str = "The webshop", source: str = "web", **facts: Any
) -> tuple[ApiKey, str]:
    """A key with all scopes unless some are named, and the text to call with."""
    return actions.create_api_key(
        name=name, source=source, scopes=scopes or EVERYTHING, now=NOON, actor="test", **facts
    )
