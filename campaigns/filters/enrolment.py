from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.filters import of_campaign
from campaigns.models import Enrolment
from segments.filters import Detail, FactFilter, Moment, facts


@facts.register("enrolment")
class Enrolments(FactFilter):
    """Campaigns that the member came into, on the day of it."""

    key: ClassVar[str] = "enrolment"
    label: ClassVar[Promise] = _("campaigns that the member came into")
    owner: ClassVar[str] = "member_id"
    at: ClassVar[str] = "started_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Enrolment.objects.all()

    def where(self) -> Mapping[str, Detail]:
        return {"campaign": of_campaign("campaign__key")}
