"""What the bodies of this API only name: members, stores, orders and vouchers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from loyalty.models import Voucher
from loyalty.queries.scanning import Scan, scan
from members.actions import UnableToFind, UnableToRecordOrder
from members.models import ApiKey, Member, Order, Store
from members.queries import find_member, find_members


def known(body: dict[str, Any], api_key: ApiKey) -> dict[str, Any]:
    """Who bought and where, as rows. Raises ``UnableToRecordOrder`` naming what is not known."""
    return {
        "source": api_key.source,
        "member": member_of(body["member"], api_key) if body.get("member") else None,
        "store": store_of(body["store"]) if "store" in body else api_key.store,
    }


def leader_of(body: dict[str, Any], api_key: ApiKey) -> str:
    """The number of the member who leads the buyer's group, if any."""
    return member_of(body["leader"], api_key).number if body.get("leader") else ""


def member_of(named: dict[str, str], api_key: ApiKey) -> Member:
    """The member of {number}, {email} or {external_id}, the last as the key's own source says it."""
    return found(find_member(**named, source=api_key.source), named)


def members_of(named: Sequence[Mapping[str, str]], api_key: ApiKey) -> list[Member | None]:
    """The same for many, in their order; None where there is no such member."""
    return find_members(named, source=api_key.source)


def found(member: Member | None, named: Mapping[str, str]) -> Member:
    """The member that was found by what it was called. Raises ``UnableToRecordOrder`` where there is none."""
    if member is None:
        [(name, value)] = named.items()
        raise UnableToRecordOrder("member_not_found", name=name, value=value)
    return member


def scanned(text: str, at: datetime) -> Scan:
    """Whom a card, a pass, a check, an address or a phone leads to: just one. Raises ``UnableToFind``."""
    found = scan(text, at)
    if found.problem == "pass_has_ended":
        raise UnableToFind("pass_has_ended")
    if found.problem:
        raise UnableToFind("pass_is_not_ours")
    if not found.members:
        raise UnableToFind("nobody_found", by=found.by)
    if len(found.members) > 1:
        raise UnableToFind("several_found", by=found.by, count=len(found.members))
    return found


@dataclass(frozen=True, slots=True)
class Stores:
    """Stores by their codes."""

    by_code: Mapping[str, Store]

    def of(self, code: str) -> Store:
        """Raises ``UnableToRecordOrder``."""
        if code not in self.by_code:
            raise UnableToRecordOrder("store_not_found", store=code)
        return self.by_code[code]


def stores_of(codes: Iterable[str]) -> Stores:
    return Stores({store.code: store for store in Store.objects.filter(code__in=set(codes))})


def store_of(code: str) -> Store:
    return stores_of([code]).of(code)


def order_of(pk: UUID, api_key: ApiKey) -> Order:
    """The key's own order; of another shop's orders it is told nothing."""
    rows = Order.objects.select_related("member", "store")
    order = rows.filter(pk=pk, source=api_key.source).first()
    if order is None:
        raise UnableToFind("order_not_found")
    return order


def voucher_of(code: str) -> Voucher:
    voucher = Voucher.objects.filter(code=code).first()
    if voucher is None:
        raise UnableToFind("voucher_not_found", code=code)
    return voucher


def order_key(api_key: ApiKey, number: str) -> str:
    return f"{api_key.source}:{number}"
