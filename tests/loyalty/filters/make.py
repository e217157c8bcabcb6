"""Rows of the ledger and acts, with as little said as a test needs."""

from datetime import datetime
from typing import Any

from loyalty.models import Act, Entry, Lot, ProgrammeVersion, Voucher
from members.models import Member
from tests.make import NOON


def act(member: Member, kind: str, at: datetime = NOON, category_path: str = "", **facts: Any) -> Act:
    told = {"category_path": category_path} if category_path else {}
    return Act.objects.create(
        account=member.account, member=member, source="web", number=str(Act.objects.count()), kind=kind, facts=told,
        occurred_at=at, recorded_at=at, **facts,
    )  # fmt: skip


def entry(
    member: Member, amount: int, kind: str = "earn", at: datetime = NOON, meter: str = "points"
) -> Entry:
    return Entry.objects.create(
        account=member.account, sequence=Entry.objects.count() + 1, meter=meter, kind=kind, amount=amount,
        effective_at=at, counts_at=at, recorded_at=at,
    )  # fmt: skip


def lot(member: Member, remaining: int, expires_at: datetime | None, **facts: Any) -> Lot:
    opened = entry(member, max(remaining, 1))
    row = {"available_from": NOON, "earned_at": NOON, "meter": "points", **facts}
    return Lot.objects.create(
        entry=opened,
        account=member.account,
        amount=opened.amount,
        remaining=remaining,
        expires_at=expires_at,
        **row,
    )


def voucher(member: Member, code: str, **facts: Any) -> Voucher:
    version, _is_new = ProgrammeVersion.objects.get_or_create(name="club")
    row = {
        "reward": "bonus", "kind": "money_off", "value_ore": 5_000, "issued_at": NOON, "available_from": NOON,
        **({"redeemed_for": "web:1"} if "redeemed_at" in facts else {}), **facts,
    }  # fmt: skip
    return Voucher.objects.create(account=member.account, code=code, version=version, **row)
