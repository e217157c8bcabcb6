"""The one stream: writing what happened, and handing it to those who react."""

from collections.abc import Mapping
from datetime import datetime

from members.models import Activity
from members.models.ids import new_id


def new_activity(
    *,
    kind: str,
    member_id: int | None,
    account_id: int | None,
    facts: Mapping[str, object],
    occurred_at: datetime,
    now: datetime,
) -> Activity:
    """Return an unsaved activity; the caller stores it in the transaction that made it true.

    ``facts`` holds ids and numbers that JSON knows, and nothing personal.
    """
    return Activity(
        id=new_id(),
        kind=kind,
        member_id=member_id,
        account_id=account_id,
        facts=dict(facts),
        occurred_at=occurred_at,
        recorded_at=now,
        due_at=now,
    )
