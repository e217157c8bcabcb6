"""Telling others what happens: kept with the stream, signed, and tried again for three days."""

import base64
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from members.actions.errors import UnableTo
from members.actions.webhook_calls import PREFIX, Answer, Call, UnableToCall, checked_url, make_call
from members.models import Activity, Member, MemberIdentity, Subscription, WebhookMessage

logger = logging.getLogger(__name__)

VERSION = 1
# When each try comes, counted from the one before: the specification's own schedule.
SCHEDULE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
FORMER_SECRET_HOLDS = timedelta(hours=24)
MESSAGES_ARE_KEPT = timedelta(days=30)
# A worker that dies in the middle of a call leaves the message to the next one after this.
LEASE = timedelta(minutes=5)
# What one subscription gets at a time: one that is slow holds up the others no longer than this many calls.
AT_A_TIME = 10
THREADS = 8
GONE = 410
# What staff have written or who they are is nobody else's.
KEPT_INSIDE = ("actor", "because", "reason")

Caller = Callable[[Call, datetime], Answer]


class UnableToSubscribe(UnableTo):
    """The keys of ``UnableToCall``, and ``webhook_name_is_taken``."""


class UnableToReplay(UnableTo):
    """``body_was_wiped``: it was about a member who has been forgotten."""


@dataclass(frozen=True, slots=True)
class SendRun:
    """How many calls were made and how many were taken; full when more may be due."""

    called: int
    taken: int
    is_full: bool


@transaction.atomic
def subscribe(*, name: str, url: str, events: Sequence[str], now: datetime, actor: str) -> Subscription:
    """A new subscription with a secret of 256 random bits. Raises ``UnableToSubscribe``."""
    _check(name, url)
    row = Subscription.objects.create(
        name=name.strip(), url=url, events=sorted(set(events)), secret=_new_secret(), created_at=now
    )
    logger.info("Webhook %s was made by %s", row.pk, actor)
    return row


@transaction.atomic
def change_subscription(
    *, subscription: Subscription, name: str, url: str, events: Sequence[str], is_on: bool, now: datetime
) -> Subscription:
    """Change it; switched on again, what still waits is sent. Raises ``UnableToSubscribe``."""
    _check(name, url, but=subscription.pk)
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    row.name, row.url, row.events = name.strip(), url, sorted(set(events))
    if is_on:
        row.disabled_at, row.is_given_up = None, False
    elif row.disabled_at is None:
        row.disabled_at = now
    row.save()
    return row


def _check(name: str, url: str, but: int = 0) -> None:
    try:
        checked_url(url)
    except UnableToCall as error:
        raise UnableToSubscribe(error.key) from None
    if Subscription.objects.filter(name=name.strip()).exclude(pk=but).exists():
        raise UnableToSubscribe("webhook_name_is_taken", name=name)


@transaction.atomic
def unsubscribe(*, subscription_id: int, actor: str) -> None:
    """End it with all that was kept for it. Twice is once."""
    count, _rows = Subscription.objects.filter(pk=subscription_id).delete()
    if count:
        logger.info("Webhook %s was ended by %s", subscription_id, actor)


@transaction.atomic
def rotate_secret(*, subscription: Subscription, now: datetime, actor: str) -> Subscription:
    """A new secret; for a day messages are signed with the former one too."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    row.former_secret, row.former_until = row.secret, now + FORMER_SECRET_HOLDS
    row.secret = _new_secret()
    row.save(update_fields=["secret", "former_secret", "former_until"])
    logger.info("The secret of webhook %s was changed by %s", row.pk, actor)
    return row


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def queue_webhooks(*, activities: Sequence[Activity], now: datetime) -> int:
    """Keep a message of each activity for whoever wants to hear of it; queued again, it stays one."""
    hearers = list(Subscription.objects.filter(disabled_at__isnull=True))
    wanted = [one for one in activities if any(hearer.hears(one.kind) for hearer in hearers)]
    if not wanted:
        return 0
    people = _people(wanted)
    made = [
        WebhookMessage(
            subscription=hearer,
            activity=activity,
            event=activity.kind,
            body=body_of(activity, people.get(activity.member_id)),
            made_at=now,
            due_at=now,
        )
        for activity in wanted
        for hearer in hearers
        if hearer.hears(activity.kind)
    ]
    WebhookMessage.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _people(activities: Sequence[Activity]) -> dict[int | None, dict[str, Any]]:
    """How the outside knows the members: by number, and by what each shop calls them."""
    ids = {one.member_id for one in activities if one.member_id}
    people: dict[int | None, dict[str, Any]] = {
        pk: {"number": number, "external_ids": {}}
        for pk, number in Member.objects.filter(pk__in=ids).values_list("pk", "number")
    }
    names = MemberIdentity.objects.filter(member__in=ids).order_by("pk")
    for pk, source, external_id in names.values_list("member_id", "source", "external_id"):
        people[pk]["external_ids"][source] = external_id
    return people


def body_of(activity: Activity, member: dict[str, Any] | None) -> str:
    """The payload, version 1: fields may be added to a version, and none is ever taken away or renamed."""
    facts = {name: value for name, value in activity.facts.items() if name not in KEPT_INSIDE}
    return json.dumps(
        {
            "type": activity.kind,
            "timestamp": activity.occurred_at.isoformat(),
            "version": VERSION,
            "data": {
                "activity": str(activity.pk),
                "member": member,
                "account": activity.account_id,
                "facts": facts,
            },
        },
        ensure_ascii=False,
    )


def send_test_webhook(*, subscription: Subscription, now: datetime) -> WebhookMessage:
    """A message of no activity, by which a receiver can be tried; sent as any other."""
    body = {"type": "webhook.test", "timestamp": now.isoformat(), "version": VERSION, "data": {}}
    return WebhookMessage.objects.create(
        subscription=subscription, event="webhook.test", body=json.dumps(body), made_at=now, due_at=now
    )


def replay_webhook(*, message: WebhookMessage, now: datetime) -> None:
    """Send a message once more, under the same id, with the whole schedule before it. Raises ``UnableToReplay``."""
    if not message.body:
        raise UnableToReplay("body_was_wiped")
    WebhookMessage.objects.filter(pk=message.pk).update(
        state=WebhookMessage.State.WAITING, attempts=0, due_at=now, delivered_at=None
    )


def send_webhooks(*, now: datetime, caller: Caller = make_call) -> SendRun:
    """Make the calls that are due, several subscriptions at a time. No transaction is open meanwhile."""
    claimed = _claim(now)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [pool.submit(_call_in_turn, messages, now, caller) for messages in claimed.values()]
        done = [answer for one in answers for answer in one.result()]
    for message, answer in done:
        _note(message, answer, now)
    called = [answer for _message, answer in done if answer is not None]
    is_full = len(called) < len(done) or any(len(messages) == AT_A_TIME for messages in claimed.values())
    return SendRun(len(called), sum(answer.is_taken for answer in called), is_full=is_full)


@transaction.atomic
def _claim(now: datetime) -> dict[int, list[WebhookMessage]]:
    """Some of what is due of each subscription; nobody else takes it before its lease has run out."""
    due = WebhookMessage.objects.filter(
        state=WebhookMessage.State.WAITING, due_at__lte=now, subscription__disabled_at__isnull=True
    )
    claimed: dict[int, list[WebhookMessage]] = {}
    for pk in due.order_by().values_list("subscription_id", flat=True).distinct():
        rows = due.filter(subscription_id=pk).select_related("subscription").order_by("due_at", "id")
        claimed[pk] = list(rows.select_for_update(skip_locked=True, of=("self",))[:AT_A_TIME])
    ids = [message.pk for messages in claimed.values() for message in messages]
    WebhookMessage.objects.filter(pk__in=ids).update(due_at=now + LEASE, attempts=F("attempts") + 1)
    for messages in claimed.values():
        for message in messages:
            message.attempts += 1
    return {pk: messages for pk, messages in claimed.items() if messages}


def _call_in_turn(
    messages: Sequence[WebhookMessage], now: datetime, caller: Caller
) -> list[tuple[WebhookMessage, Answer | None]]:
    """One after the other. Once nobody answers, the rest are not tried: None, and they lose no attempt."""
    answers: list[tuple[WebhookMessage, Answer | None]] = []
    is_there = True
    for message in messages:
        of = message.subscription
        call = Call(of.url, message.webhook_id, message.body, tuple(of.secrets_at(now)))
        answer = caller(call, now) if is_there else None
        is_there = answer is not None and answer.status is not None
        answers.append((message, answer))
    return answers


def _note(message: WebhookMessage, answer: Answer | None, now: datetime) -> None:
    """Write what came of a call, unless somebody has replayed the message meanwhile."""
    row = WebhookMessage.objects.filter(pk=message.pk, attempts=message.attempts)
    if answer is None:
        row.update(due_at=now, attempts=message.attempts - 1)
        return
    facts: dict[str, Any] = {"status": answer.status, "error": answer.error[:200]}
    if answer.is_taken:
        facts |= {"state": WebhookMessage.State.DELIVERED, "delivered_at": now, "due_at": None}
    elif answer.status == GONE or message.attempts >= len(SCHEDULE):
        facts |= {"state": WebhookMessage.State.FAILED, "due_at": None}
        _give_up(message.subscription_id, now)
    else:
        wait = max(SCHEDULE[message.attempts], timedelta(seconds=answer.retry_after or 0))
        facts["due_at"] = now + wait
    row.update(**facts)


def _give_up(subscription_id: int, now: datetime) -> None:
    """Switch the subscription off; the console's home says so until somebody switches it on again."""
    on = Subscription.objects.filter(pk=subscription_id, disabled_at__isnull=True)
    if on.update(disabled_at=now, is_given_up=True):
        logger.warning("Webhook %s was switched off: nobody answered", subscription_id)


def forget_webhooks(*, now: datetime) -> int:
    """Drop what was settled long ago; return how many."""
    old = WebhookMessage.objects.filter(made_at__lt=now - MESSAGES_ARE_KEPT)
    count, _rows = old.exclude(state=WebhookMessage.State.WAITING).delete()
    return count


def forget_webhooks_of(*, member_id: int) -> None:
    """Empty what was told of a member who has been forgotten; what waits is still told, by number alone."""
    of_member = WebhookMessage.objects.filter(activity__member_id=member_id)
    of_member.exclude(state=WebhookMessage.State.WAITING).update(body="")
