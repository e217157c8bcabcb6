from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import BigIntegerField, ExpressionWrapper, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Order, OrderReturnLine
from segments.filters import Detail, FactFilter, Moment, facts, searching
from segments.filters.expressions import days_weeks_and_months, sum_of, when_it_was


@facts.register("order")
class Orders(FactFilter):
    """Receipts and web orders that stand; a cancelled one never was."""

    key: ClassVar[str] = "order"
    label: ClassVar[Promise] = _("orders")
    owner: ClassVar[str] = "member_id"
    is_behaviour: ClassVar[bool] = True
    is_common: ClassVar[bool] = True
    at: ClassVar[str] = "placed_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        back = OrderReturnLine.objects.filter(
            order_line__order=OuterRef("pk"), order_return__returned_at__lte=moment.now
        )
        return Order.objects.counted().alias(order_back=sum_of(back, "amount_ore", by="order_line__order"))

    def measures(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("paid"), "paid_ore"),
            "kept": Detail(
                "money",
                _("paid for what was kept"),
                ExpressionWrapper(F("paid_ore") - F("order_back"), output_field=BigIntegerField()),
                is_positive=False,
            ),
            "gross": Detail("money", _("price before discounts"), "gross_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "voucher": Detail("money", _("paid with checks"), "voucher_ore"),
            **days_weeks_and_months("placed_at"),
            "store": Detail("text", _("store"), "store__code"),
            "channel": Detail("text", _("channel"), "channel"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("paid"), "paid_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "store": Detail("choice", _("store"), "store__code", search=searching.stores),
            "region": Detail("choice", _("region"), "store__region", search=searching.regions),
            "chain": Detail("choice", _("chain"), "store__chain", search=searching.chains),
            "country": Detail("choice", _("country"), "store__country", search=searching.countries),
            "channel": Detail("choice", _("channel"), "channel"),
            "currency": Detail("choice", _("currency"), "currency"),
            **when_it_was("placed_at"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {"store": Detail("choice", _("store"), "store__code")}
