"""A channel that cannot be used rests for a while instead of failing every message."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.actions.outcomes import without_addresses
from campaigns.models import ChannelState

SHORTEST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)


@transaction.atomic
def rest_channel(*, channel: str, error: str, now: datetime) -> ChannelState:
    """Let a channel rest: a minute at first, longer the longer it has been failing."""
    state, _ = ChannelState.objects.select_for_update().get_or_create(
        channel=channel, defaults={"failing_since": now, "retry_at": now}
    )
    state.error = without_addresses(error)
    state.retry_at = now + min(max((now - state.failing_since) / 2, SHORTEST_REST), LONGEST_REST)
    state.save(update_fields=["error", "retry_at"])
    return state


def revive_channel(*, channel: str) -> None:
    """Note that a channel answers again."""
    ChannelState.objects.filter(channel=channel).delete()
