from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Order
from segments.filters import Detail, FactFilter, Moment, facts
from segments.filters.expressions import local_day


@facts.register("order")
class Orders(FactFilter):
    """Receipts and web orders that stand; a cancelled one never was."""

    key: ClassVar[str] = "order"
    label: ClassVar[Promise] = _("orders")
    owner: ClassVar[str] = "member_id"
    is_behaviour: ClassVar[bool] = True
    at: ClassVar[str] = "placed_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Order.objects.counted()

    def measures(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("paid"), "paid_ore"),
            "gross": Detail("money", _("price before discounts"), "gross_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "voucher": Detail("money", _("paid with checks"), "voucher_ore"),
            "local_day": Detail("day", _("day"), local_day("placed_at")),
            "store": Detail("text", _("store"), "store__code"),
            "channel": Detail("text", _("channel"), "channel"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("paid"), "paid_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "store": Detail("choice", _("store"), "store__code"),
            "region": Detail("choice", _("region"), "store__region"),
            "chain": Detail("choice", _("chain"), "store__chain"),
            "country": Detail("choice", _("country"), "store__country"),
            "channel": Detail("choice", _("channel"), "channel"),
            "currency": Detail("choice", _("currency"), "currency"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {"store": Detail("choice", _("store"), "store__code")}
