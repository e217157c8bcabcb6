"""What a campaign can be started by, and the closed list of variables that each start brings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from campaigns.models import Message
from loyalty.models import Voucher
from loyalty.queries import money
from members.models import Member

Values = dict[str, str]

# A name is the one thing that a stranger can put into a mail of ours: one that is an address is left out.
LOOKS_LIKE_ADDRESS = re.compile(r"[/@:<>]|www\.|\.\w{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Variable:
    """One name that a text may hold in double braces."""

    key: str
    label: Promise


@dataclass(frozen=True)
class Trigger:
    """An activity that starts a campaign, by its kind, and what its texts may speak of."""

    kind: str
    label: Promise
    variables: tuple[Variable, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.key for variable in self.variables)


@dataclass(frozen=True)
class Content:
    """The values of one message; `obstacle` is a `Message.Reason` where nothing is left to tell."""

    values: Values
    obstacle: str = ""


ABOUT_MEMBER = (
    Variable("greeting", _("Hi and the first name, or Hi alone")),
    Variable("first_name", _("first name")),
    Variable("member_number", _("member number")),
    Variable("club_name", _("the club's name")),
    Variable("member_page", _("link to the member's page")),
    Variable("unsubscribe_link", _("link to stop these mails")),
)
ABOUT_VOUCHER = (
    Variable("voucher_value", _("what the check is worth")),
    Variable("voucher_code", _("the check's code")),
    Variable("last_day", _("the last day it can be used")),
)

triggers: Mapping[str, Trigger] = {
    trigger.kind: trigger
    for trigger in (
        Trigger("member.joined", _("a member joins"), ABOUT_MEMBER),
        Trigger("voucher.issued", _("a bonus check is issued"), ABOUT_MEMBER + ABOUT_VOUCHER),
    )
}


def contents_of(
    messages: Sequence[Message], *, links: Mapping[UUID, str], now: datetime
) -> dict[UUID, Content]:
    """Return what each message can say, by message id, in a constant number of queries.

    Messages come with member, enrolment and activity; `links` are their unsubscribe links.
    """
    vouchers = vouchers_of(messages)
    return {message.pk: content_of(message, vouchers, links[message.pk], now) for message in messages}


def vouchers_of(messages: Iterable[Message]) -> dict[str, Voucher]:
    named = {
        facts["voucher"] for message in messages if "voucher" in (facts := message.enrolment.activity.facts)
    }
    return {str(voucher.pk): voucher for voucher in Voucher.objects.filter(pk__in=named)}


def content_of(message: Message, vouchers: Mapping[str, Voucher], link: str, now: datetime) -> Content:
    activity = message.enrolment.activity
    values = member_values(message.member, link)
    if activity.kind != "voucher.issued":
        return Content(values)
    voucher = vouchers.get(str(activity.facts.get("voucher")))
    if voucher is None or not is_worth_telling(voucher, now):
        return Content(values, Message.Reason.VOUCHER_IS_OVER)
    return Content(values | voucher_values(voucher, message.member.language))


def is_worth_telling(voucher: Voucher, now: datetime) -> bool:
    is_open = voucher.state in (Voucher.State.SCHEDULED, Voucher.State.ISSUED, Voucher.State.RESERVED)
    return is_open and (voucher.expires_at is None or voucher.expires_at > now)


def member_values(member: Member, link: str) -> Values:
    name = "" if LOOKS_LIKE_ADDRESS.search(member.first_name) else member.first_name.strip()
    with override(member.language):
        hello = gettext("Hi %(name)s!") % {"name": name} if name else gettext("Hi!")
    return {
        "greeting": hello,
        "first_name": name,
        "member_number": member.number,
        "club_name": settings.CLUB_NAME,
        "member_page": f"{settings.CLUB_URL}/",
        "unsubscribe_link": link,
    }


def voucher_values(voucher: Voucher, language: str) -> Values:
    with override(language):
        return {
            "voucher_value": worth(voucher.value_ore, voucher.percent),
            "voucher_code": voucher.code,
            "last_day": last_day(voucher.expires_at),
        }


def worth(value_ore: int, percent: Decimal | None) -> str:
    if percent is not None:
        return f"{number_format(percent.normalize())} %"
    return money(value_ore, settings.CLUB_CURRENCY)


def last_day(expires_at: datetime | None) -> str:
    """Return the day before the moment at which a check lapses, in words."""
    if expires_at is None:
        return gettext("until further notice")
    return date_format(timezone.localtime(expires_at - timedelta(microseconds=1)), "DATE_FORMAT")


def example_values(language: str, now: datetime) -> Values:
    """Return every variable as an invented member would see it, for a preview."""
    member = Member(number="1000000008", first_name="Kim", language=language)
    lapses = now + timedelta(days=60)
    voucher = Voucher(code="BC7K4M2Q", value_ore=15000, expires_at=lapses)
    return member_values(member, f"{settings.CLUB_URL}/u/example") | voucher_values(voucher, language)
