"""Whom the club means, for the webshop."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.actions import UnableToFind
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.pages import PageQuery
from members.api.problems import Problem, problem_of
from members.api.sentences import learn
from members.api.views import member_called
from members.models import ApiKey
from segments import queries
from segments.api.shapes import (
    CountAnswer,
    CountQuery,
    PreviewAnswer,
    PreviewTold,
    SegmentAnswer,
    SegmentDefinition,
    SegmentMember,
    SegmentMemberPage,
    SegmentPage,
    WhyAnswer,
    WhyQuery,
)
from segments.engine.errors import Malformed
from segments.engine.reading import canonical, fingerprint
from segments.models import Segment

learn({"segment_not_found": later("There is no segment called “%(segment)s”.")})


@problem_of.register
def no_longer_holds(error: Malformed) -> Problem:
    """A saved definition names something that is gone."""
    return Problem(error.key, 422, queries.sentence_of(error), more={"pointer": error.pointer})


def segment_called(key: str) -> Segment:
    """The segment with this key. Raises ``UnableToFind``."""
    segment = Segment.objects.filter(key=key).first()
    if segment is None:
        raise UnableToFind("segment_not_found", segment=key)
    return segment


class SegmentView(ActionView):
    """Writes nothing, so every method needs the scope to read."""

    scope = ApiKey.Scope.READ
    writes = False


class SegmentsView(SegmentView):
    @extend_schema(
        operation_id="segments_list",
        summary=_("List the segments"),
        parameters=[PageQuery],
        responses=SegmentPage,
    )
    def get(self, request: Request) -> Response:
        self.asked()
        return self.page(Segment.objects.all(), SegmentAnswer, ordering="key")


class OneSegmentView(SegmentView):
    @extend_schema(operation_id="segments_read", summary=_("Read a segment"), responses=SegmentDefinition)
    def get(self, request: Request, key: str) -> Response:
        return Response(self.shown(SegmentDefinition, segment_called(key)))


class CountView(SegmentView):
    clocks = ("now",)

    @extend_schema(
        operation_id="segments_count",
        summary=_("Count a segment"),
        description=_("Worked out anew from the definition, now or as of any time."),
        parameters=[CountQuery],
        responses=CountAnswer,
    )
    def get(self, request: Request, key: str) -> Response:
        now = self.asked(CountQuery).get("now", self.now)
        node = queries.read_definition(segment_called(key).definition)
        return Response(
            self.shown(CountAnswer, {"count": queries.members_of(node, now=now).count(), "now": now})
        )


class MembersView(SegmentView):
    @extend_schema(
        operation_id="segments_members",
        summary=_("List who is in a segment"),
        description=_("As of its last run."),
        parameters=[PageQuery],
        responses=SegmentMemberPage,
    )
    def get(self, request: Request, key: str) -> Response:
        self.asked()
        return self.page(queries.in_segment(segment_called(key)), SegmentMember, ordering="id")


class WhyView(SegmentView):
    clocks = ("now",)

    @extend_schema(
        operation_id="segments_why",
        summary=_("Say why a member is in a segment or not"),
        description=_(
            "Each condition with its value for the member, whether it is met, and when that changes."
        ),
        parameters=[WhyQuery],
        responses=WhyAnswer,
    )
    def get(self, request: Request, key: str) -> Response:
        number = self.asked(WhyQuery)["member"]
        node = queries.read_definition(segment_called(key).definition)
        told = queries.why(node, member=member_called(number), now=self.now)
        answer = {
            "member": number,
            "is_meant": told.is_meant,
            "is_active": told.is_active,
            "now": self.now,
            "sentence": queries.read_back(node),
            "conditions": told.reasons,
        }
        return Response(self.shown(WhyAnswer, answer))


class PreviewView(SegmentView):
    @extend_schema(
        operation_id="segments_preview",
        summary=_("Try a definition without saving it"),
        description=_(
            "Answers how many it means, and who, to a key with the scope `members`. Nothing is stored."
        ),
        request=PreviewTold,
        responses=PreviewAnswer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        told = self.told(PreviewTold)
        node, now = told["definition"], told.get("now", self.now)
        meant = queries.members_of(node, now=now)
        may_name = ApiKey.Scope.MEMBERS in self.key.scopes
        numbers = meant.order_by("number").values_list("number", flat=True)[: told["members"]]
        answer: dict[str, Any] = {
            "count": meant.count(),
            "now": now,
            "definition": canonical(node),
            "fingerprint": fingerprint(node),
            "sentence": queries.read_back(node),
            "members": list(numbers) if may_name else None,
        }
        return Response(self.shown(PreviewAnswer, answer))


class LanguageView(SegmentView):
    @extend_schema(
        operation_id="segments_language",
        summary=_("Read what can be asked for"),
        description=_(
            "Every field and fact with its label, operators, parameters, unit and choices, and in `grammar` how"
            " definitions are written and what each part of them means."
        ),
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        return Response(queries.described() | {"grammar": queries.grammar()})
