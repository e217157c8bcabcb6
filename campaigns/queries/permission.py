"""Whether a message may go out: the member, the purpose, the answers they gave, and the suppressed addresses."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
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


def may_send(*, purpose: str, channel: str, address: str) -> Q:
    """Return the condition on a message that all of this holds at the moment the database asks.

    The campaign runs, the member is active and still has this address, agrees, and is not suppressed.
    """
    running = Enrolment.objects.filter(pk=OuterRef("enrolment"), campaign__state=Campaign.State.ACTIVE)
    reachable = Member.objects.active().filter(pk=OuterRef("member"), email=address)
    return (
        Q(Exists(running))
        & Q(Exists(reachable))
        & agrees(purpose, channel)
        & ~Q(Exists(suppressions_of(address)))
    )


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
