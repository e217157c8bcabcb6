"""Who is told what happens, how it went, and telling it again."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members import actions
from members.actions import UnableToFind
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.pages import PageQuery
from members.api.strict import StrictSerializer
from members.models import ApiKey, Subscription, WebhookMessage

MOST_EVENTS = 100


class SubscriptionTold(StrictSerializer):
    name = serializers.CharField(max_length=80, help_text=_("Your own; it is used once."))
    url = serializers.CharField(
        max_length=500, help_text=_("Begins with https:// and is open to the internet.")
    )
    events = serializers.ListField(
        child=serializers.RegexField(r"^[a-z_]+\.[a-z_]+$", max_length=40),
        max_length=MOST_EVENTS,
        default=list,
        help_text=_("Kinds of activities, as in order.recorded; none is all of them."),
    )


class SubscriptionChanged(StrictSerializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=500, required=False)
    events = serializers.ListField(
        child=serializers.RegexField(r"^[a-z_]+\.[a-z_]+$", max_length=40),
        max_length=MOST_EVENTS,
        required=False,
    )
    is_on = serializers.BooleanField(required=False)


class SubscriptionAnswer(serializers.Serializer[Subscription]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_on = serializers.SerializerMethodField()
    is_given_up = serializers.BooleanField(
        help_text=_("Switched off because nobody answered for three days.")
    )
    created_at = serializers.DateTimeField()

    def get_is_on(self, subscription: Subscription) -> bool:
        return subscription.disabled_at is None


class SubscriptionWithSecret(SubscriptionAnswer):
    secret = serializers.CharField(help_text=_("What messages are signed with; shown this once."))


class SubscriptionPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SubscriptionAnswer(many=True)


class MessageQuery(PageQuery):
    state = serializers.ChoiceField(choices=WebhookMessage.State.choices, required=False)
    event = serializers.CharField(max_length=40, required=False)


class MessageAnswer(serializers.Serializer[WebhookMessage]):
    id = serializers.UUIDField()
    webhook_id = serializers.CharField(help_text=_("The header `webhook-id`, the same on every try."))
    event = serializers.CharField()
    state = serializers.ChoiceField(choices=WebhookMessage.State.choices)
    attempts = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text=_("Of the last answer."))
    error = serializers.CharField()
    made_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    body = serializers.CharField(help_text=_("As it is signed and sent; empty once its member is forgotten."))


class MessagePage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MessageAnswer(many=True)


class WebhookView(ActionView):
    scope: ClassVar[ApiKey.Scope] = ApiKey.Scope.WEBHOOKS
    reads: ClassVar[ApiKey.Scope] = ApiKey.Scope.WEBHOOKS

    def subscription(self, pk: int) -> Subscription:
        """The subscription, whoever made it. Raises ``UnableToFind``."""
        row = Subscription.objects.filter(pk=pk).first()
        if row is None:
            raise UnableToFind("webhook_not_found")
        return row


class WebhooksView(WebhookView):
    @extend_schema(
        operation_id="webhooks_list",
        summary=_("List the webhooks"),
        parameters=[PageQuery],
        responses=SubscriptionPage,
    )
    def get(self, request: Request) -> Response:
        self.asked()
        return self.page(Subscription.objects.all(), SubscriptionAnswer, ordering="id")

    @extend_schema(
        operation_id="webhooks_subscribe",
        summary=_("Be told what happens"),
        description=_(
            "By the Standard Webhooks specification: signed, and tried for three days. Keep the secret of the "
            "answer, it is not shown again."
        ),
        request=SubscriptionTold,
        responses={201: SubscriptionWithSecret},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        made = actions.subscribe(**self.told(SubscriptionTold), now=self.now, actor=self.actor)
        return Response(self.shown(SubscriptionWithSecret, made), 201)


class OneWebhookView(WebhookView):
    @extend_schema(operation_id="webhooks_read", summary=_("Read a webhook"), responses=SubscriptionAnswer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(SubscriptionAnswer, self.subscription(pk)))

    @extend_schema(
        operation_id="webhooks_change",
        summary=_("Change a webhook, or switch it off or on"),
        description=_("What is left out stays as it is. Switched on again, what still waits is sent."),
        request=SubscriptionChanged,
        responses=SubscriptionAnswer,
    )
    @idempotent
    def patch(self, request: Request, pk: int) -> Response:
        row = self.subscription(pk)
        before = {
            "name": row.name,
            "url": row.url,
            "events": row.events,
            "is_on": row.disabled_at is None,
        }
        told = {**before, **self.told(SubscriptionChanged)}
        changed = actions.change_subscription(subscription=row, **told, now=self.now)
        return Response(self.shown(SubscriptionAnswer, changed))

    @extend_schema(
        operation_id="webhooks_end",
        summary=_("End a webhook"),
        description=_("What still waits is not sent, and its messages are forgotten. Twice is once."),
        responses={204: None},
    )
    @idempotent
    def delete(self, request: Request, pk: int) -> Response:
        actions.unsubscribe(subscription_id=pk, actor=self.actor)
        return Response(status=204)


class RotateView(WebhookView):
    @extend_schema(
        operation_id="webhooks_rotate_secret",
        summary=_("Change the secret of a webhook"),
        description=_("For a day messages are signed with the former one too, so that nothing is lost."),
        request=StrictSerializer,
        responses=SubscriptionWithSecret,
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        self.told(StrictSerializer)
        rotated = actions.rotate_secret(subscription=self.subscription(pk), now=self.now, actor=self.actor)
        return Response(self.shown(SubscriptionWithSecret, rotated))


class TryView(WebhookView):
    @extend_schema(
        operation_id="webhooks_try",
        summary=_("Send a test message"),
        description=_("Of the kind webhook.test and about nobody, signed and sent as any other."),
        request=StrictSerializer,
        responses={202: MessageAnswer},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        self.told(StrictSerializer)
        message = actions.send_test_webhook(subscription=self.subscription(pk), now=self.now)
        return Response(self.shown(MessageAnswer, message), 202)


class MessagesView(WebhookView):
    @extend_schema(
        operation_id="webhook_messages_list",
        summary=_("List what was sent, newest first"),
        parameters=[MessageQuery],
        responses=MessagePage,
    )
    def get(self, request: Request, pk: int) -> Response:
        asked = self.asked(MessageQuery)
        rows = self.subscription(pk).messages.filter(**asked)
        return self.page(rows, MessageAnswer, ordering="-id")


class ReplayView(WebhookView):
    @extend_schema(
        operation_id="webhook_messages_replay",
        summary=_("Send a message again"),
        description=_("Under the same `webhook-id`, with the whole schedule before it."),
        request=StrictSerializer,
        responses={202: MessageAnswer},
    )
    @idempotent
    def post(self, request: Request, pk: int, message: UUID) -> Response:
        self.told(StrictSerializer)
        row = self.subscription(pk).messages.filter(pk=message).first()
        if row is None:
            raise UnableToFind("webhook_message_not_found")
        actions.replay_webhook(message=row, now=self.now)
        row.refresh_from_db()
        return Response(self.shown(MessageAnswer, row), 202)
