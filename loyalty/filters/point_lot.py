from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import of_meter
from loyalty.models import Lot
from segments.filters import Detail, FactFilter, Moment, facts


@facts.register("point_lot")
class PointLots(FactFilter):
    """What is left of points that can be used now, on the day it lapses: look ahead for what is about to."""

    key: ClassVar[str] = "point_lot"
    label: ClassVar[Promise] = _("points that lapse")
    owner: ClassVar[str] = "account_id"
    is_of_account: ClassVar[bool] = True
    is_ahead: ClassVar[bool] = True
    at: ClassVar[str] = "expires_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Lot.objects.filter(remaining__gt=0, available_from__lte=moment.now)

    def measures(self) -> Mapping[str, Detail]:
        return {"remaining": Detail("number", _("points"), "remaining")}

    def where(self) -> Mapping[str, Detail]:
        return {"meter": of_meter()}
