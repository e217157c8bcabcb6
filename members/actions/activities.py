"""The one stream: writing what happened, and handing it to those who react."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import QuerySet

from members.actions.webhooks import queue_webhooks
from members.models import Activity
from members.models.ids import new_id
from members.registry import Reaction, reactions_to

logger = logging.getLogger(__name__)

# So many share one transaction: few enough that nobody waits long for its locks.
CHUNK = 50
LONGEST_WAIT = 60  # minutes


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many activities are done with and how many will be tried again; full when more may be due."""

    delivered: int
    failed: int
    is_full: bool


class Happened(TypedDict):
    """``facts`` holds ids and numbers that JSON knows, and nothing personal."""

    kind: str
    member_id: int | None
    account_id: int | None
    facts: Mapping[str, object]
    occurred_at: datetime
    now: datetime


def new_activity(**told: Unpack[Happened]) -> Activity:
    """Return an unsaved activity; the caller stores it in the transaction that made it true."""
    return Activity(**activity_row(**told))


def activity_row(**told: Unpack[Happened]) -> dict[str, Any]:
    """The columns of an activity, for those who write many rows of many tables together."""
    return {
        "id": new_id(),
        "kind": told["kind"],
        "member_id": told["member_id"],
        "account_id": told["account_id"],
        "facts": told["facts"],
        "occurred_at": told["occurred_at"],
        "recorded_at": told["now"],
        "delivered_at": None,
        "due_at": told["now"],
        "attempts": 0,
        "error": "",
    }


def deliver_activities(*, now: datetime, limit: int = 500) -> Delivered:
    """Hand at most ``limit`` due activities to their reactions, oldest first.

    Several may run at once: each activity is locked by one of them. What fails is tried again after
    2, 4, 8, 16, 32 and then every 60 minutes, and holds up nothing else.
    """
    delivered = failed = 0
    while delivered + failed < limit:
        wanted = min(CHUNK, limit - delivered - failed)
        done = _deliver_chunk(now, wanted)
        delivered += sum(done)
        failed += len(done) - sum(done)
        if len(done) < wanted:
            return Delivered(delivered, failed, is_full=False)
    return Delivered(delivered, failed, is_full=True)


@transaction.atomic
def _deliver_chunk(now: datetime, size: int) -> list[bool]:
    """Deliver some; return for each whether all of its reactions passed."""
    claimed = list(_due(now)[:size])
    queue_webhooks(activities=claimed, now=now)
    done = [_deliver(activity, now) for activity in claimed]
    Activity.objects.bulk_update(claimed, ["delivered_at", "due_at", "attempts", "error"])
    return done


def _due(now: datetime) -> QuerySet[Activity]:
    due = Activity.objects.undelivered().filter(due_at__lte=now).order_by("due_at", "id")
    return due.select_for_update(skip_locked=True)


def _deliver(activity: Activity, now: datetime) -> bool:
    failures = [
        failure
        for reaction in reactions_to(activity.kind)
        if (failure := _failure_of(reaction, activity, now))
    ]
    activity.error = "\n".join(failures)
    activity.attempts += 1
    if failures:
        activity.due_at = now + wait_after(activity.attempts)
    else:
        activity.delivered_at = now
    return not failures


def _failure_of(reaction: Reaction, activity: Activity, now: datetime) -> str:
    """Run one reaction; return what went wrong, or nothing. Only names: messages may quote people."""
    try:
        with transaction.atomic():
            reaction(activity, now)
    except Exception as error:
        name = f"{reaction.__module__}.{reaction.__qualname__}"
        logger.warning("%s failed on activity %s", name, activity.pk, exc_info=True)
        return f"{name}: {type(error).__name__}"
    return ""


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return timedelta(minutes=min(2 ** min(attempts, 6), LONGEST_WAIT))
