"""One voucher's way: looked up, reserved for an order, used on it, or let go."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.api import requests, shop
from loyalty.api.answers import RedeemedSerializer, VoucherSerializer
from loyalty.models import Voucher
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.models import ApiKey


class AboutOneVoucher(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    def answer(self, voucher: Voucher) -> Response:
        return Response(VoucherSerializer(voucher, context={"view": self}).data)

    def who_and_when(self, body: dict[str, Any]) -> dict[str, Any]:
        key = shop.order_key(self.key, body["order_number"])
        return {"order_key": key, "now": self.now, "actor": self.actor}

    def where(self, body: dict[str, Any]) -> dict[str, str]:
        """The codes of the store and the channel, as far as the body or the key says them."""
        store = shop.store_of(body["store"]) if "store" in body else self.key.store
        return {"store": store.code if store else "", "channel": body.get("channel", "")}


class VoucherView(AboutOneVoucher):
    @extend_schema(operation_id="vouchers_read", summary=_("Read a voucher"), responses=VoucherSerializer)
    def get(self, request: Request, code: str) -> Response:
        return self.answer(shop.voucher_of(code))


class ChooseBenefitView(AboutOneVoucher):
    @extend_schema(
        operation_id="vouchers_choose",
        summary=_("Choose one thing of a voucher's list"),
        description=_("The voucher is one of what was chosen from then on. It cannot be chosen again."),
        request=requests.ChooseSerializer,
        responses=VoucherSerializer,
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        body = self.told(requests.ChooseSerializer)
        return self.answer(
            actions.choose_benefit(code=code, choice=body["choice"], now=self.now, actor=self.actor)
        )


class ReserveVoucherView(AboutOneVoucher):
    @extend_schema(
        operation_id="vouchers_reserve",
        summary=_("Hold a voucher for an order"),
        description=_("While the order is paid nobody else can use it. Again: held from now on."),
        request=requests.ReserveSerializer,
        responses=VoucherSerializer,
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        body = self.told(requests.ReserveSerializer)
        until = self.now + timedelta(minutes=body["minutes"])
        said = {**self.who_and_when(body), **self.where(body)}
        return self.answer(actions.reserve_voucher(code=code, until=until, **said))


class ReleaseVoucherView(AboutOneVoucher):
    @extend_schema(
        operation_id="vouchers_release",
        summary=_("Let a held voucher go"),
        description=_("The order will not be paid: the voucher can be used again. Twice is once."),
        request=requests.ReleaseSerializer,
        responses=VoucherSerializer,
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        body = self.told(requests.ReleaseSerializer)
        return self.answer(actions.release_voucher(code=code, **self.who_and_when(body)))


class RedeemVoucherView(AboutOneVoucher):
    @extend_schema(
        operation_id="vouchers_redeem",
        summary=_("Use a voucher on an order"),
        description=_(
            "The same order gets the same answer, another one 409. For a till that records its orders later: "
            "the order then carries what the voucher paid as a discount. An order that is recorded with its "
            "vouchers uses them itself."
        ),
        request=requests.RedeemSerializer,
        responses=RedeemedSerializer,
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        body = self.told(requests.RedeemSerializer)
        said = {**self.who_and_when(body), **self.where(body)}
        redeemed = actions.redeem_voucher(code=code, amount_ore=body["amount_ore"], **said)
        return Response(RedeemedSerializer(redeemed, context={"view": self}).data)
