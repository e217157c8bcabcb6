from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.filters import MessageFacts
from campaigns.models import Message
from segments.filters import Moment, facts


@facts.register("message.sent")
class SentMessages(MessageFacts):
    """Messages that were handed over, whether or not it is known that they arrived."""

    key: ClassVar[str] = "message.sent"
    label: ClassVar[Promise] = _("messages sent")

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Message.objects.filter(state__in=[Message.State.ACCEPTED, Message.State.UNKNOWN])
