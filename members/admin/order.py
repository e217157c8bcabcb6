"""Orders and returns as the shop sent them. What is wrong in them, the shop sends again."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter, RadioFilter

from members.admin.base import ReadOnlyAdmin, ReadOnlyInline, column
from members.admin.filters import FoundByMember, since
from members.models import Order, OrderLine, OrderReturn, OrderReturnLine
from members.queries import money
from members.registry import Registry

if TYPE_CHECKING:
    from decimal import Decimal

    from django.http import HttpRequest


def pieces(quantity: "Decimal") -> str:
    """Without the decimals that it does not need: 1 is not written as a thousand."""
    return number_format(f"{quantity.normalize():f}")


class MissingOrder(RadioFilter):
    title = _("order")
    parameter_name = "order"

    def lookups(self, request: "HttpRequest", model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", _("waits for its order"))]

    def queryset(self, request: "HttpRequest", queryset: QuerySet[OrderReturn]) -> QuerySet[OrderReturn]:
        if self.value() != "missing":
            return queryset
        waiting = OrderReturnLine.objects.filter(order_return=OuterRef("pk"), order_line__isnull=True)
        return queryset.filter(Exists(waiting))


# What floors above show of an order: what it gave, and why.
inlines: Registry[type[ReadOnlyInline]] = Registry("list on an order's page")


class OrderLineInline(ReadOnlyInline):
    model = OrderLine
    fields = readonly_fields = ("sku", "name", "pieces", "gross", "discount", "checks", "paid")
    ordering = ("-revision", "position")

    def get_queryset(self, request: "HttpRequest") -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("order")  # type: ignore[no-any-return]

    @column(_("quantity"))
    def pieces(self, line: OrderLine) -> str:
        return pieces(line.quantity)

    @column(_("price before discounts"))
    def gross(self, line: OrderLine) -> str:
        return money(line.gross_ore, line.order.currency)

    @column(_("discount"))
    def discount(self, line: OrderLine) -> str:
        return money(line.discount_ore, line.order.currency)

    @column(_("paid with checks"))
    def checks(self, line: OrderLine) -> str:
        return money(line.voucher_ore, line.order.currency)

    @column(_("paid"))
    def paid(self, line: OrderLine) -> str:
        return money(line.paid_ore, line.order.currency)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin, FoundByMember):
    list_display = ("number", "placed_at", "member", "store", "channel", "paid", "labelled_state")
    list_select_related = ("member", "store")
    list_filter = (since("placed_at", _("placed")), ("state", ChoicesRadioFilter), "store")
    owner = "member"
    found_by = ("number",)
    search_help_text = _("Order number, or member number, name, e-mail or phone")
    readonly_fields = ("gross", "discount", "checks", "paid")
    fields = (
        "number", "source", "revision", "member", "store", "channel", "gross", "discount", "checks", "paid",
        "state", "placed_at", "recorded_at", "cancelled_at",
    )  # fmt: skip

    def get_inlines(self, request: "HttpRequest", obj: Any) -> list[type[ReadOnlyInline]]:
        return [OrderLineInline, *inlines.values()]

    @column(_("price before discounts"))
    def gross(self, order: Order) -> str:
        return money(order.gross_ore, order.currency)

    @column(_("discounts"))
    def discount(self, order: Order) -> str:
        return money(order.discount_ore, order.currency)

    @column(_("paid with checks"))
    def checks(self, order: Order) -> str:
        return money(order.voucher_ore, order.currency)

    @column(_("paid"))
    def paid(self, order: Order) -> str:
        return money(order.paid_ore, order.currency)

    @column(_("state"), {"placed": "success", "cancelled": "danger"})
    def labelled_state(self, order: Order) -> tuple[str, str]:
        return order.state, order.get_state_display()


class OrderReturnLineInline(ReadOnlyInline):
    model = OrderReturnLine
    fields = readonly_fields = ("ref", "sku", "pieces", "amount", "order_line")

    @column(_("quantity"))
    def pieces(self, line: OrderReturnLine) -> str:
        return pieces(line.quantity)

    @column(_("amount"))
    def amount(self, line: OrderReturnLine) -> str:
        return money(line.amount_ore)


@admin.register(OrderReturn)
class OrderReturnAdmin(ReadOnlyAdmin, FoundByMember):
    list_display = ("number", "returned_at", "order_number", "member", "amount")
    list_select_related = ("member",)
    list_filter = (MissingOrder,)
    owner = "member"
    found_by = ("number", "order_number")
    search_help_text = _("Number of the return or the order, or member number, name, e-mail or phone")
    readonly_fields = ("amount",)
    fields = ("number", "source", "order_number", "member", "amount", "returned_at", "recorded_at")
    inlines = (OrderReturnLineInline,)

    @column(_("amount"))
    def amount(self, order_return: OrderReturn) -> str:
        return money(order_return.amount_ore)
