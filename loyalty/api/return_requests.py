"""Bodies that tell of goods and money that come back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from loyalty.api.fields import MAX_LINES, MAX_ORE, MomentField, OreField, QuantityField
from loyalty.api.requests import not_ahead
from members.actions import NewReturn, NewReturnLine
from members.api.strict import StrictSerializer


class ReturnLineSerializer(StrictSerializer):
    line = serializers.CharField(required=False, max_length=64, help_text=_("The ref of the order line."))
    sku = serializers.CharField(required=False, max_length=80)
    quantity = QuantityField(
        required=False, help_text=_("How many came back; left out for money alone, for goods that are kept.")
    )
    amount_ore = OreField(
        required=False, help_text=_("What was paid back; otherwise what was paid for that many.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("line") and not attrs.get("sku"):
            raise serializers.ValidationError(_("Name the order line by line or by sku."))
        if "quantity" not in attrs and not attrs.get("amount_ore"):
            missing = serializers.ErrorDetail(
                str(_("Say how many came back, or how much was paid back.")), code="required"
            )
            raise serializers.ValidationError({"quantity": [missing]})
        return attrs


class OrderReturnSerializer(StrictSerializer):
    number = serializers.CharField(max_length=64, help_text=_("The return's own number; it is used once."))
    returned_at = MomentField()
    lines = serializers.ListField(
        child=ReturnLineSerializer(),
        required=False,
        allow_empty=False,
        max_length=MAX_LINES,
        help_text=_("Leave out to return all that is left."),
    )
    amount_ore = serializers.IntegerField(
        min_value=1,
        max_value=MAX_ORE,
        required=False,
        help_text=_("Instead of lines: money paid back for goods that are kept, shared by all lines."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "lines" in attrs and "amount_ore" in attrs:
            raise serializers.ValidationError(_("Send lines or an amount, not both."))
        return attrs

    def validate_returned_at(self, at: datetime) -> datetime:
        return not_ahead(self, at)


class ReturnSerializer(OrderReturnSerializer):
    order_number = serializers.CharField(max_length=64)


def new_return(body: dict[str, Any], *, source: str, order_number: str) -> NewReturn:
    return NewReturn(
        source=source,
        number=body["number"],
        order_number=order_number,
        returned_at=body["returned_at"],
        lines=tuple(
            NewReturnLine(
                ref=str(position),
                quantity=row.get("quantity", Decimal(0)),
                amount_ore=row.get("amount_ore"),
                sku=row.get("sku", ""),
                order_line_ref=row.get("line", ""),
            )
            for position, row in enumerate(body.get("lines", ()), 1)
        ),
        amount_ore=body.get("amount_ore"),
    )
