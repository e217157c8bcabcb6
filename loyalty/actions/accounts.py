"""Opening accounts to change them: whoever comes second waits."""

from collections.abc import Collection
from datetime import datetime

from loyalty.engine.account import Account
from loyalty.engine.programme import Timetable
from loyalty.queries.accounts import Books, Wanted, load_accounts, load_books
from loyalty.queries.stored import Opened
from members.models.asked import Asked
from members.models.ids import new_id


def open_books(
    account_ids: Collection[int],
    *along: Asked,
    since: datetime,
    codes: Collection[str] = (),
) -> Books:
    """What ``load_books`` gives, the accounts locked in primary-key order until the transaction ends."""
    return load_books(Wanted(account_ids, since, codes=codes, is_locked=True), *along)


def open_accounts(
    timetable: Timetable,
    account_ids: Collection[int],
    *,
    since: datetime,
    order_keys: Collection[str] = (),
    codes: Collection[str] = (),
    rule: str = "",
) -> Opened:
    """What ``load_accounts`` gives, locked in primary-key order until the transaction ends."""
    return load_accounts(
        timetable, account_ids, since=since, order_keys=order_keys, codes=codes, rule=rule, is_locked=True
    )


def guest_account(at: datetime) -> Account:
    """What an order of nobody is computed on: it holds nothing and is not kept."""
    return Account(joined_at=at, computed_to=at, new_ref=new_id)
