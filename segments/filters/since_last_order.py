from typing import ClassVar

from django.db.models import Max, OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from members.models import Order
from segments.filters import Choices, Moment, Start, starts


@starts.register("last_order")
class SinceLastOrder(Start):
    """The last order that stands, up to now; the order itself is in the stretch."""

    key: ClassVar[str] = "last_order"

    def known(self) -> Choices:
        return [(self.key, _("their last order"))]

    def of(self, owner: str, name: str, moment: Moment) -> Combinable:
        mine = Order.objects.counted().filter(member=OuterRef(owner), placed_at__lte=moment.now)
        return Subquery(mine.order_by().values("member").annotate(last=Max("placed_at")).values("last"))
