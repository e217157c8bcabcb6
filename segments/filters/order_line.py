from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Order, OrderLine
from segments.filters import Detail, FactFilter, Moment, facts
from segments.filters.expressions import THOUSANDTHS, local_day, root_of, thousandths


@facts.register("order_line")
class OrderLines(FactFilter):
    """Lines of orders that stand, with the goods as they were booked then."""

    key: ClassVar[str] = "order_line"
    label: ClassVar[Promise] = _("bought goods")
    owner: ClassVar[str] = "order__member_id"
    is_behaviour: ClassVar[bool] = True
    at: ClassVar[str] = "order__placed_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return OrderLine.objects.filter(order__state=Order.State.PLACED, revision=F("order__revision"))

    def measures(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("paid"), "paid_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "qty": Detail("quantity", _("quantity"), thousandths("quantity"), scale=THOUSANDTHS),
            "product": Detail("text", _("article number"), "sku"),
            "category": Detail("text", _("category"), "category_path"),
            "interest_area": Detail("text", _("area of interest"), root_of("category_path")),
            "brand": Detail("text", _("brand"), "brand"),
            "order": Detail("text", _("order"), "order_id"),
            "local_day": Detail("day", _("day"), local_day("order__placed_at")),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "category_under": Detail("category", _("category, with all below it"), "category_path"),
            "product": Detail("choice", _("article number"), "sku"),
            "brand": Detail("choice", _("brand"), "brand"),
            "interest_area": Detail("choice", _("area of interest"), root_of("category_path")),
            "total": Detail("money", _("paid"), "paid_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "store": Detail("choice", _("store"), "order__store__code"),
            "channel": Detail("choice", _("channel"), "order__channel"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {
            "category": Detail("choice", _("category"), "category_path"),
            "product": Detail("choice", _("article number"), "sku"),
            "brand": Detail("choice", _("brand"), "brand"),
        }
