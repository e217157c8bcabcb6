from datetime import datetime
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Enrolment, Message, Step
from campaigns.steps import Outcome, steps


@steps.register("send_message")
class SendMessage:
    """Plans one message on the campaign's channel, to be sent at once."""

    key: ClassVar[str] = "send_message"
    label: ClassVar[Promise] = _("send a message")

    def take(self, step: Step, enrolment: Enrolment, now: datetime) -> Outcome:
        message = Message(
            step=step,
            enrolment=enrolment,
            member_id=enrolment.member_id,
            entry_no=enrolment.entry_no,
            channel=enrolment.campaign.channel,
            due_at=now,
            planned_at=now,
        )
        return Outcome(messages=(message,))
