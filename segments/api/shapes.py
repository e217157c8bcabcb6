"""What this API is told about segments, and what it answers."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from members.api.strict import StrictSerializer
from members.models import Member
from segments.engine.errors import Malformed
from segments.engine.tree import Node
from segments.models import Segment
from segments.queries import Definitions, Reason, read_back, read_definition, sentence_of

MOST_NUMBERS = 1000
YEARS = range(1980, 2900)
SENTENCE = _("The definition read back, or what is wrong with it, in the language of `Accept-Language`.")


def mistake_of(error: Malformed) -> serializers.ValidationError:
    """The same with a pointer to its place."""
    detail: Any = [serializers.ErrorDetail(sentence_of(error), code=error.key)]
    for name in reversed(error.place):
        detail = {str(name): detail}
    return serializers.ValidationError(detail)


class DefinitionField(serializers.JSONField):
    """A tree of conditions; read at once, so that what is wrong is answered with its place."""

    def to_internal_value(self, data: Any) -> Node:  # type: ignore[override]
        try:
            return read_definition(super().to_internal_value(data))
        except Malformed as error:
            raise mistake_of(error) from error


class AsOfField(serializers.DateTimeField):
    """A moment around which there is room to look back and ahead."""

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if moment.year not in YEARS:
            raise mistake_of(Malformed((), "value_is_not_a_time"))
        return moment


class PreviewTold(StrictSerializer):
    definition = DefinitionField(help_text=_("The conditions, as in `definition` of a segment."))
    now = AsOfField(required=False, help_text=_("As of when; this moment when left out."))
    members = serializers.IntegerField(
        min_value=0,
        max_value=MOST_NUMBERS,
        default=MOST_NUMBERS,
        help_text=_("How many member numbers to answer with at most."),
    )


class PreviewAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    now = serializers.DateTimeField()
    definition = serializers.JSONField(help_text=_("In canonical form."))
    fingerprint = serializers.CharField()
    sentence = serializers.CharField(help_text=SENTENCE)
    members = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text=_("Member numbers, ascending; null without the scope `members`."),
    )


class SegmentAnswer(serializers.Serializer[Segment]):
    key = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    size = serializers.IntegerField(help_text=_("Members, as of `computed_at`."))
    computed_at = serializers.DateTimeField(allow_null=True)
    saved_at = serializers.DateTimeField()


class SegmentDefinition(SegmentAnswer):
    definition = serializers.JSONField()
    fingerprint = serializers.CharField()
    sentence = serializers.SerializerMethodField(help_text=SENTENCE)

    def get_sentence(self, segment: Segment) -> str:
        try:
            return read_back(Definitions().as_written(segment.definition))
        except Malformed as error:
            return sentence_of(error)


class SegmentPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SegmentAnswer(many=True)


class CountQuery(StrictSerializer):
    now = AsOfField(required=False, help_text=_("As of when; this moment when left out."))


class CountAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    now = serializers.DateTimeField()


class SegmentMember(serializers.Serializer[Member]):
    number = serializers.CharField()


class SegmentMemberPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SegmentMember(many=True)


class WhyQuery(StrictSerializer):
    member = serializers.CharField(help_text=_("The number of the member."))


class WhyCondition(serializers.Serializer[Reason]):
    sentence = serializers.CharField()
    value = serializers.CharField(help_text=_("In words; empty where it is missing."))
    is_met = serializers.BooleanField()
    turns_on = serializers.DateField(
        allow_null=True,
        help_text=_("The day on which it changes though nothing happens; null where that cannot be told."),
    )


class WhyAnswer(serializers.Serializer[Any]):
    member = serializers.CharField()
    is_meant = serializers.BooleanField()
    is_active = serializers.BooleanField(help_text=_("Only active members are meant by any segment."))
    now = serializers.DateTimeField()
    sentence = serializers.CharField()
    conditions = WhyCondition(many=True)
