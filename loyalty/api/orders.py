"""Quotes, orders, cancellations and claims."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.actions import OrderOutcome
from loyalty.actions.corrections import remains_of
from loyalty.actions.outcomes import answered_before
from loyalty.api import examples, requests, shop
from loyalty.api.answers import (
    OrderAnswerSerializer,
    OrderInFull,
    OrderInFullSerializer,
    OrderListedSerializer,
    OrderPage,
    OrderReply,
)
from loyalty.api.problems import telling_conflicts
from loyalty.api.quote_answers import QuoteAnswerSerializer
from loyalty.queries.quotes import quote
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.pages import between
from members.models import ApiKey, Order


class QuotesView(ActionView):
    scope = ApiKey.Scope.READ
    writes = False

    @extend_schema(
        operation_id="quotes_make",
        summary=_("Quote a cart"),
        description=_(
            "What the cart would cost and earn, and why. Nothing is stored. A voucher that cannot be used "
            "says why, and the rest is quoted without it. Without a member: what a new member would earn. "
            "With `propose`: which checks and points would waste least, and first what ends first."
        ),
        request=requests.QuoteSerializer,
        responses=QuoteAnswerSerializer,
        examples=examples.QUOTE,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(requests.QuoteSerializer)
        cart = requests.new_order(body, now=self.now, **shop.known(body, self.key))
        return Response(self.shown(QuoteAnswerSerializer, quote(cart, with_proposal=body["propose"])))


class OrderWriteView(ActionView):
    scope = ApiKey.Scope.ORDERS

    def answer(self, outcome: OrderOutcome) -> Response:
        reply = OrderReply(outcome=outcome, now=self.now)
        return Response(self.shown(OrderAnswerSerializer, reply))


class OrdersView(OrderWriteView):
    @extend_schema(
        operation_id="orders_list",
        summary=_("List your orders, newest first"),
        description=_("Those that were recorded under your own name, as it is in your key."),
        parameters=[requests.OrdersQuery],
        responses=OrderPage,
    )
    def get(self, request: Request) -> Response:
        asked = between(self.asked(requests.OrdersQuery), "placed_at")
        if "member" in asked:
            asked["member__number"] = asked.pop("member")
        rows = Order.objects.filter(source=self.key.source, **asked).select_related("member", "store")
        return self.page(rows, OrderListedSerializer, ordering=("-placed_at", "-id"))

    @extend_schema(
        operation_id="orders_record",
        summary=_("Record an order and what it gives"),
        description=_(
            "Order, points, vouchers and tiers in one step. The same order again is answered with 200 and "
            "the first answer's facts; the same number with other content with 409 and those facts under "
            "`facts.first_answer`. A changed order is sent again with a higher revision."
        ),
        request=requests.OrderSerializer,
        responses={201: OrderAnswerSerializer, 200: OrderAnswerSerializer},
        examples=examples.ORDER,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(requests.OrderSerializer)
        named = {**shop.known(body, self.key), "leader": shop.leader_of(body, self.key)}
        new = requests.new_order(body, now=self.now, **named)
        with telling_conflicts(self.first_answer):
            outcome = actions.record_order(order=new, now=self.now, actor=self.actor)
        answer = self.answer(outcome)
        answer.status_code = 200 if outcome.is_replay else 201
        return answer

    def first_answer(self, pk: UUID) -> object:
        return self.answer(answered_before(shop.order_of(pk, self.key))).data


class OrderView(ActionView):
    scope = ApiKey.Scope.ORDERS

    @extend_schema(
        operation_id="orders_read",
        summary=_("Read an order"),
        description=_("With its lines, what came back of each, and what it gave."),
        responses=OrderInFullSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        order = shop.order_of(pk, self.key)
        [remains] = remains_of([order]).values()
        found = OrderInFull(outcome=answered_before(order), now=self.now, remains=remains)
        return Response(self.shown(OrderInFullSerializer, found))


class CancelOrderView(OrderWriteView):
    @extend_schema(
        operation_id="orders_cancel",
        summary=_("Cancel an order"),
        description=_("What it gave is taken back and its vouchers can be used again. Twice is once."),
        request=requests.CancelSerializer,
        responses=OrderAnswerSerializer,
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        body = self.told(requests.CancelSerializer)
        outcome = actions.cancel_order(
            order=shop.order_of(pk, self.key),
            cancelled_at=body.get("cancelled_at", self.now),
            now=self.now,
            actor=self.actor,
        )
        return self.answer(outcome)


class ClaimOrderView(OrderWriteView):
    @extend_schema(
        operation_id="orders_claim",
        summary=_("Give a guest's order to its member"),
        description=_("What is left of it counts as of its own date. Twice is once."),
        request=requests.ClaimSerializer,
        responses=OrderAnswerSerializer,
    )
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        body = self.told(requests.ClaimSerializer)
        outcome = actions.claim_order(
            order=shop.order_of(pk, self.key),
            member=shop.member_of(body["member"], self.key),
            by=body["by"],
            now=self.now,
            actor=self.actor,
        )
        return self.answer(outcome)
