"""What a member shows a till that has no network: who they are and what they can use, signed and short-lived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from loyalty.engine.reading import Reading
from loyalty.queries.checks import Check, checks_of
from loyalty.queries.facts import tiers_of
from loyalty.queries.standings import standing_of
from members.models import Member
from members.models.signed import NotSignedError, claims_of, signed

PURPOSE = "till"
PASS_HOLDS = timedelta(minutes=15)
# A till's clock may be wrong by this much.
CLOCKS_DIFFER = timedelta(minutes=5)
# A picture with more in it is hard to scan.
MOST_CHECKS = 3
KINDS = ("money_off", "percent_off", "product", "service")


class PassIsNotOursError(Exception):
    """Nobody at the club has signed this."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass says: the member's number, the codes of its checks, and from when to when it holds."""

    number: str
    codes: Sequence[str]
    issued_at: datetime
    expires_at: datetime

    def held_at(self, at: datetime) -> bool:
        """Whether it was good at ``at`` by a till's own clock."""
        return self.issued_at - CLOCKS_DIFFER <= at < self.expires_at + CLOCKS_DIFFER


def pass_of(member: Member, at: datetime) -> str:
    """A pass that holds for ``PASS_HOLDS``.

    ``sub`` is the member number, ``name`` the first name, ``tiers`` what is held, and ``checks`` are
    ``[code, kind, öre or per cent, last day]``, those that end first.
    """
    reading = standing_of(member.account_id, at)
    issued = int(at.timestamp())
    claims: dict[str, Any] = {
        "sub": member.number,
        "name": member.first_name[:20],
        "tiers": [tier for tier in tiers_of(reading.account).values() if tier] if reading else [],
        "checks": _checks(reading) if reading else [],
        "iat": issued,
        "exp": issued + int(PASS_HOLDS.total_seconds()),
    }
    return signed(claims, purpose=PURPOSE)


def _checks(reading: Reading) -> list[list[Any]]:
    usable = [one for one in checks_of(reading) if one.has_code and one.kind in KINDS]
    return [
        [one.code, one.kind, _worth(one), one.last_day.isoformat() if one.last_day else None]
        for one in usable[:MOST_CHECKS]
    ]


def _worth(check: Check) -> int | str:
    return str(check.percent) if check.kind == "percent_off" else check.left_ore


def read_pass(text: str) -> Pass:
    """What a pass of ours says, be it good today or not. Raises ``PassIsNotOursError``."""
    try:
        claims = claims_of(text, purpose=PURPOSE)
        return Pass(
            number=str(claims["sub"]),
            codes=[str(check[0]) for check in claims["checks"]],
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (NotSignedError, KeyError, TypeError):
        raise PassIsNotOursError from None
