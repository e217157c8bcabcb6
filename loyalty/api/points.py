"""What a member has, and how it came to be."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import queries
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
from members.api.pages import PageQuery
from members.api.views import member_called
from members.models import ApiKey


class PointsView(ActionView):
    scope = ApiKey.Scope.POINTS

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
        found = queries.points_at(member.account, at) if at else queries.points(member.account, self.now)
        told = {"member": member.number, "at": at or self.now, "points": found}
        return Response(PointsSerializer(told, context={"view": self}).data)


class EntriesView(ActionView):
    scope = ApiKey.Scope.POINTS

    @extend_schema(
        operation_id="entries_read",
        summary=_("Read a member's ledger, newest first"),
        description=_("Each line with its reason: a sentence, its key and its numbers."),
        parameters=[PageQuery],
        responses=EntryPage,
    )
    def get(self, request: Request, number: str) -> Response:
        self.asked()
        entries = queries.entries(member_called(number).account).select_related("order")
        return self.page(entries, EntrySerializer, ordering="-sequence")


class VouchersView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="member_vouchers_read",
        summary=_("Read a member's vouchers, newest first"),
        parameters=[requests.VouchersQuery],
        responses=VoucherPage,
    )
    def get(self, request: Request, number: str) -> Response:
        usable = self.asked(requests.VouchersQuery).get("usable")
        vouchers = Voucher.objects.filter(account=member_called(number).account_id)
        if usable is not None:
            can_be_used = vouchers.usable(self.now)
            vouchers = can_be_used if usable else vouchers.exclude(pk__in=can_be_used)
        return self.page(vouchers, VoucherSerializer, ordering="-id")
