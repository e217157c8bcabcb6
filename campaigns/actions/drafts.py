"""Claimed messages become letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.actions.permission import links_for
from campaigns.models import Message
from campaigns.queries.content import Content, contents_of
from campaigns.queries.letters import Letter, LetterForms, write_letter
from members.models import Consent
from members.queries import latest_consent

# A letter needs few of the columns, and each costs time for every message.
USED = (
    *("member_id", "step_id", "channel", "attempts", "planned_at"),
    *("member__email", "member__first_name", "member__language", "member__number"),
    *("enrolment__activity__kind", "enrolment__activity__facts"),
)


@dataclass(frozen=True)
class Draft:
    """A claimed message and its letter, or the reason why there is nothing to send."""

    message: Message
    purpose: str
    letter: Letter | None = None
    obstacle: str = ""


def drafts_of(*, claim: UUID, now: datetime) -> Iterator[Draft]:
    """Write the letters of a claim one by one; what they need is read at once.

    Those of one purpose follow upon each other, service first, and within it the oldest.
    """
    messages = list(
        Message.objects.filter(claim=claim, state=Message.State.CLAIMED)
        .select_related("member", "enrolment__activity")
        .prefetch_related("step__version__campaign")
        .only(*USED)
        .annotate(
            is_followed=latest_consent(Consent.Purpose.TRACKING, Consent.Channel.EMAIL, member="member")
        )
        .order_by("-step__version__purpose", "due_at", "id")
    )
    links = links_for(messages=messages, now=now)
    contents = contents_of(messages, links=links, now=now)
    forms = LetterForms(message.step for message in messages)
    for message in messages:
        yield draft(message, contents[message.pk], forms)


def draft(message: Message, content: Content, forms: LetterForms) -> Draft:
    version, member = message.step.version, message.member
    form = forms.for_language(message.step_id, member.language)
    if not member.email:
        return Draft(message, version.purpose, obstacle=Message.Reason.NO_ADDRESS)
    if content.obstacle:
        return Draft(message, version.purpose, obstacle=content.obstacle)
    if form is None or not form.names <= content.values.keys():
        return Draft(message, version.purpose, obstacle=Message.Reason.NO_TEXT)
    letter = write_letter(
        form,
        message_id=message.pk,
        campaign_key=version.campaign.key,
        to=member.email,
        values=content.values,
        is_followed=message.is_followed,  # type: ignore[attr-defined]
    )
    return Draft(message, version.purpose, letter)
