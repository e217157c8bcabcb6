"""What happens to an account as a whole."""

from datetime import datetime

from members.actions.activities import new_activity
from members.models import Account, Activity, Member


def close_account(
    *,
    account_id: int,
    at: datetime,
    because: str,
    now: datetime,
    unbroken_to: datetime | None = None,
    reopens_to: datetime | None = None,
) -> None:
    """End the membership of everybody on the account; already closed members stay as they are.

    Until ``reopens_to`` the account waits for who comes back, until ``unbroken_to`` as it was.
    """
    Account.objects.filter(pk=account_id, closed_at__isnull=True).update(closed_at=at)
    if reopens_to is not None:
        Account.objects.filter(pk=account_id).update(unbroken_to=unbroken_to, reopens_to=reopens_to)
    members = Member.objects.filter(account_id=account_id).active()
    told = [
        new_activity(
            kind="member.closed",
            member_id=pk,
            account_id=account_id,
            facts={"because": because},
            occurred_at=at,
            now=now,
        )
        for pk in members.values_list("pk", flat=True)
    ]
    members.update(state=Member.State.CLOSED, closed_at=at)
    Activity.objects.bulk_create(told)
