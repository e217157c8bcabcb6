"""Who a definition means, worked out the slow and obvious way: one member after the other, over all their rows.

It shares nothing with the compiler: it reads the JSON itself and looks at rows, never at SQL.
"""

import hashlib
import math
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from members.models import Member, Order, OrderLine, OrderReturnLine

ZONE = ZoneInfo("Europe/Stockholm")
SHIFTS = {"this": 0, "next": 1, "previous": -1}
MICROSECOND = timedelta(microseconds=1)
Row = dict[str, Any]


class Club:
    """Everything there is, read at once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.members = list(Member.objects.select_related("home_store").order_by("pk"))
        self.refusers = {
            member.pk for member in self.members if self.answer(member, "profiling", "any") is False
        }
        self.rows: dict[str, list[Row]] = {
            "order": [order_row(order) for order in Order.objects.select_related("store")],
            "order_line": [line_row(line) for line in OrderLine.objects.select_related("order__store")],
            "return_line": [
                return_row(line)
                for line in OrderReturnLine.objects.select_related("order_return", "order_line")
            ],
            "referral": [self.referral_row(member) for member in self.members],
        }

    def answer(self, member: Member, purpose: str, channel: str) -> bool | None:
        """The latest to a purpose on a channel, of those given by now."""
        answers = [
            one
            for one in member.consents.order_by("given_at", "pk")
            if one.purpose == purpose and one.channel in (channel, "any") and one.given_at <= self.now
        ]
        return answers[-1].is_given if answers else None

    def referral_row(self, friend: Member) -> Row:
        orders = friend.orders.filter(state="placed", placed_at__lte=self.now)
        state = "qualified" if orders.exists() else "pending"
        return {
            "pk": friend.pk,
            "member": friend.referrer_id,
            "at": friend.joined_at,
            "state": state,
            "stands": True,
        }

    def meant(self, document: Any) -> set[int]:
        return {
            member.pk for member in self.members if member.state == "active" and self.holds(document, member)
        }

    def holds(self, document: Any, member: Member) -> bool:
        if "all" in document:
            return all(self.holds(part, member) for part in document["all"])
        if "any" in document:
            return any(self.holds(part, member) for part in document["any"])
        if "not" in document:
            return not self.holds(document["not"], member)
        if member.pk in self.refusers and is_of_behaviour(document):
            return False
        for kind in ("agg", "ratio", "first", "last", "did", "recurring", "top", "bucket", "field"):
            if kind in document:
                return bool(getattr(self, f"_{kind}")(document, member))
        raise AssertionError(document)

    def facts(self, of: str, document: Row, member: Member) -> list[Row]:
        told = document.get("window", "all")
        if isinstance(told, dict) and "since" in told:
            start, end = self._start(told["since"], member), None
            if start is None:
                return []
        else:
            start, end = window(told, self.now)
        found = []
        for row in self.rows[of]:
            is_within = (start is None or row["at"] >= start) and row["at"] <= min(end or self.now, self.now)
            is_theirs = row["member"] == member.pk and row["stands"] and is_within
            if is_theirs and all(detail(row, name, told) for name, told in document.get("where", {}).items()):
                found.append(row)
        return found

    def _start(self, name: str, member: Member) -> datetime | None:
        if name == "joined":
            return member.joined_at
        return max((row["at"] for row in self.facts("order", {}, member)), default=None)

    def value(self, document: Row, member: Member) -> Any:
        rows = self.facts(document["of"], document, member)
        agg = document["agg"]
        if agg in ("first", "last"):
            ordered = sorted(rows, key=lambda row: (row["at"], row["pk"]))
            told = [row[document["field"]] for row in ordered if row[document["field"]] not in ("", None)]
            return told[0 if agg == "first" else -1] if told else None
        if agg == "count":
            return Fraction(len(rows))
        values = [row[document["field"]] for row in rows]
        if agg == "count_distinct":
            return Fraction(len({value for value in values if value not in ("", None)}))
        if agg == "sum":
            return Fraction(sum(values))
        if not values:
            return None
        if agg == "avg":
            return Fraction(sum(values)) / len(values)
        return Fraction(min(values) if agg == "min" else max(values))

    def _agg(self, document: Row, member: Member) -> bool:
        own = self.value(document, member)
        if isinstance(own, str):
            return text_passes(document["op"], own, document["value"])
        return compares(document["op"], own, document["value"])

    def _ratio(self, document: Row, member: Member) -> bool:
        numbers = []
        for part in document["ratio"]:
            told: Row = {"agg": "count", **part} if isinstance(part, dict) else {"agg": "count", "of": part}
            where = {**document.get("where", {}), **told.get("where", {})}
            window = document.get("window", "all")
            numbers.append(self.value({**told, "where": where, "window": window}, member) or Fraction(0))
        above, below = numbers
        if below < document.get("min_den", 1):
            return False
        return compares(document["op"], above / below, document["value"])

    def _first(self, document: Row, member: Member) -> bool:
        times = [row["at"] for row in self.facts(document["first"], document, member)]
        return bool(times) and time_passes(document, min(times), self.now)

    def _last(self, document: Row, member: Member) -> bool:
        times = [row["at"] for row in self.facts(document["last"], document, member)]
        return bool(times) and time_passes(document, max(times), self.now)

    def _did(self, document: Row, member: Member) -> bool:
        told = [
            one if isinstance(one, dict) else {"of": one}
            for one in (document["did"], document["then" if "then" in document else "then_not"])
        ]
        did, then = (self.facts(one["of"], one, member) for one in told)
        same = document.get("same", [])
        groups: dict[Any, list[Row]] = {}
        for row in did:
            key = tuple(row[name] for name in same)
            if all(key):
                groups.setdefault(key, []).append(row)
        return any(
            self._stayed_alone(
                document, rows, [row for row in then if tuple(row[name] for name in same) == key]
            )
            for key, rows in groups.items()
        )

    def _stayed_alone(self, document: Row, did: list[Row], then: list[Row]) -> bool:
        starts = sorted({row["at"] for row in did})
        mode = document.get("mode", "since_last")
        chosen = {"since_last": starts[-1:], "since_first": starts[:1], "each_within": starts}[mode]
        for start in chosen:
            end = self.now
            if "within" in document:
                end = moved(start, *document["within"])
            if "then" in document:
                if any(start < row["at"] <= end for row in then):
                    return True
                continue
            if end <= self.now and not any(start < row["at"] <= end for row in then):
                return True
        return False

    def _recurring(self, document: Row, member: Member) -> bool:
        start = self._date(document["recurring"], member)
        if start is None:
            return False
        today = self.now.astimezone(ZONE).date()
        if "in_month" in document:
            return any(
                start.month == (today.month - 1 + SHIFTS[one]) % 12 + 1
                if one in SHIFTS
                else start.month == one
                for one in document["in_month"]
            )
        first, last = document.get("in", [0, 0])
        for years in range(1, 200):
            year = start.year + years
            returns = date(year, start.month, min(start.day, monthrange(year, start.month)[1]))
            is_meant = document.get("number", 0) in (0, years)
            if is_meant and first <= (returns - today).days <= last:
                return True
        return False

    def _date(self, name: str, member: Member) -> date | None:
        if name == "birthday":
            return member.birth_date
        if name == "joined":
            return member.joined_at.astimezone(ZONE).date()
        times = [row["at"] for row in self.facts("order", {}, member)]
        return min(times).astimezone(ZONE).date() if times else None

    def _top(self, document: Row, member: Member) -> bool:
        active = [one for one in self.members if one.state == "active"]
        measure = document["top"]
        values = {
            one.pk: self.value(measure, one) or Fraction(0)
            for one in active
            if self.facts(measure["of"], measure, one)
        }
        if member.pk not in values:
            return False
        better = sum(1 for value in values.values() if value > values[member.pk])
        return better < len(active) * Fraction(str(document["percent"])) / 100

    def _bucket(self, document: Row, member: Member) -> bool:
        salt, low, high = document["bucket"]
        drawn = int(hashlib.md5(f"{salt}:{member.number}".encode()).hexdigest()[:8], 16)  # noqa: S324
        return bool(low <= drawn * 10_000 // 16**8 < high)

    def _field(self, document: Row, member: Member) -> bool:
        name, op, value = document["field"], document["op"], document.get("value")
        own = self._own(name, member, document.get("with", {}))
        own = None if isinstance(own, str) and not own.strip() else own
        if op in ("set", "not_set"):
            return (own in ("", None)) is (op == "not_set")
        if own in ("", None):
            return False
        if isinstance(own, bool):
            return own is value
        if isinstance(own, int):
            return compares(op, Fraction(own), value)
        if isinstance(own, datetime):
            return time_passes(document, own, self.now)
        if isinstance(own, date):
            return day_passes(document, own, self.now)
        return text_passes(op, own, value)

    def _own(self, name: str, member: Member, told: Row) -> Any:
        if name == "age":
            return age(member.birth_date, self.now.astimezone(ZONE).date())
        if name == "home_store":
            return member.home_store.code if member.home_store else ""
        if name == "works_here":
            return member.is_staff_member
        if name == "was_invited":
            return member.referrer_id is not None
        if name == "consent":
            return bool(self.answer(member, told["purpose"], told.get("channel", "any")))
        return getattr(member, name)


def is_of_behaviour(leaf: Row) -> bool:
    """Whether a condition is about what somebody bought or gave back."""
    told = str({name: leaf.get(name) for name in ("of", "ratio", "first", "last", "did", "top")})
    return leaf.get("recurring") == "first_order" or any(kind in told for kind in ("order", "return_line"))


def order_row(order: Order) -> Row:
    return {
        "pk": order.pk,
        "member": order.member_id,
        "at": order.placed_at,
        "stands": order.state == "placed",
        "total": order.paid_ore,
        "store": order.store.code if order.store else "",
        "channel": order.channel,
        "local_day": order.placed_at.astimezone(ZONE).date(),
        "local_week": period(order.placed_at.astimezone(ZONE).date(), "week"),
        "local_month": period(order.placed_at.astimezone(ZONE).date(), "month"),
    }


def line_row(line: OrderLine) -> Row:
    return {
        **order_row(line.order),
        "pk": line.pk,
        "stands": line.order.state == "placed" and line.revision == line.order.revision,
        "total": line.paid_ore,
        "qty": Fraction(line.quantity),
        "product": line.sku,
        "category": line.category_path,
        "interest_area": line.category_path.split("/")[0],
        "brand": line.brand,
    }


def return_row(line: OrderReturnLine) -> Row:
    return {
        "pk": line.pk,
        "member": line.order_return.member_id,
        "at": line.order_return.returned_at,
        "stands": True,
        "total": line.amount_ore,
        "qty": Fraction(line.quantity),
        "product": line.sku,
        "category": line.order_line.category_path if line.order_line else "",
    }


def detail(row: Row, name: str, told: Any) -> bool:
    if name == "category_under":
        codes = told if isinstance(told, list) else [told]
        return any(f"/{code}/" in f"/{row['category']}/" for code in codes)
    value = row[name]
    if isinstance(told, dict):
        return compares(told["op"], Fraction(value), told["value"])
    return value in told if isinstance(told, list) else bool(value == told)


def compares(op: str, number: Fraction | None, value: Any) -> bool:
    if number is None:
        return False
    if op in ("between", "not_between"):
        low, high = (Fraction(str(one)) for one in value)
        return (low <= number <= high) is (op == "between")
    other = Fraction(str(value))
    return {
        "eq": number == other,
        "ne": number != other,
        "lt": number < other,
        "lte": number <= other,
        "gt": number > other,
        "gte": number >= other,
    }[op]


def text_passes(op: str, own: str, value: Any) -> bool:
    own = own.strip().casefold()
    values = [one.strip().casefold() for one in (value if isinstance(value, list) else [value])]
    is_negative = op in ("ne", "is_not", "not_in", "not_contains")
    found = {
        "eq": own in values,
        "is": own in values,
        "ne": own in values,
        "is_not": own in values,
        "in": own in values,
        "not_in": own in values,
        "contains": values[0] in own,
        "not_contains": values[0] in own,
        "starts": own.startswith(values[0]),
        "ends": own.endswith(values[0]),
    }[op]
    return found is not is_negative


def time_passes(document: Row, at: datetime, now: datetime) -> bool:
    op, value = document["op"], document["value"]
    if op in ("within", "at_least_ago", "more_than_ago"):
        edge = moved(now, -value[0], value[1])
        return {"within": edge <= at <= now, "at_least_ago": at <= edge, "more_than_ago": at < edge}[op]
    return day_or_hour_passes(op, value, at) if op in CLOCK else stretch_passes(op, value, at, now)


CLOCK = ("weekday", "hour", "on")


def day_or_hour_passes(op: str, value: Any, at: datetime) -> bool:
    if op == "weekday":
        return at.astimezone(ZONE).isoweekday() in value
    if op == "hour":
        return bool(value[0] <= at.astimezone(ZONE).hour <= value[1])
    return at.astimezone(ZONE).date() == date.fromisoformat(value)


def stretch_passes(op: str, value: Any, at: datetime, now: datetime) -> bool:
    if op in ("before", "after"):
        is_day = len(value) == 10
        own: Any = at.astimezone(ZONE).date() if is_day else at
        other: Any = date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
        return bool(own < other if op == "before" else own > other)
    if op == "between":
        first, last = map(date.fromisoformat, value)
        return first <= at.astimezone(ZONE).date() <= last
    start, end = window(value, now)
    return (start is None or start <= at) and (end is None or at <= end)


def day_passes(document: Row, day: date, now: datetime) -> bool:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)
    op, value = document["op"], document["value"]
    if op in ("within", "at_least_ago", "more_than_ago"):
        today = now.astimezone(ZONE).date()
        edge = moved(now, -value[0], value[1]).astimezone(ZONE).date()
        if op == "more_than_ago":
            return day < edge
        return edge <= day <= today if op == "within" else day <= edge
    return time_passes(document, noon, now)


def age(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    birthday = date(today.year, born.month, min(born.day, monthrange(today.year, born.month)[1]))
    return today.year - born.year - (today < birthday)


def window(told: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    if told == "all":
        return None, None
    [(kind, value)] = told.items()
    if kind == "last":
        return moved(now, -value[0], value[1]), now
    if kind == "between":
        return datetime.fromisoformat(value[0]), datetime.fromisoformat(value[1])
    if kind == "days":
        first, last = map(date.fromisoformat, value)
        return midnight(first), midnight(last + timedelta(days=1)) - MICROSECOND
    which, unit = value
    first = period(now.astimezone(ZONE).date(), unit)
    if which == "previous":
        first = period(first - timedelta(days=1), unit)
    last = first
    while period(last + timedelta(days=1), unit) == first:
        last += timedelta(days=1)
    return midnight(first), midnight(last + timedelta(days=1)) - MICROSECOND


def period(day: date, unit: str) -> date:
    return {
        "day": day,
        "week": day - timedelta(days=day.isoweekday() - 1),
        "month": day.replace(day=1),
        "quarter": date(day.year, 3 * math.ceil(day.month / 3) - 2, 1),
        "year": date(day.year, 1, 1),
    }[unit]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def moved(at: datetime, count: int, unit: str) -> datetime:
    if unit in ("minute", "hour"):
        return (at.astimezone(UTC) + timedelta(**{f"{unit}s": count})).astimezone(ZONE)
    wall = at.astimezone(ZONE)
    if unit in ("day", "week"):
        day = wall.date() + timedelta(**{f"{unit}s": count})
    else:
        months = wall.year * 12 + wall.month - 1 + count * (12 if unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        day = date(year, month, min(wall.day, monthrange(year, month)[1]))
    return existing(datetime.combine(day, wall.time()))


def existing(wall: datetime) -> datetime:
    """In spring the clocks jump from 2 to 3; nothing lies between."""
    aware = wall.replace(tzinfo=ZONE, fold=0)
    if aware.astimezone(UTC).astimezone(ZONE).hour != wall.hour:
        return wall.replace(hour=3, minute=0, second=0, microsecond=0, tzinfo=ZONE)
    return aware
