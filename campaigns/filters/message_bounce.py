from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.filters import MessageFacts
from campaigns.models import Message
from segments.filters import Moment, facts


@facts.register("message.bounce")
class BouncedMessages(MessageFacts):
    """Messages to an address that does not exist."""

    key: ClassVar[str] = "message.bounce"
    label: ClassVar[Promise] = _("messages that came back")

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Message.objects.filter(state=Message.State.FAILED, reason=Message.Reason.ADDRESS_REFUSED)
