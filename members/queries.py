"""Questions about members that more than one face asks."""

import re
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from members.models import Activity, ApiKey, Consent, Member
from members.models.access import digest_of

API_KEY = re.compile(r"sk_([0-9a-f]{8})_[0-9a-f]{48}")

Place = tuple[datetime, UUID]


def members_by(
    *, number: str = "", email: str = "", phone: str = "", source: str = "", external_id: str = ""
) -> QuerySet[Member]:
    """Members to whom all that is given applies; nobody when nothing is given.

    A phone may be shared, so it can find several. ``external_id`` counts only with its ``source``.
    """
    asked = Q()
    if number:
        asked &= Q(number=number)
    if email.strip():
        asked &= Q(email=email.strip().lower())
    if phone.strip():
        asked &= Q(phone=as_international(phone)) if as_international(phone) else Q(pk__in=[])
    if source and external_id:
        asked &= Q(identities__source=source, identities__external_id=external_id)
    return Member.objects.filter(asked) if asked else Member.objects.none()


def find_member(
    *, number: str = "", email: str = "", phone: str = "", source: str = "", external_id: str = ""
) -> Member | None:
    """The one member to whom all that is given applies; None when there is none, or several."""
    found = members_by(number=number, email=email, phone=phone, source=source, external_id=external_id)[:2]
    return found[0] if len(found) == 1 else None


def as_international(phone: str) -> str:
    """The number as E.164, or nothing when it is none; without a country code it is of the club's country."""
    try:
        number = PhoneNumber.from_string(phone, region=settings.PHONENUMBER_DEFAULT_REGION)
    except NumberParseException:
        return ""
    return str(number.as_e164) if number.is_valid() else ""


def consent_of(member: Member) -> dict[tuple[str, str], bool]:
    """The answer that holds for every (purpose, channel) the member has answered."""
    answers = member.consents.order_by("given_at", "id").values_list("purpose", "channel", "is_given")
    return {(purpose, channel): is_given for purpose, channel, is_given in answers}


def latest_consent(
    purpose: str, channel: str, *, member: str = "pk", unless_answered: bool = False
) -> Coalesce:
    """Expression: whether the latest answer for a purpose on a channel is yes.

    An answer about all channels is one about this channel too. ``member`` names the column that
    holds the member's id, so it can stand in the WHERE of any UPDATE: asked at that very moment.
    """
    latest = (
        Consent.objects.filter(
            member=OuterRef(member), purpose=purpose, channel__in=[channel, Consent.Channel.ANY]
        )
        .order_by("-given_at", "-id")
        .values("is_given")[:1]
    )
    return Coalesce(Subquery(latest), Value(unless_answered), output_field=BooleanField())


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
    row = ApiKey.objects.select_related("store").filter(prefix=form[1]).first()
    return row if row is not None and constant_time_compare(row.digest, digest_of(text)) else None
