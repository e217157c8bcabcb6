"""Others are told what happens: signed as the specification says, tried for three days, and never lost."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from members import actions
from members.actions.webhook_calls import Answer, Call, signature_of
from members.actions.webhooks import SCHEDULE, queue_webhooks
from members.insights import webhooks_given_up
from members.models import Member, MemberIdentity, WebhookMessage
from tests.loyalty.connectors.payloads import sample
from tests.make import NOON, make_activity
from tests.members.receiver import Heard, Receiver, happen, listening, subscribe

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
VECTORS = [one for one in sample("webhook_vectors.json") if one["scheme"] == "standard-webhooks"]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    with listening() as found:
        yield found


def own_signature(heard: Heard, secret: str) -> str:
    """Computed from the specification's text, not by our code."""
    signed = ".".join([heard.headers["webhook-id"], heard.headers["webhook-timestamp"], heard.body])
    key = base64.b64decode(secret[len("whsec_") :])
    return "v1," + base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()


def sweep(start: datetime, length: timedelta, every: timedelta = timedelta(minutes=5)) -> datetime:
    """What the clock does for so long; returns the time at its end."""
    now = start
    while now < start + length:
        while actions.send_webhooks(now=now).is_full:
            pass
        now += every
    return now


# -- What is told ---------------------------------------------------------------------------------------------


def test_an_activity_is_told_once_signed_and_without_what_staff_wrote(
    receiver: Receiver, alice: Member
) -> None:
    subscription = subscribe(receiver.url)
    MemberIdentity.objects.create(member=alice, source="web", external_id="c-7")
    happen(
        "order.recorded", alice, order="o-1", paid_ore=12_500, actor="boss@shop.example", reason="Sur kund"
    )
    assert actions.send_webhooks(now=NOON) == actions.SendRun(1, 1, is_full=False)
    assert actions.send_webhooks(now=NOON + HOUR).called == 0
    [heard] = receiver.heard
    told = json.loads(heard.body)
    assert (heard.path, heard.headers["content-type"]) == ("/hook?shop=1", "application/json")
    assert (told["type"], told["version"]) == ("order.recorded", 1)
    assert datetime.fromisoformat(told["timestamp"]) == NOON
    assert told["data"]["member"] == {"number": alice.number, "external_ids": {"web": "c-7"}}
    assert told["data"]["facts"] == {"order": "o-1", "paid_ore": 12_500}
    assert heard.headers["webhook-signature"] == own_signature(heard, subscription.secret)
    message = WebhookMessage.objects.get()
    assert (message.state, message.status, message.attempts) == ("delivered", 204, 1)


def test_the_reference_library_accepts_what_we_send_and_refuses_it_with_one_byte_changed(
    receiver: Receiver, alice: Member
) -> None:
    subscription = subscribe(receiver.url)
    happen("points.earned", alice, amount=1, meter="poäng")
    actions.send_webhooks(now=datetime.now(UTC))
    [heard] = receiver.heard
    verifier = Webhook(subscription.secret)
    assert verifier.verify(heard.body, heard.headers)["type"] == "points.earned"
    for place in range(len(heard.body)):
        changed = heard.body[:place] + chr(ord(heard.body[place]) ^ 1) + heard.body[place + 1 :]
        with pytest.raises(WebhookVerificationError):
            verifier.verify(changed, heard.headers)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["source"])
def test_our_signature_is_that_of_the_vectors(vector: dict[str, Any]) -> None:
    headers = vector["headers"]
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    ours = signature_of(Call("", headers["webhook-id"], vector["body"], (vector["secret"],)), at)
    is_old = vector["valid_at"] - at.timestamp() > 300  # which only a receiver can judge
    assert (ours in headers["webhook-signature"].split()) is (vector["valid"] or is_old)


def test_both_secrets_sign_for_a_day_after_a_change(receiver: Receiver) -> None:
    subscription = subscribe(receiver.url)
    before = subscription.secret
    after = actions.rotate_secret(subscription=subscription, now=NOON, actor="test").secret
    happen()
    actions.send_webhooks(now=NOON)
    [heard] = receiver.heard
    assert heard.headers["webhook-signature"].split() == [
        own_signature(heard, after),
        own_signature(heard, before),
    ]
    happen()
    actions.send_webhooks(now=NOON + 25 * HOUR)
    assert receiver.heard[1].headers["webhook-signature"] == own_signature(receiver.heard[1], after)


def test_a_subscription_hears_of_what_it_asked_for_and_of_nothing_from_before(receiver: Receiver) -> None:
    happen("order.recorded")
    subscribe(receiver.url, "order.recorded", "voucher.issued")
    happen("points.earned")
    happen("voucher.issued")
    actions.send_webhooks(now=NOON)
    assert [json.loads(one.body)["type"] for one in receiver.heard] == ["voucher.issued"]


def test_an_activity_that_is_delivered_again_is_told_once(receiver: Receiver) -> None:
    subscribe(receiver.url)
    activity = make_activity("order.recorded")
    queue_webhooks(activities=[activity], now=NOON)
    queue_webhooks(activities=[activity], now=NOON)
    assert WebhookMessage.objects.count() == 1


def test_delivering_asks_the_same_however_many_activities_there_are(
    receiver: Receiver, alice: Member, django_assert_num_queries: Any
) -> None:
    subscribe(receiver.url)
    subscribe(receiver.url, name="Another")
    for count in (1, 40):
        activities = [make_activity("order.recorded", alice) for _one in range(count)]
        with django_assert_num_queries(4):  # who hears, members, their names elsewhere, messages
            queue_webhooks(activities=activities, now=NOON)


# -- Nothing is lost ------------------------------------------------------------------------------------------


def test_a_receiver_that_is_down_for_six_hours_gets_everything_under_the_same_ids(
    settings: Any,
) -> None:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    with listening() as probe:
        port = probe.port
    subscribe(f"http://127.0.0.1:{port}/hook")
    for _one in range(25):
        happen()
    ids = {one.webhook_id for one in WebhookMessage.objects.all()}
    now = sweep(NOON, timedelta(hours=6))
    assert set(WebhookMessage.objects.values_list("state", "error")) == {
        ("waiting", "ConnectionRefusedError")
    }
    assert {one.attempts for one in WebhookMessage.objects.all()} == {5}  # at 0:00, 0:05, 0:10, 0:40 and 2:40
    with listening(port) as receiver:
        sweep(now, timedelta(hours=6))
        assert (len(receiver.heard), set(receiver.ids)) == (25, ids)
    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_receiver_that_answers_500_sees_the_same_id_on_every_try_of_the_schedule(
    receiver: Receiver,
) -> None:
    subscribe(receiver.url)
    happen()
    receiver.status = 500
    at, tried = NOON, []
    while (message := WebhookMessage.objects.get()).state == "waiting":
        assert message.due_at is not None
        at = max(at, message.due_at)
        tried.append(at - NOON)
        actions.send_webhooks(now=at)
    assert tried == [sum(SCHEDULE[: n + 1], timedelta(0)) for n in range(10)]
    assert tried[-1] == timedelta(hours=75, minutes=35, seconds=5)
    assert (len(receiver.ids), len(set(receiver.ids))) == (10, 1)
    stamps = [int(one.headers["webhook-timestamp"]) for one in receiver.heard]
    assert stamps == [int((NOON + one).timestamp()) for one in tried]


def test_when_the_schedule_has_ended_the_subscription_is_switched_off_and_the_merchant_told(
    receiver: Receiver,
) -> None:
    subscription = subscribe(receiver.url)
    happen()
    receiver.status = 503
    sweep(NOON, timedelta(hours=80), every=HOUR)
    subscription.refresh_from_db()
    assert (subscription.is_given_up, webhooks_given_up()) == (True, ["The till"])
    happen()
    assert WebhookMessage.objects.count() == 1  # one that is off hears nothing
    receiver.status = 204
    actions.change_subscription(
        subscription=subscription, name="The till", url=receiver.url, events=[], is_on=True, now=NOON
    )
    assert webhooks_given_up() == []
    failed = WebhookMessage.objects.get()
    assert failed.state == "failed"
    actions.replay_webhook(message=failed, now=NOON)
    actions.send_webhooks(now=NOON)
    assert receiver.ids[-1] == failed.webhook_id
    assert WebhookMessage.objects.get().state == "delivered"


def test_a_receiver_that_is_gone_is_switched_off_at_once(receiver: Receiver) -> None:
    subscribe(receiver.url)
    happen()
    receiver.status = 410
    actions.send_webhooks(now=NOON)
    assert webhooks_given_up() == ["The till"]


def test_a_receiver_may_ask_to_be_left_alone_for_longer(receiver: Receiver) -> None:
    subscribe(receiver.url)
    happen()
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    actions.send_webhooks(now=NOON)
    assert WebhookMessage.objects.get().due_at == NOON + HOUR
    receiver.headers = {"Retry-After": "9" * 30}
    actions.send_webhooks(now=NOON + HOUR)
    assert WebhookMessage.objects.get().due_at == NOON + HOUR + SCHEDULE[2]


def test_a_subscription_that_does_not_answer_holds_up_no_other(receiver: Receiver) -> None:
    called: list[str] = []

    def caller(call: Call, at: datetime) -> Answer:
        called.append(call.url)
        return Answer(None, "timeout") if call.url.endswith("dead") else Answer(204)

    dead = subscribe("http://127.0.0.1/dead", name="Dead")
    subscribe("http://127.0.0.1/alive", name="Alive")
    for _one in range(5):
        happen()
    actions.send_webhooks(now=NOON, caller=caller)
    assert sorted(called) == ["http://127.0.0.1/alive"] * 5 + ["http://127.0.0.1/dead"]
    assert sorted(dead.messages.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_one_message_that_finds_no_answer_does_not_keep_those_behind_it_from_being_tried(
    receiver: Receiver,
) -> None:
    poison: list[str] = []

    def caller(call: Call, at: datetime) -> Answer:
        poison[:] = poison or [call.webhook_id]
        return Answer(None, "timeout") if call.webhook_id in poison else Answer(204)

    subscribe(receiver.url)
    for _one in range(3):
        happen()
    actions.send_webhooks(now=NOON, caller=caller)
    actions.send_webhooks(now=NOON, caller=caller)
    assert sorted(WebhookMessage.objects.values_list("state", flat=True)) == [
        "delivered",
        "delivered",
        "waiting",
    ]


def test_a_worker_that_dies_in_the_middle_leaves_the_message_to_the_next(receiver: Receiver) -> None:
    def dies(call: Call, at: datetime) -> Answer:
        raise KeyboardInterrupt

    subscribe(receiver.url)
    happen()
    with pytest.raises(KeyboardInterrupt):
        actions.send_webhooks(now=NOON, caller=dies)
    assert actions.send_webhooks(now=NOON + timedelta(minutes=4)).called == 0
    assert actions.send_webhooks(now=NOON + timedelta(minutes=5)).taken == 1
    assert WebhookMessage.objects.get().attempts == 2


# -- Kept no longer, and no more open, than needed ------------------------------------------------------------


def test_the_secret_does_not_lie_open_in_the_database(receiver: Receiver) -> None:
    subscription = subscribe(receiver.url)
    assert len(base64.b64decode(subscription.secret.removeprefix("whsec_"))) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM members_subscription")
        [(stored,)] = cursor.fetchall()
    assert "whsec_" not in stored


def test_what_was_told_of_a_member_is_emptied_when_they_are_erased_and_others_are_told(
    receiver: Receiver, alice: Member
) -> None:
    subscribe(receiver.url)
    happen("order.recorded", alice)
    actions.send_webhooks(now=NOON)
    actions.erase_member(member=alice, reason="asked", actor="test", now=NOON)
    message = WebhookMessage.objects.get()
    assert message.body == ""
    with pytest.raises(actions.UnableToReplay):
        actions.replay_webhook(message=message, now=NOON)
    actions.deliver_activities(now=NOON)
    actions.send_webhooks(now=NOON)
    assert "member.erased" in [json.loads(one.body)["type"] for one in receiver.heard]


def test_settled_messages_are_dropped_after_a_month(receiver: Receiver) -> None:
    subscribe(receiver.url)
    happen()
    happen()
    actions.send_webhooks(now=NOON, caller=lambda call, at: Answer(204))
    WebhookMessage.objects.filter(pk=WebhookMessage.objects.earliest("id").pk).update(
        state="waiting", due_at=NOON
    )
    assert actions.forget_webhooks(now=NOON + timedelta(days=31)) == 1
    assert WebhookMessage.objects.get().state == "waiting"
