"""Who must not be written to: suppressed addresses, and members who say stop."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from campaigns.actions.errors import UnableToLiftSuppression, UnableToSuppress, UnableToUnsubscribe
from campaigns.models import Message, Suppression, UnsubscribeLink
from campaigns.queries import address_digests
from campaigns.queries.permission import CONSENT_FOR, Purpose
from members import actions as member_actions

TOKEN_BYTES = 18

LinkKey = tuple[int, str, str]  # member id, purpose, channel


@transaction.atomic
def suppress_address(*, address: str, reason: str, actor: str, now: datetime, note: str = "") -> Suppression:
    """Let nothing be sent to an address any more. Saying it twice changes nothing."""
    if not address.strip():
        raise UnableToSuppress("address_is_missing")
    suppression, _ = Suppression.objects.get_or_create(
        digest=address_digests(address)[0],
        reason=reason,
        defaults={"actor": actor, "note": note, "suppressed_at": now},
    )
    return suppression


@transaction.atomic
def lift_suppression(*, suppression: Suppression) -> None:
    """Let an address be written to again, as when a full mailbox was taken for a dead one."""
    if suppression.reason == Suppression.Reason.COMPLAINT:
        raise UnableToLiftSuppression("complaint_is_for_good")
    suppression.delete()


def links_for(*, messages: Sequence[Message], now: datetime) -> dict[UUID, str]:
    """Return every message's unsubscribe link, made where its member has none yet for purpose and channel."""
    keys = {message.pk: link_key(message) for message in messages}
    tokens = known_tokens(keys.values())
    if missing := set(keys.values()) - tokens.keys():
        UnsubscribeLink.objects.bulk_create(
            [new_link(*key, now) for key in sorted(missing)],
            ignore_conflicts=True,  # another process may be making the same
        )
        tokens = known_tokens(keys.values())
    return {pk: as_url(tokens[key]) for pk, key in keys.items()}


def link_key(message: Message) -> LinkKey:
    return message.member_id, message.step.version.purpose, message.channel


def known_tokens(keys: Iterable[LinkKey]) -> dict[LinkKey, str]:
    links = UnsubscribeLink.objects.filter(member_id__in={member_id for member_id, _, _ in keys})
    rows = links.values_list("member_id", "purpose", "channel", "token")
    return {(member_id, purpose, channel): token for member_id, purpose, channel, token in rows}


def new_link(member_id: int, purpose: str, channel: str, now: datetime) -> UnsubscribeLink:
    return UnsubscribeLink(
        token=secrets.token_urlsafe(TOKEN_BYTES),
        member_id=member_id,
        purpose=purpose,
        channel=channel,
        created_at=now,
    )


def as_url(token: str) -> str:
    return f"{settings.CLUB_URL}{reverse('unsubscribe', args=[token])}"


@transaction.atomic
def unsubscribe(*, token: str, now: datetime) -> UnsubscribeLink:
    """Let a member stop one kind of mail with the link from it. Saying it twice changes nothing more."""
    link = UnsubscribeLink.objects.select_related("member").filter(token=token).first()
    if link is None:
        raise UnableToUnsubscribe("link_is_not_known")
    member_actions.withdraw_consent(
        member=link.member,
        purpose=CONSENT_FOR[Purpose(link.purpose)][0],
        channel=link.channel,
        wording="unsubscribe-link",
        origin="unsubscribe link",
        actor="member",
        now=now,
    )
    return link
