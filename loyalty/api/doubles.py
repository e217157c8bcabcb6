"""One person who has become a member twice."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.api import shop
from loyalty.api.fields import MemberSerializer
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.shapes import MemberAnswer
from members.api.strict import StrictSerializer
from members.api.views import member_called, member_told
from members.models import ApiKey


class DoubleSerializer(StrictSerializer):
    double = MemberSerializer(help_text=_("The membership that ends; what it has and did is the other's."))
    reason = serializers.CharField(max_length=200, help_text=_("How you know that it is the same person."))


class MergeView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="members_merge",
        summary=_("Make two memberships of one person one"),
        description=_(
            "The member keeps their number, and the other's number and external ids lead to them. It cannot be "
            "undone."
        ),
        request=DoubleSerializer,
        responses=MemberAnswer,
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        body = self.told(DoubleSerializer)
        merged = actions.merge_members(
            member=member_called(number),
            double=shop.member_of(body["double"], self.key),
            reason=body["reason"],
            actor=self.actor,
            now=self.now,
        )
        return Response(member_told(merged.number))
