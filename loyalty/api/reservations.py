"""Keeping for an order what a quote has proposed."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.api import shop
from loyalty.api.answers import AmountSerializer, AnswerSerializer
from loyalty.api.fields import MAX_USES, MAX_VOUCHERS, MemberSerializer
from loyalty.api.requests import LONGEST_RESERVATION, USUAL_RESERVATION, UseSerializer
from members.actions import NewUse
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.strict import StrictSerializer
from members.models import ApiKey


class ReleaseForOrderSerializer(StrictSerializer):
    order_number = serializers.CharField(max_length=64, help_text=_("Of the order that is being paid."))
    member = MemberSerializer()


class HoldForOrderSerializer(ReleaseForOrderSerializer):
    """What a quote has proposed, or as much of it as the member wants to use."""

    vouchers = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=MAX_VOUCHERS, default=list
    )
    uses = serializers.ListField(child=UseSerializer(), max_length=MAX_USES, default=list)
    minutes = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_RESERVATION // timedelta(minutes=1),
        default=USUAL_RESERVATION // timedelta(minutes=1),
    )


class HeldSerializer(AnswerSerializer):
    order_number = serializers.CharField()
    until = serializers.DateTimeField()
    vouchers = serializers.ListField(child=serializers.CharField())
    points = AmountSerializer(many=True)


class ReservationsView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="reservations_hold",
        summary=_("Hold vouchers and points for an order"),
        description=_(
            "All of it or nothing: nobody else can use it until the order is recorded, it is released, or the "
            "time is up. Again for the same order: just what is named now, from now on."
        ),
        request=HoldForOrderSerializer,
        responses=HeldSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(HoldForOrderSerializer)
        until = self.now + timedelta(minutes=body["minutes"])
        held = actions.hold_for_order(
            member=shop.member_of(body["member"], self.key),
            order_key=shop.order_key(self.key, body["order_number"]),
            codes=body["vouchers"],
            uses=[NewUse(**use) for use in body["uses"]],
            until=until,
            now=self.now,
            actor=self.actor,
        )
        told: dict[str, Any] = {
            "order_number": body["order_number"],
            "until": until,
            "vouchers": held.codes,
            "points": [(one.meter, one.amount) for one in held.points],
        }
        return Response(self.shown(HeldSerializer, told))


class ReleaseReservationView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="reservations_release",
        summary=_("Let go of what is held for an order"),
        description=_("The order will not be paid. Twice is once."),
        request=ReleaseForOrderSerializer,
        responses={204: None},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(ReleaseForOrderSerializer)
        actions.release_for_order(
            member=shop.member_of(body["member"], self.key),
            order_key=shop.order_key(self.key, body["order_number"]),
            now=self.now,
            actor=self.actor,
        )
        return Response(status=204)
