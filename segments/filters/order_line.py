from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import BigIntegerField, ExpressionWrapper, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Order, OrderLine, OrderReturnLine
from segments.filters import Detail, FactFilter, Moment, facts, searching
from segments.filters.expressions import (
    THOUSANDTHS,
    days_weeks_and_months,
    root_of,
    sum_of,
    thousandths,
    when_it_was,
)


@facts.register("order_line")
class OrderLines(FactFilter):
    """Lines of orders that stand, with the goods as they were booked then."""

    key: ClassVar[str] = "order_line"
    label: ClassVar[Promise] = _("bought goods")
    owner: ClassVar[str] = "order__member_id"
    is_behaviour: ClassVar[bool] = True
    is_common: ClassVar[bool] = True
    at: ClassVar[str] = "order__placed_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        lines = OrderLine.objects.filter(order__state=Order.State.PLACED, revision=F("order__revision"))
        back = OrderReturnLine.objects.filter(
            order_line=OuterRef("pk"), order_return__returned_at__lte=moment.now
        )
        return lines.alias(line_back=sum_of(back, "amount_ore", by="order_line"))

    def measures(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("paid"), "paid_ore"),
            "kept": Detail(
                "money",
                _("paid for what was kept"),
                ExpressionWrapper(F("paid_ore") - F("line_back"), output_field=BigIntegerField()),
                is_positive=False,
            ),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "qty": Detail("quantity", _("quantity"), thousandths("quantity"), scale=THOUSANDTHS),
            "product": Detail("text", _("article number"), "sku"),
            "category": Detail("text", _("category"), "category_path"),
            "interest_area": Detail("text", _("area of interest"), root_of("category_path")),
            "brand": Detail("text", _("brand"), "brand"),
            "store": Detail("text", _("store"), "order__store__code"),
            "order": Detail("text", _("order"), "order_id"),
            **days_weeks_and_months("order__placed_at"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "category_under": Detail(
                "category", _("category, with all below it"), "category_path", search=searching.categories
            ),
            "product": Detail("choice", _("article number"), "sku", search=searching.products),
            "brand": Detail("choice", _("brand"), "brand", search=searching.brands),
            "interest_area": Detail(
                "choice", _("area of interest"), root_of("category_path"), search=searching.areas
            ),
            "total": Detail("money", _("paid"), "paid_ore"),
            "discount": Detail("money", _("discounts"), "discount_ore"),
            "store": Detail("choice", _("store"), "order__store__code", search=searching.stores),
            "channel": Detail("choice", _("channel"), "order__channel"),
            **when_it_was("order__placed_at"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {
            "category": Detail("choice", _("category"), "category_path"),
            "product": Detail("choice", _("article number"), "sku"),
            "brand": Detail("choice", _("brand"), "brand"),
        }
