"""Goods that come back."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.actions import ReturnOutcome
from loyalty.actions.returns import return_answered_before
from loyalty.api import examples, return_requests, shop
from loyalty.api.answers import ReturnAnswerSerializer, ReturnReply
from loyalty.api.problems import telling_conflicts
from members.actions import NewReturn
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.models import ApiKey, OrderReturn


class ReturnWriteView(ActionView):
    scope = ApiKey.Scope.ORDERS

    def take_back(self, new_return: NewReturn) -> Response:
        with telling_conflicts(self.first_answer):
            outcome = actions.record_return(new_return=new_return, now=self.now, actor=self.actor)
        return Response(self.answer(outcome), status_of(outcome))

    def first_answer(self, pk: UUID) -> object:
        return self.answer(return_answered_before(OrderReturn.objects.get(pk=pk)))

    def answer(self, outcome: ReturnOutcome) -> dict[str, Any]:
        return self.shown(ReturnAnswerSerializer, ReturnReply(outcome=outcome, now=self.now))


def status_of(outcome: ReturnOutcome) -> int:
    if outcome.is_parked:
        return 202
    return 200 if outcome.is_replay else 201


class OrderReturnsView(ReturnWriteView):
    @extend_schema(
        operation_id="order_returns_record",
        summary=_("Take goods of an order back"),
        description=_(
            "The lines that are named, or all that is left. The same return again is answered again."
        ),
        request=return_requests.OrderReturnSerializer,
        responses={201: ReturnAnswerSerializer, 200: ReturnAnswerSerializer},
        examples=examples.RETURN,
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        body = self.told(return_requests.OrderReturnSerializer)
        order = shop.order_of(pk, self.key)
        return self.take_back(
            return_requests.new_return(body, source=order.source, order_number=order.number)
        )


class ReturnsView(ReturnWriteView):
    @extend_schema(
        operation_id="returns_record",
        summary=_("Take goods back by the order's number"),
        description=_(
            "When the order is not known yet, the return is parked (202) and counted when it arrives."
        ),
        request=return_requests.ReturnSerializer,
        responses={
            201: ReturnAnswerSerializer,
            200: ReturnAnswerSerializer,
            202: ReturnAnswerSerializer,
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(return_requests.ReturnSerializer)
        number = body["order_number"]
        return self.take_back(return_requests.new_return(body, source=self.key.source, order_number=number))
