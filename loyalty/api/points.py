"""What a member has, and how it came to be."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions, queries
from loyalty.api import requests
from loyalty.api.answers import (
    EntryPage,
    EntrySerializer,
    PointsSerializer,
    VoucherPage,
    VoucherSerializer,
)
from loyalty.models import Voucher
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.pages import between
from members.api.views import member_called
from members.models import ApiKey


class PointsView(ActionView):
    scope = ApiKey.Scope.POINTS
    clocks = ("at",)

    @extend_schema(
        operation_id="points_read",
        summary=_("Read what a member has"),
        description=_("Balance, available, pending and debt of every meter, now or as of any time."),
        parameters=[requests.PointsQuery],
        responses=PointsSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        at = self.asked(requests.PointsQuery).get("at")
        member = member_called(number)
        read = queries.points_at if at else queries.points
        found = read(member.account_id, at or self.now)
        told = {"member": member.number, "at": at or self.now, "points": found}
        return Response(PointsSerializer(told, context={"view": self}).data)


class EntriesView(ActionView):
    scope = ApiKey.Scope.POINTS

    @extend_schema(
        operation_id="entries_read",
        summary=_("Read a member's ledger, newest first"),
        description=_("Each line with its reason: a sentence, its key and its numbers."),
        parameters=[requests.EntriesQuery],
        responses=EntryPage,
    )
    def get(self, request: Request, number: str) -> Response:
        asked = between(self.asked(requests.EntriesQuery), "effective_at")
        entries = queries.entries(member_called(number).account).filter(**asked).select_related("order")
        return self.page(entries, EntrySerializer, ordering="-sequence")


class AdjustmentsView(ActionView):
    scope = ApiKey.Scope.POINTS

    @extend_schema(
        operation_id="points_adjust",
        summary=_("Give or take points by hand"),
        description=_(
            "With a reason, which the member is shown. Taking more than is available is refused. Send an "
            "`Idempotency-Key`: without one, twice is two."
        ),
        request=requests.AdjustmentSerializer,
        responses={201: EntrySerializer},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        entry = actions.adjust_points(
            account=member_called(number).account,
            **self.told(requests.AdjustmentSerializer),
            actor=self.actor,
            now=self.now,
        )
        return Response(self.shown(EntrySerializer, entry), 201)


class VouchersView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="member_vouchers_read",
        summary=_("Read a member's vouchers, newest first"),
        parameters=[requests.VouchersQuery],
        responses=VoucherPage,
    )
    def get(self, request: Request, number: str) -> Response:
        asked = self.asked(requests.VouchersQuery)
        vouchers = Voucher.objects.filter(account=member_called(number).account_id)
        if "usable" in asked:
            can_be_used = vouchers.usable(self.now)
            vouchers = can_be_used if asked["usable"] else vouchers.exclude(pk__in=can_be_used)
        if "state" in asked:
            vouchers = vouchers.in_state(asked["state"], self.now)
        if "reward" in asked:
            vouchers = vouchers.filter(reward=asked["reward"])
        return self.page(vouchers, VoucherSerializer, ordering="-id")
