"""Everything the club's records say about one member, for the member to take along.

The right of access and portability: GDPR, articles 15 and 20.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from loyalty.models import Entry, TierChange
from loyalty.queries.balances import entries, vouchers
from loyalty.queries.privacy import private_to_others
from loyalty.queries.reasons import explain
from members.models import Consent, Member, Order, OrderReturn

Facts = dict[str, Any]

ORDER = (
    "source",
    "number",
    "placed_at",
    "state",
    "channel",
    "currency",
    "gross_ore",
    "discount_ore",
    "paid_ore",
)
LINE = ("name", "sku", "quantity", "gross_ore", "discount_ore", "paid_ore")
VOUCHER = ("code", "reward", "value_ore", "used_ore", "state", "issued_at", "expires_at", "redeemed_at")


def personal_data(member: Member) -> Facts:
    """Plain values, datetimes and decimals, ready for Django's JSON encoder. Amounts are öre where named so."""
    return {
        "member": {
            **facts(
                member,
                (
                    "number",
                    "first_name",
                    "last_name",
                    "email",
                    "birth_date",
                    "street",
                    "postal_code",
                    "city",
                    "language",
                    "state",
                    "joined_at",
                ),
            ),
            "phone": str(member.phone or ""),
            "home_store": str(member.home_store or ""),
        },
        "known_as": list(member.identities.values("source", "external_id")),
        "consents": list(
            answers(member).values("purpose", "channel", "is_given", "wording", "origin", "given_at")
        ),
        "orders": [order_facts(order) for order in orders(member)],
        "returns": [return_facts(one) for one in returns(member)],
        "ledger": ledger(member),
        "checks": [facts(voucher, VOUCHER) for voucher in vouchers(member.account)],
        "tiers": [
            facts(change, ("ladder", "tier", "previous", "valid_to", "effective_at"))
            for change in TierChange.objects.filter(account=member.account_id).order_by("effective_at", "id")
        ],
        "activities": list(
            member.activities.order_by("occurred_at", "id").values("kind", "facts", "occurred_at")
        ),
    }


def answers(member: Member) -> QuerySet[Consent]:
    """Every yes and no, also those that were given as another member who was the same person."""
    given = Consent.objects.filter(Q(member=member) | Q(member__merged_into=member))
    return given.order_by("given_at", "id")


def ledger(member: Member) -> list[Facts]:
    """Every line of the account; of what somebody else on it did, as much as the rules let the member see."""
    lines = list(entries(member.account).select_related("order", "act"))
    private = private_to_others(lines, member, timezone.now())
    return [
        entry_facts(line) | ({"order": "", "because": ""} if line.pk in private else {}) for line in lines
    ]


def facts(row: Model, fields: Iterable[str]) -> Facts:
    return {field: getattr(row, field) for field in fields}


def orders(member: Member) -> QuerySet[Order]:
    return member.orders.select_related("store").prefetch_related("lines").order_by("placed_at", "id")


def order_facts(order: Order) -> Facts:
    lines = [line for line in order.lines.all() if line.revision == order.revision]
    return {
        **facts(order, ORDER),
        "store": str(order.store or ""),
        "lines": [facts(line, LINE) for line in sorted(lines, key=lambda line: line.position)],
    }


def returns(member: Member) -> QuerySet[OrderReturn]:
    return member.order_returns.prefetch_related("lines").order_by("returned_at", "id")


def return_facts(order_return: OrderReturn) -> Facts:
    return {
        **facts(order_return, ("source", "number", "order_number", "amount_ore", "returned_at")),
        "lines": [facts(line, ("sku", "quantity", "amount_ore")) for line in order_return.lines.all()],
    }


def entry_facts(entry: Entry) -> Facts:
    return {
        **facts(entry, ("meter", "kind", "amount", "effective_at", "reason")),
        "order": entry.order.number if entry.order else "",
        "because": explain(entry.because),
    }
