"""Who shares an account."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.queries.people import sharing
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.shapes import MemberAnswer
from members.api.strict import StrictSerializer
from members.api.views import member_called, member_told
from members.models import ApiKey


class SharingSerializer(serializers.Serializer[Any]):
    """One of those who share an account; the holder comes first."""

    number = serializers.CharField()
    first_name = serializers.CharField()
    is_holder = serializers.BooleanField()
    may_spend = serializers.BooleanField()
    shares_since = serializers.DateTimeField(allow_null=True)


class InvitationSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("For whoever is invited: accepted once, by one member."))
    expires_at = serializers.DateTimeField()


class AcceptingTold(StrictSerializer):
    member = serializers.CharField(max_length=10, help_text=_("The number of who accepts."))


class HouseholdView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="household_read",
        summary=_("Read who shares a member's account"),
        responses=SharingSerializer(many=True),
    )
    def get(self, request: Request, number: str) -> Response:
        self.asked(StrictSerializer)
        return Response(SharingSerializer(sharing(member_called(number)), many=True).data)


class InvitationsView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="household_invite",
        summary=_("Invite somebody to share a member's account"),
        request=StrictSerializer,
        responses={201: InvitationSerializer},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        self.told(StrictSerializer)
        invitation = actions.invite(member=member_called(number), actor=self.actor, now=self.now)
        return Response(InvitationSerializer(invitation).data, 201)


class AcceptInvitationView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="household_join",
        summary=_("Accept an invitation"),
        description=_("The member comes with all that is on their account. Again, it changes nothing."),
        request=AcceptingTold,
        responses=MemberAnswer,
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        member = member_called(self.told(AcceptingTold)["member"])
        actions.accept_invitation(code=code, member=member, actor=self.actor, now=self.now)
        return Response(member_told(member.number))


class LeaveHouseholdView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="household_leave",
        summary=_("Give a member an account of their own again"),
        description=_("What goes along is as the programme says."),
        request=StrictSerializer,
        responses=MemberAnswer,
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        self.told(StrictSerializer)
        actions.move_out(member=member_called(number), actor=self.actor, now=self.now)
        return Response(member_told(number))
