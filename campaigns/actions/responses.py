"""Recording what is done with messages, and telling people from machines."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from campaigns.models import Message, Response
from members import actions as members
from members.models import Consent, Member
from members.queries import latest_consent

# Fetches pictures and follows links for somebody who has not looked yet.
MACHINES = re.compile(
    r"bot\b|crawl|spider|preview|scan|proxy|prefetch|barracuda|mimecast|proofpoint|safelinks|python|curl|"
    r"^mozilla/5\.0$|^$",
    re.IGNORECASE,
)
TOO_SOON = timedelta(seconds=3)
AT_ONCE = timedelta(seconds=5)
LINKS_AT_ONCE = 3


@transaction.atomic
def record_response(
    *,
    message: Message,
    kind: str,
    occurred_at: datetime,
    now: datetime,
    link: str = "",
    link_group: str = "",
    agent: str = "",
    method: str = "GET",
    is_fetched_ahead: bool = False,
) -> Response | None:
    """Record that a message was opened or clicked on; nothing of who has not agreed to be measured.

    A machine is known by its name, by asking for the head alone or ahead of a person, by coming within three seconds,
    or by following three links within five. Told again, it is answered again.
    """
    Message.objects.select_for_update().get(pk=message.pk)
    agreed = latest_consent(Consent.Purpose.TRACKING, message.channel, at=occurred_at)
    if not Member.objects.filter(agreed, pk=message.member_id).exists():
        return None
    told = {
        "agent": agent[:200],
        "link_group": link_group,
        "recorded_at": now,
        "member_id": message.member_id,
    }
    is_machine = method == "HEAD" or is_fetched_ahead or MACHINES.search(agent) is not None
    response, is_new = Response.objects.get_or_create(
        message=message,
        kind=kind,
        link=link,
        occurred_at=occurred_at,
        defaults={**told, "is_human": not is_machine and not _is_too_soon(message, occurred_at)},
    )
    if is_new:
        _unmask(_at_once(response))
        response.refresh_from_db(fields=["is_human"])
        _tell(response, now)
    return response


@transaction.atomic
def record_machine(*, message: Message, now: datetime) -> None:
    """A link that nobody sees was followed: whatever of the letter was asked for just before or after was no person's."""
    Message.objects.select_for_update().get(pk=message.pk)
    around = (now - AT_ONCE, now + AT_ONCE)
    Response.objects.filter(message=message, occurred_at__range=around).update(is_human=False)


def _is_too_soon(message: Message, occurred_at: datetime) -> bool:
    arrived_at = message.ended_at or message.handed_over_at
    return arrived_at is not None and occurred_at < arrived_at + TOO_SOON


def _at_once(response: Response) -> QuerySet[Response]:
    """The clicks around this one that some five seconds hold."""
    around = (response.occurred_at - AT_ONCE, response.occurred_at + AT_ONCE)
    return Response.objects.filter(
        message=response.message_id, kind=Response.Kind.CLICK, occurred_at__range=around
    ).order_by("occurred_at")


def _unmask(clicks: QuerySet[Response]) -> None:
    """Whoever follows so many links at once is no person, also in what came first."""
    told = list(clicks)
    for first in told:
        burst = [one for one in told if first.occurred_at <= one.occurred_at <= first.occurred_at + AT_ONCE]
        if len({one.link for one in burst}) >= LINKS_AT_ONCE:
            Response.objects.filter(pk__in=[one.pk for one in burst]).update(is_human=False)


def _tell(response: Response, now: datetime) -> None:
    if not response.is_human:
        return
    member = Member.objects.get(pk=response.member_id)
    members.new_activity(
        kind="message.clicked" if response.kind == Response.Kind.CLICK else "message.opened",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"message": str(response.message_id), "link_group": response.link_group},
        occurred_at=response.occurred_at,
        now=now,
    ).save(force_insert=True)
