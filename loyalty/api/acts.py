"""What members do besides buying."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions
from loyalty.actions import ActOutcome, NewAct
from loyalty.actions.acts import act_answered_before
from loyalty.api import requests, shop
from loyalty.api.answers import (
    AmountSerializer,
    AnswerSerializer,
    BecauseSerializer,
    Reply,
    TierSerializer,
    VoucherSerializer,
)
from loyalty.api.problems import as_conflict, telling_conflicts
from loyalty.models import Act
from members.actions import UnableTo
from members.api.action_view import ActionView, kept
from members.api.idempotency import idempotent
from members.api.rows import RowProblem, problem_of_row
from members.models import ApiKey

NUMBER_SHOWN = 120


class ActAnswerSerializer(AnswerSerializer):
    id = serializers.UUIDField(source="outcome.act.pk")
    number = serializers.CharField(source="outcome.act.number")
    kind = serializers.CharField(source="outcome.act.kind")
    occurred_at = serializers.DateTimeField(source="outcome.act.occurred_at")
    is_replay = serializers.BooleanField(source="outcome.is_replay")
    earned = AmountSerializer(many=True)
    because = BecauseSerializer(many=True, source="outcome.because")
    issued = VoucherSerializer(many=True, source="outcome.issued")
    tiers = TierSerializer(many=True)


class ActivitiesView(ActionView):
    scope = ApiKey.Scope.ORDERS

    @extend_schema(
        operation_id="activities_record",
        summary=_("Record what a member did"),
        description=_(
            "A visit, a review, a flight: what the programme's rules give for it. The same number again is "
            "answered again."
        ),
        request=requests.ActSerializer,
        responses={201: ActAnswerSerializer, 200: ActAnswerSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.told(requests.ActSerializer)
        with telling_conflicts(self.first_answer):
            act = new_act(body, shop.known(body, self.key))
            outcome = actions.record_act(act=act, now=self.now, actor=self.actor)
        return Response(self.answer(outcome), 200 if outcome.is_replay else 201)

    def first_answer(self, pk: UUID) -> object:
        return self.answer(act_answered_before(Act.objects.get(pk=pk)))

    def answer(self, outcome: ActOutcome) -> dict[str, Any]:
        return self.shown(ActAnswerSerializer, Reply(outcome))


class ActRowSerializer(AnswerSerializer):
    number = serializers.CharField(help_text=_("As it was sent; empty where that cannot be read."))
    result = serializers.ChoiceField(choices=("recorded", "known", "refused"))
    answer = ActAnswerSerializer(allow_null=True)
    problem = RowProblem(allow_null=True)


class ActsAnswerSerializer(AnswerSerializer):
    recorded = serializers.IntegerField()
    known = serializers.IntegerField(help_text=_("Were here already, and changed nothing."))
    refused = serializers.IntegerField()
    results = ActRowSerializer(many=True, help_text=_("In the order in which they were sent."))


class ActivityBatchView(ActionView):
    scope = ApiKey.Scope.ORDERS

    @extend_schema(
        operation_id="activities_record_many",
        summary=_("Record what members did, up to 1,000 at a time"),
        description=_(
            "Each is answered by itself, in its place: what cannot be recorded is refused with its problem, and "
            "the others are recorded. Sent again, nothing is counted twice."
        ),
        request=requests.ActsSerializer,
        responses=ActsAnswerSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        rows = self.told(requests.ActsSerializer)["activities"]
        read = Rows(self, rows)
        outcomes = iter(actions.record_acts(acts=list(read.acts.values()), now=self.now, actor=self.actor))
        found = [read.refused.get(place) or next(outcomes) for place in range(len(rows))]
        told = [_row(row, outcome) for row, outcome in zip(rows, found, strict=True)]
        counts = {
            result: sum(one["result"] == result for one in told)
            for result in ("recorded", "known", "refused")
        }
        return Response(self.shown(ActsAnswerSerializer, {**counts, "results": told}))


class Rows:
    """Acts by their place among the rows of a batch, and why the others are none."""

    def __init__(self, view: ActionView, rows: Sequence[Mapping[str, Any]]) -> None:
        self.acts: dict[int, NewAct] = {}
        self.refused: dict[int, Exception] = {}
        bodies = dict(self._read(view, rows))
        buyers = shop.members_of([body["member"] for body in bodies.values()], view.key)
        stores = shop.stores_of(body["store"] for body in bodies.values() if "store" in body)
        for (place, body), member in zip(bodies.items(), buyers, strict=True):
            try:
                store = stores.of(body["store"]) if "store" in body else view.key.store
                known = {
                    "source": view.key.source,
                    "member": shop.found(member, body["member"]),
                    "store": store,
                }
                self.acts[place] = new_act(body, known)
            except UnableTo as error:
                self.refused[place] = error

    def _read(
        self, view: ActionView, rows: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        for place, row in enumerate(rows):
            try:
                yield place, dict(kept(requests.ActSerializer, view=view).run_validation(row))
            except serializers.ValidationError as error:
                self.refused[place] = error


def new_act(body: Mapping[str, Any], known: Mapping[str, Any]) -> NewAct:
    """The act in ``body``; ``known`` is what it only names: source, member, store."""
    return NewAct(
        **{name: body[name] for name in ("number", "kind", "occurred_at", "quantity", "amount_ore")},
        category_path=body["category"].strip("/"),
        flags=tuple(body["flags"]),
        attributes=body["attributes"],
        channel=body["channel"],
        **known,
    )


def _row(row: Mapping[str, Any], outcome: ActOutcome | Exception) -> dict[str, Any]:
    number = row.get("number")
    told: dict[str, Any] = {"number": number[:NUMBER_SHOWN] if isinstance(number, str) else ""}
    if isinstance(outcome, ActOutcome):
        result = "known" if outcome.is_replay else "recorded"
        return told | {"result": result, "answer": Reply(outcome), "problem": None}
    return told | {"result": "refused", "answer": None, "problem": problem_of_row(as_conflict(outcome))}
