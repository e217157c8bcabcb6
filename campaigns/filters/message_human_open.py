from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.filters import ResponseFacts
from campaigns.models import Response
from segments.filters import Moment, facts


@facts.register("message.human_open")
class HumanOpens(ResponseFacts):
    """Messages opened by people; what a machine fetched before them is none."""

    key: ClassVar[str] = "message.human_open"
    label: ClassVar[Promise] = _("messages that the member opened")

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Response.objects.filter(kind=Response.Kind.OPEN, is_human=True)
