"""What those who share an account see of each other's purchases, as the rules in force say."""

from collections.abc import Iterable
from datetime import datetime

from loyalty.models import Entry
from loyalty.queries.programmes import recent_timetable
from members.models import Member, OrderLine


def who_sees(now: datetime) -> str:
    programme = recent_timetable().latest(now)
    return programme.who_sees if programme else "purchases"


def is_anothers(entry: Entry, member: Member) -> bool:
    """Whether what the line tells of was done by somebody else on the account; ``order`` and ``act`` are loaded."""
    done = entry.order or entry.act
    return done is not None and done.member_id not in (None, member.pk)


def private_to_others(entries: Iterable[Entry], member: Member, now: datetime) -> set[object]:
    """Lines of which ``member`` sees the amount alone, by their key."""
    if who_sees(now) != "balance":
        return set()
    return {entry.pk for entry in entries if is_anothers(entry, member)}


def goods_of(entries: Iterable[Entry], now: datetime) -> dict[object, list[str]]:
    """What was bought on each order, by its key, where everybody on an account sees everything."""
    if who_sees(now) != "everything":
        return {}
    revisions = {entry.order.pk: entry.order.revision for entry in entries if entry.order}
    found: dict[object, list[str]] = {}
    lines = OrderLine.objects.filter(order_id__in=revisions).order_by("order_id", "position")
    for order_id, revision, name, sku in lines.values_list("order_id", "revision", "name", "sku"):
        if revisions[order_id] == revision and (name or sku):
            found.setdefault(order_id, []).append(name or sku)
    return found
