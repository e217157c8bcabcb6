"""Bodies that shops send, turned into what the actions take."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from loyalty.api.fields import (
    MAX_LINES,
    MAX_ORE,
    MAX_USES,
    MAX_VOUCHERS,
    AskedMomentField,
    DayField,
    FiguresField,
    MemberSerializer,
    MomentField,
    OreField,
    QuantityField,
)
from loyalty.models import Entry, Voucher
from members.actions import NewLine, NewOrder, NewUse
from members.api.pages import PageQuery
from members.api.strict import StrictSerializer
from members.models import Order

CHANNELS = ("shop", "web", "app", "phone", "partner")
# Clocks of tills may be fast, by no more than this.
AHEAD = timedelta(days=1)
MOST_ACTS = 1_000
LONGEST_RESERVATION = timedelta(days=7)
USUAL_RESERVATION = timedelta(minutes=30)


class LineSerializer(StrictSerializer):
    ref = serializers.CharField(
        max_length=64, help_text=_("Names the line within the order; used by returns.")
    )
    quantity = QuantityField()
    gross_ore = OreField(help_text=_("Price of the whole line before discounts, tax included."))
    discount_ore = OreField(default=0, help_text=_("Taken off the whole line, other than by vouchers."))
    vat_rate = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(100),
        default=Decimal(25),
        help_text=_("In per cent."),
    )
    sku = serializers.CharField(max_length=80, default="", allow_blank=True)
    name = serializers.CharField(max_length=200, default="", allow_blank=True)
    category = serializers.CharField(
        max_length=400,
        default="",
        allow_blank=True,
        help_text=_("Codes from the root of the shop's tree, as in women/shoes/boots."),
    )
    brand = serializers.CharField(max_length=80, default="", allow_blank=True)
    flags = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=20,
        default=list,
        help_text=_("What rules may count or not, as in gift_card, event_ticket, reduced."),
    )
    attributes = FiguresField(
        help_text=_("Figures that the goods carry, for the whole line: nights, distance.")
    )


class UseSerializer(StrictSerializer):
    """What is used of the member's points: an option of a menu, or an amount."""

    menu = serializers.CharField(max_length=40)
    option = serializers.CharField(max_length=40, default="", allow_blank=True)
    amount = serializers.IntegerField(
        min_value=0, max_value=MAX_ORE, default=0, help_text=_("In the smallest part of the menu's meter.")
    )


class CartSerializer(StrictSerializer):
    """What is bought, by whom and where. Without a member it is a guest's."""

    lines = serializers.ListField(child=LineSerializer(), allow_empty=False, max_length=MAX_LINES)
    member = MemberSerializer(required=False, allow_null=True)
    store = serializers.CharField(required=False, max_length=40, help_text=_("The store's code."))
    channel = serializers.ChoiceField(choices=CHANNELS, default="shop")
    currency = serializers.CharField(max_length=3, required=False)
    vouchers = serializers.ListField(
        child=serializers.CharField(max_length=20),
        max_length=MAX_VOUCHERS,
        default=list,
        help_text=_("Codes to use, in this order."),
    )
    uses = serializers.ListField(
        child=UseSerializer(), max_length=MAX_USES, default=list, help_text=_("Points to use, in this order.")
    )
    prices = serializers.ChoiceField(
        choices=("final", "list"),
        default="final",
        help_text=_("With list, the club's own price rules are applied to the lines first."),
    )
    payments = serializers.DictField(
        child=OreField(), default=dict, help_text=_("Öre by means of payment, where rules ask about it.")
    )

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if sum(line["gross_ore"] for line in lines) > MAX_ORE:
            raise serializers.ValidationError(
                _("The order comes to more than %(most)s öre.") % {"most": MAX_ORE}
            )
        return lines

    def validate_currency(self, currency: str) -> str:
        if currency != settings.CLUB_CURRENCY:
            raise serializers.ValidationError(
                _("The club counts in %(currency)s.") % {"currency": settings.CLUB_CURRENCY}
            )
        return currency

    def validate_vouchers(self, codes: list[str]) -> list[str]:
        if len(set(codes)) < len(codes):
            raise serializers.ValidationError(_("The same voucher is named twice."))
        return codes


class QuoteSerializer(CartSerializer):
    number = serializers.CharField(
        required=False, max_length=64, help_text=_("Needed for a voucher that is reserved for this order.")
    )
    placed_at = MomentField(required=False, help_text=_("Quote as of this time instead of now."))
    propose = serializers.BooleanField(
        default=False, help_text=_("Whether to propose which checks and points to use.")
    )

    def validate_placed_at(self, at: datetime) -> datetime:
        return not_ahead(self, at)


class DaysSerializer(StrictSerializer):
    """Days of an order that rules may count from, such as when points can be used."""

    shipment = DayField(required=False)
    delivery = DayField(required=False)
    service = DayField(required=False)
    booking = DayField(required=False)
    return_period_end = DayField(required=False)


class OrderSerializer(CartSerializer):
    number = serializers.CharField(max_length=64, help_text=_("Your own; it is used once."))
    revision = serializers.IntegerField(
        min_value=1,
        max_value=1_000_000,
        default=1,
        help_text=_("Send a changed order again with a higher one."),
    )
    placed_at = MomentField()
    paid_ore = OreField(
        required=False, help_text=_("When sent, the order is refused unless the club computes the same.")
    )
    dates = DaysSerializer(required=False)
    claimed_at = MomentField(
        required=False,
        help_text=_("When the buyer showed the receipt, where that was later; rules may ask for it in time."),
    )
    leader = MemberSerializer(
        required=False,
        allow_null=True,
        help_text=_("The member who leads the buyer's group; rules may give them something too."),
    )

    def validate_placed_at(self, at: datetime) -> datetime:
        return not_ahead(self, at)

    def validate_claimed_at(self, at: datetime) -> datetime:
        return not_ahead(self, at)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "claimed_at" in attrs and attrs["claimed_at"] < attrs["placed_at"]:
            raise serializers.ValidationError({"claimed_at": _("A receipt is shown after the purchase.")})
        return attrs


class ActSerializer(StrictSerializer):
    """Something that a member did, which is not a purchase."""

    number = serializers.CharField(max_length=120, help_text=_("Your own; it is used once."))
    kind = serializers.RegexField(
        r"^[a-z][a-z0-9_]*$", max_length=40, help_text=_("What rules call it: visit, review, flight.")
    )
    member = MemberSerializer()
    occurred_at = MomentField()
    quantity = QuantityField(default=Decimal(1))
    amount_ore = OreField(default=0)
    store = serializers.CharField(required=False, max_length=40, help_text=_("The store's code."))
    channel = serializers.ChoiceField(choices=CHANNELS, default="shop")
    category = serializers.CharField(max_length=400, default="", allow_blank=True)
    flags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, default=list)
    attributes = FiguresField()

    def validate_occurred_at(self, at: datetime) -> datetime:
        return not_ahead(self, at)


class ActsSerializer(StrictSerializer):
    """Each row is read by itself, so that a wrong one holds up no other."""

    activities = serializers.ListField(
        child=serializers.DictField(),
        allow_empty=False,
        max_length=MOST_ACTS,
        help_text=_("Each as it would be sent alone."),
    )


class CancelSerializer(StrictSerializer):
    cancelled_at = MomentField(required=False)

    def validate_cancelled_at(self, at: datetime) -> datetime:
        return not_ahead(self, at)


class ClaimSerializer(StrictSerializer):
    member = MemberSerializer()
    by = serializers.ChoiceField(
        choices=("member", "staff"),
        default="staff",
        help_text=_("Who asks for it: the programme says who may, and for how long."),
    )


class ChooseSerializer(StrictSerializer):
    choice = serializers.CharField(max_length=40, help_text=_("The key of one of the voucher's choices."))


class ReleaseSerializer(StrictSerializer):
    order_number = serializers.CharField(max_length=64)


class PlacedSerializer(ReleaseSerializer):
    """Where the order is made, which a voucher for some stores or channels asks about."""

    store = serializers.CharField(
        required=False, max_length=40, help_text=_("The store's code; otherwise the store of the key.")
    )
    channel = serializers.ChoiceField(choices=CHANNELS, required=False)


class ReserveSerializer(PlacedSerializer):
    minutes = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_RESERVATION // timedelta(minutes=1),
        default=USUAL_RESERVATION // timedelta(minutes=1),
    )


class RedeemSerializer(PlacedSerializer):
    amount_ore = OreField(help_text=_("What the order costs before this voucher."))


class PointsQuery(StrictSerializer):
    at = AskedMomentField(required=False, help_text=_("As of this time instead of now."))


class AdjustmentSerializer(StrictSerializer):
    meter = serializers.CharField(max_length=60)
    amount = serializers.IntegerField(
        min_value=-MAX_ORE,
        max_value=MAX_ORE,
        help_text=_("In the smallest part of the meter; below zero to take."),
    )
    reason = serializers.CharField(max_length=200, help_text=_("Why; the member and staff are shown it."))


class EntriesQuery(PageQuery):
    meter = serializers.CharField(max_length=60, required=False)
    kind = serializers.ChoiceField(choices=Entry.Kind.choices, required=False)
    since = AskedMomentField(required=False, help_text=_("Happened at this time or later."))
    until = AskedMomentField(required=False, help_text=_("Happened before this time."))


class OrdersQuery(PageQuery):
    number = serializers.CharField(max_length=64, required=False, help_text=_("Your own, of one order."))
    member = serializers.CharField(max_length=20, required=False, help_text=_("The club's member number."))
    state = serializers.ChoiceField(choices=Order.State.choices, required=False)
    since = AskedMomentField(required=False, help_text=_("Placed at this time or later."))
    until = AskedMomentField(required=False, help_text=_("Placed before this time."))


class VouchersQuery(PageQuery):
    state = serializers.ChoiceField(
        choices=Voucher.State.choices, required=False, help_text=_("As of now, as in the answer.")
    )
    reward = serializers.CharField(max_length=81, required=False)
    usable = serializers.BooleanField(
        required=False, help_text=_("Only those that can be used now, or only the others.")
    )


def not_ahead(serializer: serializers.BaseSerializer[Any], at: datetime) -> datetime:
    if at > serializer.context["view"].now + AHEAD:
        raise serializers.ValidationError(_("The time lies in the future."))
    return at


def new_lines(rows: list[dict[str, Any]]) -> tuple[NewLine, ...]:
    return tuple(
        NewLine(
            **{name: value for name, value in row.items() if name not in ("category", "flags")},
            category_path=row["category"].strip("/"),
            flags=tuple(row["flags"]),
        )
        for row in rows
    )


def new_order(body: dict[str, Any], *, now: datetime, **known: Any) -> NewOrder:
    """The order or the cart in ``body``; ``known`` is what it only names: source, member, leader, store."""
    told = ("currency", "revision", "paid_ore", "dates", "claimed_at")
    optional = {name: body[name] for name in told if name in body}
    return NewOrder(
        number=body.get("number", ""),
        placed_at=body.get("placed_at", now),
        lines=new_lines(body["lines"]),
        channel=body["channel"],
        vouchers=tuple(body["vouchers"]),
        uses=tuple(NewUse(**use) for use in body["uses"]),
        has_list_prices=body["prices"] == "list",
        payments=body["payments"],
        **optional,
        **known,
    )
