"""Who stands at the till, from whatever was scanned or typed there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.models import Voucher
from loyalty.queries.passes import PassIsNotOursError, read_pass
from members.models import Member
from members.models.member import is_member_number
from members.queries import members_by

CODE = re.compile(r"[2-9A-HJ-NP-Z]{13}")
MOST_ALIKE = 10


@dataclass(frozen=True, slots=True)
class Scan:
    """Whom it may be, and ``by`` what: pass, number, check, email or phone.

    ``problem`` is a pass that is not ours, or has ended. ``code`` is the check that was scanned.
    """

    by: str
    members: Sequence[Member]
    problem: str = ""
    code: str = ""


def scan(text: str, at: datetime) -> Scan:
    """Closed memberships are found too: the till says so."""
    told = text.strip()
    if told.count(".") == 2 and "@" not in told:
        return _by_pass(told, at)
    digits = re.sub(r"[\s-]", "", told)
    if is_member_number(digits):
        return Scan("number", _found(number=digits))
    if CODE.fullmatch(told.upper()):
        return _by_check(told.upper())
    return Scan("email", _found(email=told)) if "@" in told else Scan("phone", _found(phone=told))


def _by_pass(told: str, at: datetime) -> Scan:
    try:
        found = read_pass(told)
    except PassIsNotOursError:
        return Scan("pass", [], problem="pass_is_not_ours")
    if not found.held_at(at):
        return Scan("pass", [], problem="pass_has_ended")
    return Scan("pass", _found(number=found.number))


def _by_check(code: str) -> Scan:
    """The one who began the account that the check is on."""
    account_id = Voucher.objects.filter(code=code).values_list("account_id", flat=True).first()
    owners = (
        Member.objects.filter(account_id=account_id).order_by("pk") if account_id else Member.objects.none()
    )
    return Scan("check", list(owners[:1]), code=code)


def _found(**told: str) -> list[Member]:
    return list(members_by(**told).order_by("pk")[:MOST_ALIKE])
