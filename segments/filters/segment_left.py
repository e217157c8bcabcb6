from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Activity
from segments.filters import Detail, FactFilter, Moment, facts, searching


@facts.register("segment.left")
class SegmentsLeft(FactFilter):
    """Every time that a member left a segment, also one that holds the member again."""

    key: ClassVar[str] = "segment.left"
    label: ClassVar[Promise] = _("segments that the member left")
    owner: ClassVar[str] = "member_id"
    at: ClassVar[str] = "occurred_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        left = Activity.objects.filter(kind="segment.left")
        return left.alias(left_segment=Cast(KeyTextTransform("segment", "facts"), TextField()))

    def where(self) -> Mapping[str, Detail]:
        return {"segment": Detail("choice", _("segment"), "left_segment", search=searching.segments)}
