"""What happens to an account as a whole, and who is on which."""

from datetime import datetime

from members.actions.activities import new_activity
from members.models import Account, Activity, Member, Order


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


def open_own_account(*, member: Member) -> Account:
    """A new account for who has shared one; its years run from when they joined the club."""
    return Account.objects.create(opened_at=member.joined_at)


def put_on_account(*, member: Member, account: Account, because: str, actor: str, now: datetime) -> Member:
    """``member`` is on ``account`` from now on, last in turn to hold it. Both accounts are locked by the caller."""
    others = account.members.filter(state=Member.State.ACTIVE).exclude(pk=member.pk)
    facts = {"because": because, "from": member.account_id, "actor": actor}
    member.account, member.may_spend = account, False
    member.shares_since = now if others.exists() else None
    member.save(update_fields=["account", "may_spend", "shares_since"])
    new_activity(
        kind="member.moved",
        member_id=member.pk,
        account_id=account.pk,
        facts=facts,
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
    return member


def count_from(*, account_id: int, began_at: datetime) -> None:
    """The years of the account run from ``began_at``."""
    Account.objects.filter(pk=account_id).update(opened_at=began_at)


def take_orders_along(*, member: Member, account: Account) -> None:
    """The member's own orders on the account that they leave belong to the new one, and so do their returns."""
    Order.objects.filter(member=member, account=member.account_id).update(account=account)
    Account.objects.filter(pk__in=[member.account_id, account.pk]).update(is_mixed=True)


def end_in(*, account_id: int, into_id: int, at: datetime) -> None:
    """The account has become part of another: its orders are the other's, and what was part of it is, too."""
    Order.objects.filter(account_id=account_id).update(account_id=into_id)
    Account.objects.filter(pk=account_id).update(
        closed_at=at, merged_into=into_id, unbroken_to=None, reopens_to=None
    )
    Account.objects.filter(merged_into=account_id).update(merged_into=into_id)
    Account.objects.filter(pk=into_id).update(is_mixed=True)
