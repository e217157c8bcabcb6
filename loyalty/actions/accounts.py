"""Opening accounts to change them: whoever comes second waits."""

from collections.abc import Collection
from datetime import datetime

from loyalty.engine.programme import Timetable
from loyalty.queries.accounts import Opened, load_accounts


def open_accounts(
    timetable: Timetable,
    account_ids: Collection[int],
    *,
    since: datetime,
    order_keys: Collection[str] = (),
    codes: Collection[str] = (),
) -> Opened:
    """What ``load_accounts`` gives, locked in primary-key order until the transaction ends."""
    return load_accounts(
        timetable, account_ids, since=since, order_keys=order_keys, codes=codes, is_locked=True
    )
