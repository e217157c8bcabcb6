"""The till: who stands there, and what was done while there was no network."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.actions import NewOfflineUse
from loyalty.api import shop
from loyalty.api.answers import AnswerSerializer, ReadingSerializer, TierSerializer, VoucherSerializer
from loyalty.api.fields import MomentField, OreField
from loyalty.models import OfflineUse, Voucher
from loyalty.queries.balances import MeterReading, readings
from loyalty.queries.facts import tiers_of
from loyalty.queries.passes import PURPOSE
from loyalty.queries.standings import standing_of
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.sentences import sentence_of
from members.api.strict import StrictSerializer
from members.models import ApiKey, Member
from members.models.signed import LONGEST_TEXT, public_keys

MOST_USES = 200
AHEAD = timedelta(minutes=10)


class ScanSerializer(StrictSerializer):
    scanned = serializers.CharField(
        max_length=LONGEST_TEXT,
        help_text=_("A card, a pass from the member page, a check, an e-mail address or a phone number."),
    )


class AtTheTillSerializer(AnswerSerializer):
    number = serializers.CharField(source="member.number")
    name = serializers.CharField(source="member.full_name")
    state = serializers.ChoiceField(choices=Member.State.choices, source="member.state")
    by = serializers.ChoiceField(choices=("pass", "number", "check", "email", "phone"))
    check_code = serializers.CharField(help_text=_("The check that was scanned, if it was one."))
    tiers = TierSerializer(many=True)
    points = ReadingSerializer(many=True)
    vouchers = VoucherSerializer(
        many=True, help_text=_("What can be used now, what ends first before the rest.")
    )


class PublicKeySerializer(AnswerSerializer):
    kty = serializers.CharField()
    crv = serializers.CharField()
    use = serializers.CharField()
    alg = serializers.CharField()
    kid = serializers.CharField()
    x = serializers.CharField()


class PublicKeysSerializer(AnswerSerializer):
    keys = PublicKeySerializer(many=True)


class OfflineUseSerializer(StrictSerializer):
    """A check that was taken on the strength of a pass alone."""

    number = serializers.CharField(max_length=64, help_text=_("Your own; it is used once."))
    token = serializers.CharField(max_length=LONGEST_TEXT, help_text=_("The pass, as it was scanned."))
    code = serializers.CharField(max_length=20)
    order_number = serializers.CharField(max_length=64)
    amount_ore = OreField(help_text=_("What the order cost before the check."))
    given_ore = OreField(help_text=_("What the till took off for it."))
    used_at = MomentField()

    def validate_used_at(self, at: datetime) -> datetime:
        if at > self.context["view"].now + AHEAD:
            raise serializers.ValidationError(_("The time lies in the future."))
        return at


class OfflineUsesSerializer(StrictSerializer):
    uses = serializers.ListField(child=OfflineUseSerializer(), allow_empty=False, max_length=MOST_USES)
    store = serializers.CharField(
        required=False, max_length=40, help_text=_("The store's code; otherwise the store of the key.")
    )


class SettledSerializer(AnswerSerializer):
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=OfflineUse.State.choices)
    reason = serializers.CharField()
    detail = serializers.SerializerMethodField()
    given_ore = serializers.IntegerField()
    booked_ore = serializers.IntegerField()
    first_order = serializers.CharField(source="first_order_key")

    def get_detail(self, use: OfflineUse) -> str:
        facts = {"code": use.code, "order": use.first_order_key}
        return sentence_of(use.reason, facts) if use.reason else ""


class SettledListSerializer(AnswerSerializer):
    results = SettledSerializer(many=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheTill:
    """A member as the till sees them."""

    member: Member
    by: str
    check_code: str
    tiers: list[tuple[str, str]]
    points: list[MeterReading]
    vouchers: list[Voucher]


class TillKeysView(ActionView):
    scope = ApiKey.Scope.READ

    @extend_schema(
        operation_id="till_keys",
        summary=_("Read the keys to check passes with"),
        description=_(
            "A JSON Web Key Set. Keep it on the till: with it the till can check a member's pass, a JWS signed "
            "with Ed25519, without a network. `sub` is the member number, `exp` when it ends, and `checks` are "
            "code, kind, öre or per cent, and last day."
        ),
        responses=PublicKeysSerializer,
    )
    def get(self, request: Request) -> Response:
        self.asked(StrictSerializer)
        return Response({"keys": public_keys(PURPOSE)})


class TillScanView(ActionView):
    scope = ApiKey.Scope.READ
    writes = False

    @extend_schema(
        operation_id="till_scan",
        summary=_("Find out who stands at the till"),
        description=_("Name, tier, points and the checks that can be used, in one call. Nothing is stored."),
        request=ScanSerializer,
        responses=AtTheTillSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        told = self.told(ScanSerializer)["scanned"]
        return Response(self.shown(AtTheTillSerializer, self._at_the_till(told)))

    def _at_the_till(self, told: str) -> AtTheTill:
        found = shop.scanned(told, self.now)
        [member] = found.members
        reading = standing_of(member.account_id, self.now)
        tiers = tiers_of(reading.account).items() if reading else []
        usable = Voucher.objects.filter(account_id=member.account_id).usable(self.now)
        return AtTheTill(
            member=member,
            by=found.by,
            check_code=found.code,
            tiers=[(ladder, tier) for ladder, tier in tiers if tier],
            points=readings(reading.programme, reading.account, self.now) if reading else [],
            vouchers=list(usable.order_by("expires_at", "pk")) if member.state == Member.State.ACTIVE else [],
        )


class TillUsesView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="till_uses",
        summary=_("Tell which checks were used without a network"),
        description=_(
            "Each is used now, as of then. One that was used elsewhere meanwhile is answered as `double` and "
            "stands in the console's report; nothing else is held up by it. Told again, it is answered again."
        ),
        request=OfflineUsesSerializer,
        responses=SettledListSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(OfflineUsesSerializer)
        store = shop.store_of(body["store"]) if "store" in body else self.key.store
        settled = [
            actions.settle_offline_use(
                new=self._new(use), source=self.key.source, store=store, now=self.now, actor=self.actor
            )
            for use in body["uses"]
        ]
        return Response(self.shown(SettledListSerializer, {"results": settled}))

    def _new(self, use: Mapping[str, Any]) -> NewOfflineUse:
        told = {name: value for name, value in use.items() if name != "order_number"}
        return NewOfflineUse(order_key=shop.order_key(self.key, use["order_number"]), **told)
