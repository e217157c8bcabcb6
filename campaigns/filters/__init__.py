"""What segments can ask about messages: what was sent, what did not arrive, and what members clicked on."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from segments.filters import Detail, FactFilter


class MessageFacts(FactFilter):
    """Messages that ended in some way, on the day they did."""

    owner: ClassVar[str] = "member_id"
    at: ClassVar[str] = "ended_at"

    def where(self) -> Mapping[str, Detail]:
        return {
            "channel": Detail("choice", _("channel"), "channel"),
            "campaign": Detail("choice", _("campaign"), "enrolment__campaign__key"),
        }
