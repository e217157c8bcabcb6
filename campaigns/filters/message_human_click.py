from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.filters import ResponseFacts
from campaigns.models import Response
from segments.filters import Moment, facts


@facts.register("message.human_click")
class HumanClicks(ResponseFacts):
    """Clicks of people in messages; a machine that follows links is none of them."""

    key: ClassVar[str] = "message.human_click"
    label: ClassVar[Promise] = _("clicks in messages")

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Response.objects.filter(kind=Response.Kind.CLICK, is_human=True)
