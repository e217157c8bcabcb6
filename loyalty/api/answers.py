"""What this API answers. Amounts of a meter are in its smallest part, ``unit`` of them to one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from loyalty.actions import ActOutcome, OrderOutcome, ReturnOutcome
from loyalty.actions.corrections import THOUSAND, Remains
from loyalty.engine.calendar import last_day
from loyalty.engine.expansion import choice_key
from loyalty.models import Entry, Voucher
from loyalty.queries import MeterReading, explain, name_of, points
from loyalty.queries.programmes import recent_timetable
from members.api.sentences import sentence_of
from members.models import Order, OrderLine


class AnswerSerializer(serializers.Serializer[Any]):
    """Answers are only written, never read back.

    Nearly every attribute is there and no method; for the others REST framework knows what to do.
    """

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, field, attribute in self._shown_fields:
            try:
                value = attribute(instance)
            except AttributeError:
                value = field.get_attribute(instance)
            shown[name] = None if value is None else field.to_representation(value)
        return shown

    @cached_property
    def _shown_fields(self) -> list[tuple[str, Any, Callable[[Any], Any]]]:
        """Each field with its name and with what it reads; some read all there is."""
        return [
            (name, field, itself if field.source == "*" else attrgetter(field.source or name))
            for name, field in self.fields.items()
        ]


def itself(instance: Any) -> Any:
    return instance


class BecauseSerializer(AnswerSerializer):
    """A reason three ways: for machines, for people, and with the numbers in it."""

    key = serializers.CharField()
    sentence = serializers.CharField()
    facts = serializers.DictField()

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        key = str(instance.get("key", ""))
        return {
            "key": key,
            "sentence": explain(instance) or sentence_of(key, instance),
            "facts": {name: fact for name, fact in instance.items() if name != "key"},
        }


class AmountSerializer(AnswerSerializer):
    """(meter, amount), as in the items of a mapping."""

    meter = serializers.CharField()
    name = serializers.CharField()
    amount = serializers.IntegerField()

    def to_representation(self, instance: tuple[str, int]) -> dict[str, Any]:
        meter, amount = instance
        return {"meter": meter, "name": name_of("meters", meter), "amount": amount}


class TierSerializer(AnswerSerializer):
    """(ladder, tier held on it)."""

    ladder = serializers.CharField()
    name = serializers.CharField()
    tier = serializers.CharField()

    def to_representation(self, instance: tuple[str, str]) -> dict[str, Any]:
        ladder, tier = instance
        return {"ladder": ladder, "name": name_of("tier_ladders", ladder), "tier": tier}


class LapseSerializer(AnswerSerializer):
    amount = serializers.IntegerField()
    last_day = serializers.DateField()


class ReadingSerializer(AnswerSerializer):
    meter = serializers.CharField()
    name = serializers.SerializerMethodField()
    unit = serializers.IntegerField()
    is_spendable = serializers.BooleanField()
    balance = serializers.IntegerField()
    available = serializers.IntegerField()
    pending = serializers.IntegerField()
    debt = serializers.IntegerField()
    pending_from = serializers.DateTimeField(allow_null=True)
    lapses_next = LapseSerializer(allow_null=True)

    def get_name(self, reading: MeterReading) -> str:
        return name_of("meters", reading.meter)


class PointsSerializer(AnswerSerializer):
    member = serializers.CharField()
    at = serializers.DateTimeField()
    points = ReadingSerializer(many=True)


class EntrySerializer(AnswerSerializer):
    id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    meter = serializers.CharField()
    name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=Entry.Kind.choices)
    amount = serializers.IntegerField()
    order = serializers.SerializerMethodField()
    effective_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    because = BecauseSerializer()

    def get_name(self, entry: Entry) -> str:
        return name_of("meters", entry.meter)

    def get_order(self, entry: Entry) -> str | None:
        return entry.order.key if entry.order else None


class ChoiceSerializer(AnswerSerializer):
    key = serializers.CharField()
    name = serializers.CharField()


class VoucherSerializer(AnswerSerializer):
    """``state`` is as of now: a voucher whose last day has passed is expired, swept or not."""

    code = serializers.CharField()
    reward = serializers.CharField()
    name = serializers.SerializerMethodField()
    kind = serializers.CharField()
    state = serializers.SerializerMethodField()
    value_ore = serializers.IntegerField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    used_ore = serializers.IntegerField()
    issued_at = serializers.DateTimeField()
    available_from = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_day = serializers.SerializerMethodField()
    reserved_for = serializers.CharField()
    reserved_until = serializers.DateTimeField(allow_null=True)
    redeemed_for = serializers.CharField()
    redeemed_at = serializers.DateTimeField(allow_null=True)
    ended_because = serializers.CharField()
    because = BecauseSerializer()
    choices = serializers.SerializerMethodField()

    def get_name(self, voucher: Voucher) -> str:
        return name_of("rewards", voucher.reward)

    @extend_schema_field(ChoiceSerializer(many=True))
    def get_choices(self, voucher: Voucher) -> list[dict[str, str]]:
        if voucher.kind != "choice" or voucher.state != Voucher.State.ISSUED:
            return []
        choices = recent_timetable().version(str(voucher.version_id)).rewards[voucher.reward].choices
        return [
            {"key": key, "name": name_of("rewards", choice_key(voucher.reward, key))}
            for key, _reward, _value in choices
        ]

    def get_state(self, voucher: Voucher) -> str:
        return state_at(voucher, self.context["view"].now)

    def get_last_day(self, voucher: Voucher) -> date | None:
        if voucher.expires_at is None:
            return None
        return last_day(voucher.expires_at, ZoneInfo(settings.TIME_ZONE))


def state_at(voucher: Voucher, now: datetime) -> str:
    if voucher.state in ("issued", "scheduled", "reserved"):
        if voucher.expires_at and voucher.expires_at <= now:
            return Voucher.State.EXPIRED.value
        if voucher.reserved_until and voucher.reserved_until <= now:
            return Voucher.State.ISSUED.value
    return voucher.state


class RedeemedSerializer(AnswerSerializer):
    voucher = VoucherSerializer()
    discount_ore = serializers.IntegerField()
    payable_ore = serializers.IntegerField()
    is_replay = serializers.BooleanField()


@dataclass(frozen=True, slots=True)
class Reply:
    """What something gave, in the order and the shape in which it is shown."""

    outcome: OrderOutcome | ActOutcome

    @property
    def earned(self) -> list[tuple[str, int]]:
        return list(self.outcome.earned.items())

    @property
    def tiers(self) -> list[tuple[str, str]]:
        return [(ladder, tier) for ladder, tier in self.outcome.tiers.items() if tier]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReply(Reply):
    """An order as it is booked, what it gave at the sale, and what its member has at ``now``."""

    outcome: OrderOutcome
    now: datetime

    @property
    def order(self) -> Order:
        return self.outcome.order

    @property
    def points(self) -> list[MeterReading]:
        if self.outcome.points is not None:
            return list(self.outcome.points)
        return points(self.order.account_id, self.now) if self.order.account_id else []


class OrderAnswerSerializer(AnswerSerializer):
    id = serializers.UUIDField(source="order.pk")
    number = serializers.CharField(source="order.number")
    revision = serializers.IntegerField(source="order.revision")
    state = serializers.ChoiceField(choices=Order.State.choices, source="order.state")
    placed_at = serializers.DateTimeField(source="order.placed_at")
    member = serializers.CharField(source="order.member.number", allow_null=True)
    store = serializers.CharField(source="order.store.code", allow_null=True)
    currency = serializers.CharField(source="order.currency")
    gross_ore = serializers.IntegerField(source="order.gross_ore")
    discount_ore = serializers.IntegerField(source="order.discount_ore")
    voucher_ore = serializers.IntegerField(source="order.voucher_ore")
    paid_ore = serializers.IntegerField(source="order.paid_ore")
    is_replay = serializers.BooleanField(source="outcome.is_replay")
    earned = AmountSerializer(many=True)
    because = BecauseSerializer(many=True, source="outcome.because")
    issued = VoucherSerializer(many=True, source="outcome.issued")
    used = VoucherSerializer(many=True, source="outcome.used")
    tiers = TierSerializer(many=True)
    points = ReadingSerializer(many=True)


class OrderListedSerializer(AnswerSerializer):
    id = serializers.UUIDField()
    number = serializers.CharField()
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Order.State.choices)
    placed_at = serializers.DateTimeField()
    member = serializers.CharField(source="member.number", default=None, allow_null=True)
    store = serializers.CharField(source="store.code", default=None, allow_null=True)
    currency = serializers.CharField()
    gross_ore = serializers.IntegerField()
    discount_ore = serializers.IntegerField()
    voucher_ore = serializers.IntegerField()
    paid_ore = serializers.IntegerField()


class OrderPage(AnswerSerializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = OrderListedSerializer(many=True)


@dataclass(frozen=True, slots=True)
class LineReply:
    line: OrderLine
    returned_quantity: Decimal
    returned_ore: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInFull(OrderReply):
    """The same with its lines and what has come back of each."""

    remains: Remains

    @property
    def lines(self) -> list[LineReply]:
        back = [(line, *self.remains.came_back.get(line.pk, (0, 0))) for line in self.remains.lines]
        return [LineReply(line, Decimal(quantity) / THOUSAND, amount) for line, quantity, amount in back]


class LineAnswerSerializer(AnswerSerializer):
    ref = serializers.CharField(source="line.ref")
    sku = serializers.CharField(source="line.sku")
    name = serializers.CharField(source="line.name")
    quantity = serializers.DecimalField(
        source="line.quantity", max_digits=12, decimal_places=3, normalize_output=True
    )
    paid_ore = serializers.IntegerField(source="line.paid_ore")
    returned_quantity = serializers.DecimalField(max_digits=12, decimal_places=3, normalize_output=True)
    returned_ore = serializers.IntegerField()


class OrderInFullSerializer(OrderAnswerSerializer):
    lines = LineAnswerSerializer(many=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReply:
    outcome: ReturnOutcome
    now: datetime

    @property
    def points(self) -> list[MeterReading]:
        member = self.outcome.order_return.member
        return points(member.account_id, self.now) if member else []

    @property
    def taken_back(self) -> list[tuple[str, int]]:
        return list(self.outcome.taken_back.items())


class ReturnAnswerSerializer(AnswerSerializer):
    """A parked return waits for its order and has taken nothing back yet."""

    id = serializers.UUIDField(source="outcome.order_return.pk")
    number = serializers.CharField(source="outcome.order_return.number")
    order_number = serializers.CharField(source="outcome.order_return.order_number")
    returned_at = serializers.DateTimeField(source="outcome.order_return.returned_at")
    amount_ore = serializers.IntegerField(source="outcome.order_return.amount_ore")
    is_parked = serializers.BooleanField(source="outcome.is_parked")
    is_replay = serializers.BooleanField(source="outcome.is_replay")
    taken_back = AmountSerializer(many=True)
    because = BecauseSerializer(many=True, source="outcome.because")
    points = ReadingSerializer(many=True)


class EntryPage(AnswerSerializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EntrySerializer(many=True)


class VoucherPage(AnswerSerializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = VoucherSerializer(many=True)
