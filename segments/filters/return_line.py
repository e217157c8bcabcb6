from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import OrderReturnLine
from segments.filters import Detail, FactFilter, Moment, facts, searching
from segments.filters.expressions import THOUSANDTHS, days_weeks_and_months, thousandths


@facts.register("return_line")
class ReturnLines(FactFilter):
    """Goods that came back to the shop, on the day they did."""

    key: ClassVar[str] = "return_line"
    label: ClassVar[Promise] = pgettext_lazy("what members do", "returned goods")
    owner: ClassVar[str] = "order_return__member_id"
    is_behaviour: ClassVar[bool] = True
    at: ClassVar[str] = "order_return__returned_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return OrderReturnLine.objects.all()

    def measures(self) -> Mapping[str, Detail]:
        return {
            "total": Detail("money", _("amount"), "amount_ore"),
            "qty": Detail("quantity", _("quantity"), thousandths("quantity"), scale=THOUSANDTHS),
            "product": Detail("text", _("article number"), "sku"),
            "return": Detail("text", _("return"), "order_return_id"),
            **days_weeks_and_months("order_return__returned_at"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "category_under": Detail(
                "category",
                _("category, with all below it"),
                "order_line__category_path",
                search=searching.categories,
            ),
            "product": Detail("choice", _("article number"), "sku", search=searching.products),
            "brand": Detail("choice", _("brand"), "order_line__brand", search=searching.brands),
            "total": Detail("money", _("amount"), "amount_ore"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {
            "category": Detail("choice", _("category"), "order_line__category_path"),
            "product": Detail("choice", _("article number"), "sku"),
            "brand": Detail("choice", _("brand"), "order_line__brand"),
        }
