"""Scope: who, what, where and when something applies to. Empty means all."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from decimal import Decimal
from typing import Any, Protocol, Self, TypeVar
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import day_end, day_start, local_day
from loyalty.engine.happening import Line, Order, Person

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Refusal = tuple[str, str]
Asked = TypeVar("Asked")


class Who(Protocol):
    """What a scope asks of the member."""

    @property
    def person(self) -> Person: ...

    def tiers(self) -> frozenset[str]: ...

    def earned_tiers(self) -> frozenset[str]: ...

    def is_in(self, segment: str) -> bool: ...

    def has_accepted(self, offer: str, days: int = 0) -> bool: ...


@dataclass(frozen=True, slots=True)
class Goods:
    """Which lines: any of these products, categories (with all below them), brands, flags, or figures they carry.

    ``paths`` are the categories that are told with what is above them, as ``clothes/shoes``.
    """

    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        found = cls(*(frozenset(document.get(one.name, ())) for one in fields(cls)))
        return replace(found, paths=frozenset(one for one in found.categories if "/" in one))

    def __bool__(self) -> bool:
        return bool(self.products or self.categories or self.brands or self.flags or self.attributes)

    def matches(self, line: Line) -> str | None:
        """What of ``line`` is named here, or ``None``."""
        if line.sku in self.products:
            return line.sku
        if self.flags and (named := self.flags & line.flags):
            return min(named)
        if self.categories and (named := self.categories.intersection(line.categories)):
            return min(named)
        if self.paths and (below := self._path_of(line)):
            return below
        if self.attributes and (carried := [one for one in self.attributes if line.attributes.get(one)]):
            return min(carried)
        return line.brand if line.brand in self.brands else None

    def _path_of(self, line: Line) -> str | None:
        """A category named with what is above it, that ``line`` lies in or below."""
        own = "/".join(line.categories) + "/"
        return next((path for path in sorted(self.paths) if own.startswith(f"{path}/")), None)


@dataclass(frozen=True, slots=True)
class Places:
    """Where, and how it is paid. The name of each field is that of the order's, in plural."""

    stores: frozenset[str] = frozenset()
    chains: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(*(frozenset(document.get(one.name, ())) for one in fields(cls)))

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def named(self, order: Order) -> list[tuple[str, str, frozenset[str]]]:
        """(what, the order's own, those named here) for each kind that names any."""
        kinds = (
            ("store", order.store, self.stores),
            ("chain", order.chain, self.chains),
            ("region", order.region, self.regions),
            ("country", order.country, self.countries),
            ("channel", order.channel, self.channels),
        )
        return [kind for kind in kinds if kind[2]]


@dataclass(frozen=True, slots=True)
class People:
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    is_earned: bool = False

    @classmethod
    def parse(cls, document: Mapping[str, Any], *, is_earned: bool = False) -> Self:
        tiers = frozenset(document.get("tiers", ()))
        return cls(frozenset(document.get("segments", ())), tiers, bool(tiers) and is_earned)

    def __bool__(self) -> bool:
        return bool(self.segments or self.tiers)

    def has(self, who: Who) -> bool:
        return any(who.is_in(segment) for segment in sorted(self.segments)) or (
            bool(self.tiers) and bool(self.tiers & (who.earned_tiers() if self.is_earned else who.tiers()))
        )


@dataclass(frozen=True, slots=True)
class Days:
    """When. ``weekdays`` from 0, Monday."""

    from_date: date | None = None
    to_date: date | None = None
    weekdays: frozenset[int] = frozenset()
    time_from: time | None = None
    time_to: time | None = None
    dates: frozenset[date] = frozenset()
    not_dates: frozenset[date] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            _day(document.get("from_date")),
            _day(document.get("to_date")),
            frozenset(WEEKDAYS.index(name) for name in document.get("weekdays", ())),
            _clock(document.get("time_from")),
            _clock(document.get("time_to")),
            frozenset(map(date.fromisoformat, document.get("dates", ()))),
            frozenset(map(date.fromisoformat, document.get("not_dates", ()))),
        )

    def refuses(self, order: Order, zone: ZoneInfo) -> Refusal | None:
        if self.from_date and order.at < day_start(self.from_date, zone):
            return "before_the_dates", self.from_date.isoformat()
        if self.to_date and order.at >= day_end(self.to_date, zone):
            return "after_the_dates", self.to_date.isoformat()
        if self == ANY_DAY:
            return None
        return self._refuses_day(order, zone)

    def _refuses_day(self, order: Order, zone: ZoneInfo) -> Refusal | None:
        moment = order.at.astimezone(zone)
        day, clock = moment.date(), moment.time()
        if self.weekdays and day.weekday() not in self.weekdays:
            return "not_that_weekday", WEEKDAYS[day.weekday()]
        if (self.dates and day not in self.dates) or day in self.not_dates:
            return "not_that_day", day.isoformat()
        if not self._is_within(clock):
            return "not_at_that_time", clock.isoformat("minutes")
        return None

    def _is_within(self, clock: time) -> bool:
        """Whether it is that time of day; from an evening to a morning it is the night."""
        is_from = self.time_from is None or clock >= self.time_from
        is_before = self.time_to is None or clock < self.time_to
        if self.time_from and self.time_to and self.time_to < self.time_from:
            return is_from or is_before
        return is_from and is_before


@dataclass(frozen=True, slots=True)
class Limits:
    """What the member and the receipt must come to; amounts in öre."""

    member_from: date | None = None
    member_to: date | None = None
    age_from: int = 0
    age_to: int = 0
    receipt_min: int = 0
    receipt_max: int = 0

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            _day(document.get("member_from")),
            _day(document.get("member_to")),
            document.get("age_from", 0),
            document.get("age_to", 0),
            ore(document.get("receipt_min", 0)),
            ore(document.get("receipt_max", 0)),
        )

    def refuses(self, order: Order, who: Who, zone: ZoneInfo) -> Refusal | None:
        total = order.before_vouchers
        if total < self.receipt_min:
            return "receipt_too_small", str(self.receipt_min)
        if self.receipt_max and total > self.receipt_max:
            return "receipt_too_large", str(self.receipt_max)
        return self._refuses_person(order, who.person, zone)

    def _refuses_person(self, order: Order, person: Person, zone: ZoneInfo) -> Refusal | None:
        joined = local_day(person.joined_at, zone) if person.joined_at else None
        if joined and (
            (self.member_from and joined < self.member_from) or (self.member_to and joined > self.member_to)
        ):
            return "joined_on_another_day", joined.isoformat()
        if self.age_from or self.age_to:
            age = person.age(local_day(order.at, zone))
            if age is None:
                return "age_unknown", ""
            if age < self.age_from or (self.age_to and age > self.age_to):
                return "not_that_age", str(age)
        return None


# What says nothing is one of these, so that most orders pass without a closer look.
NOWHERE = Places()
ANY_DAY = Days()
ANYBODY = Limits()
NO_GOODS = Goods()


@dataclass(frozen=True, slots=True)
class Scope:
    include: Goods = NO_GOODS
    exclude: Goods = NO_GOODS
    included_places: Places = NOWHERE
    excluded_places: Places = NOWHERE
    included_people: People = People()
    excluded_people: People = People()
    payments: frozenset[str] = frozenset()
    excluded_payments: frozenset[str] = frozenset()
    days: Days = ANY_DAY
    limits: Limits = ANYBODY
    price_min: int = 0
    is_accepted: bool = False
    accepted_days: int = 0
    has_order_limits: bool = False
    has_line_limits: bool = False

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        include, exclude = document.get("include", {}), document.get("exclude", {})
        found: dict[str, Any] = {
            "include": Goods.parse(include) or NO_GOODS,
            "exclude": Goods.parse(exclude) or NO_GOODS,
            "included_places": Places.parse(include) or NOWHERE,
            "excluded_places": Places.parse(exclude) or NOWHERE,
            "included_people": People.parse(include, is_earned=document.get("earned_only", False)),
            "excluded_people": People.parse(exclude),
            "payments": frozenset(include.get("payments", ())),
            "excluded_payments": frozenset(exclude.get("payments", ())),
            "days": _or_nothing(Days.parse(document), ANY_DAY),
            "limits": _or_nothing(Limits.parse(document), ANYBODY),
            "is_accepted": document.get("accepted", False) or "accepted_days" in document,
            "accepted_days": document.get("accepted_days", 0),
        }
        goods = {"include", "exclude", "payments", "excluded_payments"}
        has_limits = any(value for name, value in found.items() if name not in goods | {"days", "limits"})
        has_limits |= found["days"] is not ANY_DAY or found["limits"] is not ANYBODY
        price_min = ore(document.get("price_min", 0))
        return cls(
            **found,
            price_min=price_min,
            has_order_limits=has_limits,
            has_line_limits=bool(found["include"] or found["exclude"] or price_min),
        )

    def refuses_order(self, order: Order, zone: ZoneInfo, who: Who, offer: str = "") -> Refusal | None:
        """Why no line of ``order`` can count, as (key, what), or ``None``. ``offer`` is what must be accepted."""
        if not self.has_order_limits:
            return None
        return (
            self._refuses_place(order)
            or (None if self.days is ANY_DAY else self.days.refuses(order, zone))
            or (None if self.limits is ANYBODY else self.limits.refuses(order, who, zone))
            or self._refuses_person(who, offer)
        )

    def _refuses_place(self, order: Order) -> Refusal | None:
        if self.included_places is not NOWHERE:
            for what, own, named in self.included_places.named(order):
                if own not in named:
                    return f"{what}_not_included", own
        if self.excluded_places is not NOWHERE:
            for what, own, named in self.excluded_places.named(order):
                if own in named:
                    return f"{what}_not_included", own
        return None

    def _refuses_person(self, who: Who, offer: str) -> Refusal | None:
        if (self.included_people and not self.included_people.has(who)) or (
            self.excluded_people and self.excluded_people.has(who)
        ):
            return "not_for_this_member", ""
        if self.is_accepted and not who.has_accepted(offer, self.accepted_days):
            return "not_accepted", offer
        return None

    def refuses_line(self, line: Line) -> str | None:
        """What keeps ``line`` out, or ``None`` when it counts."""
        if not self.has_line_limits:
            return None
        named = self.exclude.matches(line)
        if named is not None:
            return named
        if self.include is not NO_GOODS and self.include.matches(line) is None:
            return line.sku or line.ref
        if self.price_min and line.before_vouchers * 1000 < self.price_min * line.quantity:
            return line.sku or line.ref
        return None

    def paid_share(self, order: Order) -> tuple[int, int]:
        """How much of what was paid was paid by the means that count, as (öre, of öre)."""
        if not order.payments or not (self.payments or self.excluded_payments):
            return (0, 1) if self.payments else (1, 1)
        counting = sum(
            amount
            for means, amount in order.payments.items()
            if (not self.payments or means in self.payments) and means not in self.excluded_payments
        )
        return counting, sum(order.payments.values()) or 1


def _or_nothing(found: Asked, nothing: Asked) -> Asked:
    return nothing if found == nothing else found


def ore(amount: object) -> int:
    """Kronor as staff write them, in öre."""
    return int(Decimal(str(amount)) * 100)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
