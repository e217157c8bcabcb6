"""Whether a message may go out: the member, the purpose, the answers they gave, and the suppressed addresses."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.lookups import Exact, IsNull
from django.utils.crypto import salted_hmac

from campaigns.models import Campaign, CampaignVersion, Enrolment, Message, Suppression
from members.models import Consent, Member
from members.queries import latest_consent

Purpose = CampaignVersion.Purpose
DIGEST_SALT = "campaigns.suppression"

# The question a member answered, and what holds for those who never did: service mail belongs to the
# membership and goes out until they say stop, marketing waits for a yes.
CONSENT_FOR = {
    Purpose.SERVICE: (Consent.Purpose.MEMBERSHIP, True),
    Purpose.MARKETING: (Consent.Purpose.MARKETING, False),
}


def address_digests(address: str) -> list[str]:
    """Return the digests under which an address may be suppressed, that of today's key first.

    Older keys stay in SECRET_KEY_FALLBACKS, or those who complained would be written to again.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    folded = address.strip().casefold()
    return [salted_hmac(DIGEST_SALT, folded, secret=key, algorithm="sha256").hexdigest() for key in keys]


def suppressions_of(address: str) -> QuerySet[Suppression]:
    return Suppression.objects.filter(digest__in=address_digests(address))


def agrees(purpose: str, channel: str) -> Q:
    """Return the condition: the latest answer of a row's `member` allows this purpose on this channel."""
    asked, unless_answered = CONSENT_FOR[Purpose(purpose)]
    return Q(latest_consent(asked, channel, member="member", unless_answered=unless_answered))


def may_send(*, purpose: str, channel: str, addresses: Mapping[UUID, str]) -> Q:
    """Return the condition on some messages that all of this holds at the moment the database asks.

    The campaign runs, the member is active and still has the address that is given for the message, agrees,
    and the address is not suppressed.
    """
    campaign = Enrolment.objects.filter(pk=OuterRef("enrolment")).values("campaign__state")
    address = Member.objects.active().filter(pk=OuterRef("member")).values("email")
    by_key = zip(*map(address_digests, addresses.values()), strict=True)
    digests = [of_message(OuterRef("pk"), zip(addresses, digests, strict=True)) for digests in by_key]
    suppressed = Suppression.objects.filter(digest__in=digests).values("digest")
    # Of a value the database looks up one row. What only has to exist it may look for by reading whole tables.
    return (
        Q(Exact(Subquery(campaign[:1]), Value(Campaign.State.ACTIVE)))
        & Q(Exact(Subquery(address[:1]), of_message(F("pk"), addresses.items())))
        & Q(IsNull(Subquery(suppressed[:1]), rhs=True))
        & agrees(purpose, channel)
    )


def of_message(pk: F, values: Iterable[tuple[UUID, str]]) -> Case:
    """Return the value that belongs to the message whose key `pk` is."""
    return Case(*[When(Exact(pk, of), then=Value(value)) for of, value in values], output_field=TextField())


def reason_against(message: Message, *, purpose: str) -> str:
    """Return why a message may not go out, or "" where what stood against it is gone or may pass.

    A paused campaign and a changed address are no reasons: the message waits, and is written anew.
    """
    member = Member.objects.get(pk=message.member_id)
    if member.state != Member.State.ACTIVE:
        return Message.Reason.MEMBER_NOT_ACTIVE
    if not member.email:
        return Message.Reason.NO_ADDRESS
    if suppressions_of(member.email).exists():
        return Message.Reason.SUPPRESSED
    if not Message.objects.filter(agrees(purpose, message.channel), pk=message.pk).exists():
        return Message.Reason.NO_CONSENT
    return ""
