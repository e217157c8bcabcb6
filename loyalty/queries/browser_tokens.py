"""What lets a customer's browser ask about the customer's own points, and nothing else, for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from members.models import ApiKey, Member
from members.models.signed import NotSignedError, claims_of, signed

PURPOSE = "checkout"
TOKEN_HOLDS = timedelta(minutes=30)


class TokenIsNotValidError(Exception):
    """Not signed by the club, ended, or made with a key that opens nothing any more."""


@dataclass(frozen=True, slots=True)
class BrowserToken:
    """The key that it was made with, and the member it is about; None is a guest."""

    api_key: ApiKey
    member: Member | None


def browser_token(*, api_key: ApiKey, member: Member | None, at: datetime) -> tuple[str, datetime]:
    """A token for the shop's page, and when it ends."""
    until = at + TOKEN_HOLDS
    claims = {"sub": member.number if member else "", "key": api_key.pk, "exp": int(until.timestamp())}
    return signed(claims, purpose=PURPOSE), until


def read_browser_token(text: str, at: datetime) -> BrowserToken:
    """Raises ``TokenIsNotValidError``. A revoked key takes its tokens with it."""
    try:
        claims = claims_of(text, purpose=PURPOSE)
        number, key, until = str(claims["sub"]), int(claims["key"]), int(claims["exp"])
    except (NotSignedError, KeyError, TypeError, ValueError):
        raise TokenIsNotValidError from None
    api_key = ApiKey.objects.select_related("store").filter(pk=key).first()
    member = Member.objects.active().filter(number=number).first() if number else None
    if at.timestamp() >= until or api_key is None or not api_key.is_valid(at) or (number and member is None):
        raise TokenIsNotValidError
    return BrowserToken(api_key, member)
