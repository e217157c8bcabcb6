"""What members do besides buying."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.actions import ActOutcome, NewAct
from loyalty.actions.acts import act_answered_before
from loyalty.api import requests, shop
from loyalty.api.answers import (
    AmountSerializer,
    AnswerSerializer,
    BecauseSerializer,
    Reply,
    TierSerializer,
    VoucherSerializer,
)
from loyalty.api.problems import telling_conflicts
from loyalty.models import Act
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.models import ApiKey


class ActAnswerSerializer(AnswerSerializer):
    id = serializers.UUIDField(source="outcome.act.pk")
    number = serializers.CharField(source="outcome.act.number")
    kind = serializers.CharField(source="outcome.act.kind")
    occurred_at = serializers.DateTimeField(source="outcome.act.occurred_at")
    is_replay = serializers.BooleanField(source="outcome.is_replay")
    earned = AmountSerializer(many=True)
    because = BecauseSerializer(many=True, source="outcome.because")
    issued = VoucherSerializer(many=True, source="outcome.issued")
    tiers = TierSerializer(many=True)


class ActivitiesView(ActionView):
    scope = ApiKey.Scope.ORDERS

    @extend_schema(
        operation_id="activities_record",
        summary=_("Record what a member did"),
        description=_(
            "A visit, a review, a flight: what the programme's rules give for it. The same number again is "
            "answered again."
        ),
        request=requests.ActSerializer,
        responses={201: ActAnswerSerializer, 200: ActAnswerSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(requests.ActSerializer)
        with telling_conflicts(self.first_answer):
            act = NewAct(
                **{name: body[name] for name in ("number", "kind", "occurred_at", "quantity", "amount_ore")},
                category_path=body["category"].strip("/"),
                flags=tuple(body["flags"]),
                attributes=body["attributes"],
                channel=body["channel"],
                **shop.known(body, self.key),
            )
            outcome = actions.record_act(act=act, now=self.now, actor=self.actor)
        return Response(self.answer(outcome), 200 if outcome.is_replay else 201)

    def first_answer(self, pk: UUID) -> object:
        return self.answer(act_answered_before(Act.objects.get(pk=pk)))

    def answer(self, outcome: ActOutcome) -> dict[str, Any]:
        return self.shown(ActAnswerSerializer, Reply(outcome))
