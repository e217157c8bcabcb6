"""Members and what they agree to, for the webshop and the till."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members import actions
from members.actions import ConsentAnswer, UnableToFind
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.pages import PageQuery
from members.api.shapes import (
    ConsentAnswered,
    ConsentPage,
    ConsentRecorded,
    ExternalIdTold,
    JoiningTold,
    MemberAnswer,
    MemberPage,
    MemberQuery,
    ParticularsTold,
)
from members.api.strict import StrictSerializer
from members.models import ApiKey, Member
from members.models.member import is_member_number
from members.queries import find_member, members_by


def member_called(number: str) -> Member:
    """The member with this number. Raises ``UnableToFind``."""
    member = find_member(number=number) if is_member_number(number) else None
    if member is None:
        raise UnableToFind("member_not_found", name="number", value=number)
    return member


def member_told(number: str) -> dict[str, Any]:
    """Everything about the member with this number. Raises ``UnableToFind``."""
    member = member_called(number)
    prefetch_related_objects([member], "home_store", "identities")
    return dict(MemberAnswer(member).data)


class MembersView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="members_find", summary=_("Find members"), parameters=[MemberQuery], responses=MemberPage
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(MemberQuery)
        if "external_id" in asked:
            asked.setdefault("source", self.key.source)
        found = members_by(**asked) if asked else Member.objects.all()
        rows = found.select_related("home_store").prefetch_related("identities")
        return self.page(rows, MemberAnswer, ordering="id")

    @extend_schema(
        operation_id="members_join",
        summary=_("Let somebody join"),
        description=_(
            "The same external id, else the same e-mail address, is the same member: then the answer is 200 "
            "and nothing known about the member is changed."
        ),
        request=JoiningTold,
        responses={201: MemberAnswer, 200: MemberAnswer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        told = {"home_store": self.key.store, **self.told(JoiningTold)}
        joined = actions.join_member(**told, source=self.key.source, actor=self.actor, now=self.now)
        return Response(MemberAnswer(joined.member).data, 201 if joined.is_new else 200)


class MemberView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(operation_id="members_read", summary=_("Read a member"), responses=MemberAnswer)
    def get(self, request: Request, number: str) -> Response:
        self.asked(StrictSerializer)
        return Response(member_told(number))

    @extend_schema(
        operation_id="members_change",
        summary=_("Change a member"),
        request=ParticularsTold,
        responses=MemberAnswer,
    )
    @idempotent
    def patch(self, request: Request, number: str) -> Response:
        member = actions.update_member(
            member=member_called(number), **self.told(ParticularsTold), actor=self.actor, now=self.now
        )
        return Response(MemberAnswer(member).data)


class ExternalIdsView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="external_ids_link",
        summary=_("Link what your own system calls a member"),
        description=_(
            "From then on the member can be named by it. One that names another member is refused."
        ),
        request=ExternalIdTold,
        responses={201: MemberAnswer, 200: MemberAnswer},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        told = self.told(ExternalIdTold)
        member = member_called(number)
        is_new = actions.link_external_id(
            member=member, source=self.key.source, **told, actor=self.actor, now=self.now
        )
        return Response(member_told(number), 201 if is_new else 200)


class ExternalIdView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="external_ids_unlink",
        summary=_("Unlink what your own system calls a member"),
        description=_("Twice is once."),
        responses={200: MemberAnswer},
    )
    @idempotent
    def delete(self, request: Request, number: str, external_id: str) -> Response:
        actions.unlink_external_id(
            member=member_called(number),
            source=self.key.source,
            external_id=external_id,
            actor=self.actor,
            now=self.now,
        )
        return Response(member_told(number))


class ConsentsView(ActionView):
    scope = ApiKey.Scope.MEMBERS

    @extend_schema(
        operation_id="consents_read",
        summary=_("Read what a member has agreed to, newest first"),
        parameters=[PageQuery],
        responses=ConsentPage,
    )
    def get(self, request: Request, number: str) -> Response:
        self.asked()
        return self.page(member_called(number).consents.all(), ConsentAnswered, ordering=("-given_at", "-id"))

    @extend_schema(
        operation_id="consents_record",
        summary=_("Record a yes or a no"),
        description=_("The same answer to the same wording again is answered with 200 and the first row."),
        request=ConsentRecorded,
        responses={201: ConsentAnswered, 200: ConsentAnswered},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        told = self.told(ConsentRecorded)
        origin = told.pop("origin")
        [consent] = actions.record_answers(
            member=member_called(number),
            answers=[ConsentAnswer(**told)],
            origin=origin,
            actor=self.actor,
            now=self.now,
        )
        return Response(ConsentAnswered(consent).data, 201 if consent.recorded_at == self.now else 200)
