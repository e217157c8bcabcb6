"""A scenario: dated happenings, and what is expected of them. Read from a checked document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import day_start, last_moment
from loyalty.engine.errors import Place
from loyalty.engine.happening import Line, MenuUse, Order, Person
from loyalty.engine.plain_yaml import Source
from loyalty.engine.programme import Programme
from loyalty.engine.values.scope import ore

NOON = time(12)
SOURCE = "scenario"
VERBS = (
    *("join", "order", "return", "cancel", "redeem", "act", "undo", "accept", "choose", "convert", "use"),
    *(
        "register",
        "reserve",
        "release",
        "give",
        "claim",
        "pick",
        "adjust",
        "set_tier",
        "leave",
        "move_in",
        "move_out",
        "merge",
        "book",
        "unbook",
        "reopen",
    ),
    *("draw", "grant", "pool", "end_of_day"),
)
GUEST = "guest"
ABOUT_NOBODY = ("grant", "draw", "pool", "return", "cancel", "undo")
WITH_ANOTHER = ("move_in", "merge")
WITH_VOUCHER = ("redeem", "reserve", "release", "give", "pick")
VoucherName = str | int


@dataclass(frozen=True, slots=True)
class BackLine:
    """What comes back of one line; ``None`` is all that is left, and what was paid for it."""

    ref: str
    quantity: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """``verb`` is one of ``VERBS``, or empty for a look; ``facts`` is what the file says of it."""

    at: datetime
    member: str
    verb: str
    facts: Any
    expect: Mapping[str, Any]
    place: Place
    zone: ZoneInfo

    @property
    def number(self) -> str:
        """The number of the order that this is or is about."""
        if self.verb in ("cancel", "undo"):
            return str(self.facts)
        if self.verb in ("return", "redeem", "reserve", "release", "register"):
            return str(self.facts["order"])
        if self.verb in ("order", "act"):
            return str(self.facts.get("number") or f"at-{self.place[-1]}")
        return ""

    @property
    def run_at(self) -> datetime:
        """When the run was that is settled again."""
        return last_moment(date.fromisoformat(self.facts["day"]), self.zone)

    @property
    def voucher_names(self) -> list[VoucherName]:
        if self.verb in WITH_VOUCHER:
            return [self.facts["voucher"]]
        if self.verb == "claim":
            return [self.facts]
        return list(self.facts.get("vouchers", ())) if self.verb == "order" else []

    def order(self, codes: tuple[str, ...] = ()) -> Order:
        """The order as the engine reads it, a new one at every call."""
        facts = self.facts
        lines = facts.get("lines") or [_only_line(facts)]
        found = Order(
            key=f"{SOURCE}:{self.number}",
            at=self.at,
            lines=[_line(row, str(place)) for place, row in enumerate(lines, 1)],
            store=facts.get("store", ""),
            channel=facts.get("channel", "shop"),
            vouchers=codes,
            chain=facts.get("chain", ""),
            region=facts.get("region", ""),
            country=facts.get("country", ""),
            dates={name: date.fromisoformat(day) for name, day in facts.get("dates", {}).items()},
            has_list_prices=True,
            claimed_at=_moment(facts["claimed"], self.zone) if "claimed" in facts else None,
            leader=facts.get("leader", ""),
        )
        found.payments = _payments(facts, found.before_vouchers)
        return found

    def act(self) -> Order:
        """What the member did, as an order of one line."""
        facts = self.facts
        line = _line({**_only_line(facts), "quantity": facts.get("quantity", 1)}, "1")
        return Order(
            key=f"{SOURCE}:{self.number}",
            at=self.at,
            lines=[line],
            store=facts.get("store", ""),
            channel=facts.get("channel", "shop"),
            event=facts["kind"],
        )

    def menu_uses(self, programme: Programme) -> tuple[MenuUse, ...]:
        """What is used of menus, on an order or by itself."""
        rows = self.facts.get("use", ()) if self.verb == "order" else [self.facts]
        return tuple(_menu_use(row, programme) for row in rows)

    def back_lines(self) -> list[BackLine]:
        """What comes back; empty is everything that is left."""
        return [
            BackLine(
                row["line"],
                _thousandths(row["quantity"]) if "quantity" in row else None,
                ore(row["amount"]) if "amount" in row else None,
            )
            for row in self.facts.get("lines", ())
        ]


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    starts_at: datetime
    happenings: tuple[Happening, ...]
    source: Source
    versions: tuple[tuple[datetime, str], ...] = ()


def read(source: Source, programme: Programme) -> Scenario:
    """The scenario in a checked ``source``, its days those of ``programme``."""
    document, zone = source.value, programme.zone
    happenings = tuple(_happening(row, index, zone) for index, row in enumerate(document["happenings"]))
    starts = document.get("starts")
    first = min(happening.at for happening in happenings).astimezone(zone).date()
    starts_at = day_start(date.fromisoformat(starts) if starts else first, zone)
    versions = tuple(
        (day_start(date.fromisoformat(row["from"]), zone), row["programme"])
        for row in document.get("versions", ())
    )
    return Scenario(document["scenario"], starts_at, happenings, source, versions)


def _happening(row: Mapping[str, Any], index: int, zone: ZoneInfo) -> Happening:
    verb = next((verb for verb in VERBS if verb in row), "")
    at = _moment(row["at"], zone)
    if verb == "end_of_day":
        at = last_moment(at.date(), zone)
    member = row.get("member", "member")
    if verb == "order" and row["order"].get("guest"):
        member = GUEST
    return Happening(at, member, verb, row.get(verb), row.get("expect", {}), ("happenings", index), zone)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """A day is its noon."""
    day, _, clock = text.partition(" ")
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock) if clock else NOON, zone)


def person_of(member: str, at: datetime, facts: Mapping[str, Any]) -> Person:
    """What a scenario tells of a member who joins."""
    born = facts.get("born")
    return Person(
        member,
        at,
        date.fromisoformat(born) if born else None,
        frozenset(facts.get("segments", ())),
        frozenset((purpose, "email") for purpose in facts.get("consents", ())),
        facts.get("referred_by", ""),
        facts.get("staff", False),
        may_spend=facts.get("may_spend", False),
        name=facts.get("name", ""),
        address=facts.get("address", ""),
    )


def _only_line(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The line of an order, or of an act, that is told by its amount."""
    told = {name: facts[name] for name in ("flags", "category", "attributes") if name in facts}
    return {"price": facts.get("amount", 0), **told}


def _payments(facts: Mapping[str, Any], total: int) -> dict[str, int]:
    if "payment" in facts:
        return {facts["payment"]: total}
    return {means: ore(amount) for means, amount in facts.get("payments", {}).items()}


def _menu_use(row: Mapping[str, Any], programme: Programme) -> MenuUse:
    menu = programme.menus.get(row["menu"])
    amount = 0
    if menu is not None and "points" in row:
        amount = int(Decimal(str(row["points"])) * programme.meters[menu.meter].unit)
    elif menu is not None and "amount" in row and menu.unit_value:
        amount = int(ore(row["amount"]) / menu.unit_value)
    return MenuUse(row["menu"], row.get("option", ""), amount)


def _line(row: Mapping[str, Any], ref: str) -> Line:
    return Line(
        ref=row.get("ref", ref),
        quantity=_thousandths(row.get("quantity", 1)),
        gross=ore(row["price"]),
        discount=ore(row.get("discount", 0)),
        vat_rate=ore(row.get("vat", 25)),
        sku=row.get("sku", ""),
        brand=row.get("brand", ""),
        categories=tuple(row["category"].split("/")) if "category" in row else (),
        flags=frozenset(row.get("flags", ())),
        attributes={name: _thousandths(value) for name, value in row.get("attributes", {}).items()},
    )


def _thousandths(quantity: object) -> int:
    return int(Decimal(str(quantity)) * 1000)
