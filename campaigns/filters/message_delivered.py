from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.filters import MessageFacts
from campaigns.models import Message
from segments.filters import Moment, facts


@facts.register("message.delivered")
class DeliveredMessages(MessageFacts):
    """Messages that were taken by the receiving server."""

    key: ClassVar[str] = "message.delivered"
    label: ClassVar[Promise] = _("messages delivered")

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Message.objects.filter(state=Message.State.ACCEPTED)
