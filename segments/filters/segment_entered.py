from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.filters import Detail, FactFilter, Moment, facts, searching
from segments.models import Membership


@facts.register("segment.entered")
class SegmentsEntered(FactFilter):
    """Segments that the member is in, as of their last runs, on the day of entering."""

    key: ClassVar[str] = "segment.entered"
    label: ClassVar[Promise] = _("segments that the member came into")
    owner: ClassVar[str] = "member_id"
    at: ClassVar[str] = "entered_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Membership.objects.all()

    def where(self) -> Mapping[str, Detail]:
        return {"segment": Detail("choice", _("segment"), "segment__key", search=searching.segments)}
