"""The numbers that this floor can tell. Pure reads; the console home composes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.models import ChannelState, Message


@dataclass(frozen=True)
class MailHealth:
    """How the mail fares: what waits, what went wrong in a day, what nobody knows, which channels rest."""

    waiting: int
    failed_last_day: int
    unknown: int
    oldest_due_at: datetime | None
    failing_channels: tuple[ChannelState, ...]


def mail_health(*, now: datetime) -> MailHealth:
    waiting = Message.objects.filter(state=Message.State.PLANNED, due_at__lte=now)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return MailHealth(
        waiting=waiting.count(),
        failed_last_day=Message.objects.filter(
            state=Message.State.FAILED, ended_at__gt=now - timedelta(days=1)
        ).count(),
        unknown=Message.objects.filter(state=Message.State.UNKNOWN).count(),
        oldest_due_at=oldest,
        failing_channels=tuple(ChannelState.objects.order_by("channel")),
    )
