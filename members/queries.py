"""Questions about members that more than one face asks."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare
from django.utils.formats import number_format
from django.utils.translation import pgettext
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from members.models import Activity, ApiKey, Consent, Member, MemberIdentity
from members.models.access import digest_of
from members.models.asked import asked
from members.models.together import fetch_together

API_KEY = re.compile(r"sk_([0-9a-f]{8})_[0-9a-f]{48}")
# Written after the amount in every language, or where the language has its signs.
CROWNS = {"SEK": "kr", "NOK": "kr", "DKK": "kr"}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}

Place = tuple[datetime, UUID]


def members_by(
    *, number: str = "", email: str = "", phone: str = "", source: str = "", external_id: str = ""
) -> QuerySet[Member]:
    """Members to whom all that is given applies; nobody when nothing is given.

    A phone may be shared, so it can find several. ``external_id`` counts only with its ``source``.
    """
    told = _as_stored(number, email, phone, source, external_id)
    return _members_by(*told) if told else Member.objects.none()


def find_member(
    *, number: str = "", email: str = "", phone: str = "", source: str = "", external_id: str = ""
) -> Member | None:
    """The one member to whom all that is given applies; None when there is none, or several."""
    told = _as_stored(number, email, phone, source, external_id)
    if told is None:
        return None
    [found] = fetch_together(asked(_two_members_by, *told))
    return found[0] if len(found) == 1 else None


def find_members(named: Sequence[Mapping[str, str]], *, source: str) -> list[Member | None]:
    """The member of each {number}, {email} or {external_id} of ``source``, in three queries at most."""
    wanted: dict[str, set[str]] = {"number": set(), "email": set(), "external_id": set()}
    for one in named:
        for name, value in one.items():
            wanted[name].add(_folded(name, value))
    found: dict[tuple[str, str], Member] = {}
    for name in ("number", "email"):
        if wanted[name]:
            rows = Member.objects.filter(**{f"{name}__in": wanted[name]})
            found |= {(name, getattr(row, name)): row for row in rows}
    if wanted["external_id"]:
        ids = MemberIdentity.objects.filter(source=source, external_id__in=wanted["external_id"])
        found |= {("external_id", one.external_id): one.member for one in ids.select_related("member")}
    return [next((found.get((name, _folded(name, one[name]))) for name in one), None) for one in named]


def _folded(name: str, value: str) -> str:
    return value.strip().lower() if name == "email" else value


def _as_stored(
    number: str, email: str, phone: str, source: str, external_id: str
) -> tuple[str, str, str, str, str] | None:
    """What was given, as the columns hold it; None when nobody can have it, or nothing was given."""
    is_phone = bool(phone.strip())
    international = as_international(phone) if is_phone else ""
    if is_phone and not international:
        return None
    theirs = (source, external_id) if source and external_id else ("", "")
    told = (number, email.strip().lower(), international, *theirs)
    return told if any(told) else None


def _members_by(number: str, email: str, phone: str, source: str, external_id: str) -> QuerySet[Member]:
    found = Member.objects.all()
    if number:
        found = found.filter(pk=Subquery(_by_number(number)))
    if email:
        found = found.filter(email=email)
    if phone:
        found = found.filter(phone=phone)
    if external_id:
        found = found.filter(identities__source=source, identities__external_id=external_id)
    return found


def _by_number(number: str) -> QuerySet[Member, int]:
    """Who has the number, or has had it: of one person twice a member, the membership that goes on."""
    return Member.objects.filter(number=number).values_list(Coalesce("merged_into_id", "pk"))


def _two_members_by(*told: str) -> QuerySet[Member]:
    return _members_by(*told)[:2]


def as_international(phone: str) -> str:
    """The number as E.164, or nothing when it is none; without a country code it is of the club's country."""
    try:
        number = PhoneNumber.from_string(phone, region=settings.PHONENUMBER_DEFAULT_REGION)
    except NumberParseException:
        return ""
    return str(number.as_e164) if number.is_valid() else ""


def latest_consent(
    purpose: str,
    channel: str,
    *,
    member: str = "pk",
    unless_answered: bool = False,
    at: datetime | None = None,
) -> Coalesce:
    """Expression: whether the latest answer for a purpose on a channel is yes.

    An answer about all channels is one about this channel too. ``member`` names the column that
    holds the member's id, so it can stand in the WHERE of any UPDATE: asked at that very moment.
    With ``at``, the latest of those given by then.
    """
    latest = consents_about(purpose, channel, at).filter(member=OuterRef(member))
    found = Subquery(latest.order_by("-given_at", "-id").values("is_given")[:1])
    return Coalesce(found, Value(unless_answered), output_field=BooleanField())


def consents_about(purpose: str, channel: str, at: datetime | None) -> QuerySet[Consent]:
    """The answers that concern a purpose on a channel, given by ``at`` where there is one."""
    answers = Consent.objects.filter(purpose=purpose, channel__in=[channel, Consent.Channel.ANY])
    return answers if at is None else answers.filter(given_at__lte=at)


def has_refused(purpose: str, at: datetime, *, member: str = "pk") -> Q:
    """Condition: the latest answer of ``member`` for a purpose on all channels, given by ``at``, is no."""
    answers = consents_about(purpose, Consent.Channel.ANY, at)
    later = answers.filter(member=OuterRef("member")).filter(
        Q(given_at__gt=OuterRef("given_at")) | Q(given_at=OuterRef("given_at"), id__gt=OuterRef("id"))
    )
    refused = answers.filter(~Exists(later), is_given=False, member=OuterRef(member))
    return Q(Exists(refused))


def has_consent(purpose: str, channel: str, *, member: str = "pk") -> Q:
    """Condition: the member has said yes and not taken it back."""
    return Q(latest_consent(purpose, channel, member=member))


def timeline(member: Member, *, before: Place | None = None, limit: int = 50) -> QuerySet[Activity]:
    """A page of what happened to a member, newest first.

    ``before`` is the (occurred_at, id) of the last row on the page before.
    """
    activities = member.activities.order_by("-occurred_at", "-id")
    if before is not None:
        occurred_at, activity_id = before
        earlier = Q(occurred_at__lt=occurred_at) | Q(occurred_at=occurred_at, id__lt=activity_id)
        activities = activities.filter(earlier, occurred_at__lte=occurred_at)
    return activities[:limit]


def find_api_key(text: str) -> ApiKey | None:
    """The key that was given out as ``text``, be it valid today or not."""
    form = API_KEY.fullmatch(text)
    if form is None:
        return None
    [found] = fetch_together(asked(_keys_by, form[1]))
    return found[0] if found and constant_time_compare(found[0].digest, digest_of(text)) else None


def _keys_by(prefix: str) -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("store").filter(prefix=prefix)


def money(ore: int, currency: str = "") -> str:
    """“1 250 kr”, “12,50 kr” when there are öre, “€12.50” in English; in the club's currency unless named."""
    code = currency or settings.CLUB_CURRENCY
    whole = ore % 100 == 0
    number = number_format(ore // 100 if whole else ore / 100, None if whole else 2, force_grouping=True)
    if code in SIGNS:
        words = {"amount": number, "currency": SIGNS[code]}
        return pgettext("amount and sign of currency", "%(currency)s%(amount)s") % words
    words = {"amount": number, "currency": CROWNS.get(code, code)}
    return pgettext("amount and currency", "%(amount)s %(currency)s") % words
