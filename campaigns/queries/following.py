"""Addresses of ours that lead on to a page, or show nothing, and tell us that they were asked for.

Each is signed with what it leads to, so ours lead nowhere but where a letter of ours did.
"""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "campaigns.following"
LENGTH = 32
FOLLOW, OPENED, TRAP = "follow", "opened", "trap"


def address_to_follow(*, message: UUID, link: str, group: str = "") -> str:
    """Where a link of a letter goes so that we know of it; it leads on to ``link``."""
    told = {"to": link} | ({"group": group} if group else {})
    return f"{_address(FOLLOW, message, told)}?{urlencode(told)}"


def address_of_picture(*, message: UUID) -> str:
    """A picture of nothing: who shows it has opened the letter."""
    return _address(OPENED, message, {})


def address_of_trap(*, message: UUID) -> str:
    """A link that nobody sees, so no person follows it."""
    return _address(TRAP, message, {})


def _address(kind: str, message: UUID, told: Mapping[str, str]) -> str:
    return f"{settings.CLUB_URL}{reverse(kind, args=[message, signatures(kind, message, told)[0]])}"


def is_ours(*, kind: str, message: UUID, signature: str, told: Mapping[str, str]) -> bool:
    """Whether we signed an address of this kind with these parameters."""
    return any(constant_time_compare(signature, one) for one in signatures(kind, message, told))


def signatures(kind: str, message: UUID, told: Mapping[str, str]) -> list[str]:
    """That of today's key first; those of older keys go on working, for letters lie for a long time."""
    signed = f"{kind}/{message}?{urlencode(sorted(told.items()))}"
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(SALT, signed, secret=key, algorithm="sha256").hexdigest()[:LENGTH] for key in keys]


def values_to_follow(message: UUID, links: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The value of each variable of a letter whose links are followed: ``links`` are (address, group) by name."""
    found = {
        name: address_to_follow(message=message, link=link, group=group)
        for name, (link, group) in links.items()
    }
    return found | {
        "open_picture": address_of_picture(message=message),
        "unseen_trap": address_of_trap(message=message),
    }
