"""What a member tells about themselves, brought into the one form in which it is kept."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from members.actions.errors import UnableTo
from members.models import Member, Store
from members.models.member import searchable
from members.queries import as_international

EARLIEST_BIRTH = date(1900, 1, 1)
NOT_TOLD = ("account", "user", "home_store", "number", "search_text")


class Home(TypedDict, total=False):
    """Where a member lives."""

    street: str
    postal_code: str
    city: str


class Particulars(Home, total=False):
    """Whatever of a member may be changed; ``phone`` in any way people write it."""

    email: str
    phone: str
    first_name: str
    last_name: str
    birth_date: date | None
    language: str
    home_store: Store | None
    may_spend: bool


def tell(member: Member, told: Mapping[str, object], *, refusal: type[UnableTo], now: datetime) -> list[str]:
    """Write what was told into the unsaved member and return the names of the fields that changed.

    Raises ``refusal`` with ``email_is_not_valid``, ``phone_is_not_valid`` and the like.
    """
    before = {name: getattr(member, name) for name in told}
    for name, value in told.items():
        setattr(member, name, tidy(name, value, refusal))
    member.search_text = search_text(member)
    check(member, refusal, now)
    return [name for name in told if getattr(member, name) != before[name]]


def tidy(name: str, value: object, refusal: type[UnableTo]) -> object:
    if name == "phone":
        return international(str(value or ""), refusal)
    if name == "email":
        return str(value).strip().lower()
    return unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else value


def international(phone: str, refusal: type[UnableTo]) -> PhoneNumber | str:
    """The number as E.164; without a country code it belongs to the club's country."""
    if not phone.strip():
        return ""
    number = as_international(phone)
    if not number:
        raise refusal("phone_is_not_valid")
    return PhoneNumber.from_string(number)


def search_text(member: Member) -> str:
    """All that a member is looked up by; a phone both as +46701234567 and as 0701234567."""
    at_home = member.phone.as_national.replace(" ", "").replace("-", "") if member.phone else ""
    return searchable(member.number, member.full_name, member.email, member.phone, at_home)


def check(member: Member, refusal: type[UnableTo], now: datetime) -> None:
    if member.language not in dict(settings.LANGUAGES):
        raise refusal("language_is_not_known", language=member.language)
    today = timezone.localtime(now).date()
    if member.birth_date and not EARLIEST_BIRTH <= member.birth_date <= today:
        raise refusal("birth_date_is_not_valid")
    try:
        member.clean_fields(exclude=NOT_TOLD)
    except ValidationError as error:
        raise refusal(f"{next(iter(error.message_dict))}_is_not_valid") from None
