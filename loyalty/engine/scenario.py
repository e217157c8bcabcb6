"""A scenario: dated happenings, and what is expected of them. Read from a checked document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import day_start, last_moment
from loyalty.engine.errors import Place, ProgrammeError
from loyalty.engine.happening import Line, Order
from loyalty.engine.plain_yaml import Source
from loyalty.engine.programme import Programme, ore

NOON = time(12)
SOURCE = "scenario"
METER_FACTS = ("balance", "available", "pending", "debt", "earned", "taken_back")
VERBS = ("join", "order", "return", "cancel", "redeem", "adjust", "end_of_day")
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

    @property
    def number(self) -> str:
        """The number of the order that this is or is about."""
        if self.verb == "cancel":
            return str(self.facts)
        if self.verb in ("return", "redeem"):
            return str(self.facts["order"])
        return str(self.facts.get("number") or f"at-{self.place[-1]}") if self.verb == "order" else ""

    @property
    def voucher_names(self) -> list[VoucherName]:
        if self.verb == "redeem":
            return [self.facts["voucher"]]
        return list(self.facts.get("vouchers", ())) if self.verb == "order" else []

    def order(self, codes: tuple[str, ...] = ()) -> Order:
        """The order as the engine reads it, a new one at every call."""
        lines = self.facts.get("lines") or [{"price": self.facts["amount"]}]
        return Order(
            key=f"{SOURCE}:{self.number}",
            at=self.at,
            lines=[_line(row, str(place)) for place, row in enumerate(lines, 1)],
            store=self.facts.get("store", ""),
            channel=self.facts.get("channel", "shop"),
            vouchers=codes,
        )

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


def read(source: Source, programme: Programme) -> Scenario:
    """The scenario in a checked ``source``, its days those of ``programme``."""
    document, zone = source.value, programme.zone
    happenings = tuple(_happening(row, index, zone) for index, row in enumerate(document["happenings"]))
    starts = document.get("starts")
    first = min(happening.at for happening in happenings).astimezone(zone).date()
    starts_at = day_start(date.fromisoformat(starts) if starts else first, zone)
    return Scenario(document["scenario"], starts_at, happenings, source)


def errors_of(scenario: Scenario, programme: Programme) -> list[ProgrammeError]:
    """What in ``scenario`` names something that is not there, with lines."""
    found = [
        *_verb_errors(scenario),
        *_order_errors(scenario),
        *_meter_errors(scenario, programme),
        *_tier_errors(scenario, programme),
    ]
    return [ProgrammeError(error.message, error.place, scenario.source.line(error.place)) for error in found]


def _happening(row: Mapping[str, Any], index: int, zone: ZoneInfo) -> Happening:
    verb = next((verb for verb in VERBS if verb in row), "")
    day, _, clock = row["at"].partition(" ")
    on = date.fromisoformat(day)
    at = datetime.combine(on, time.fromisoformat(clock) if clock else NOON, zone)
    if verb == "end_of_day":
        at = last_moment(on, zone)
    place = ("happenings", index)
    return Happening(at, row.get("member", "member"), verb, row.get(verb), row.get("expect", {}), place)


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
    )


def _thousandths(quantity: object) -> int:
    return int(Decimal(str(quantity)) * 1000)


def _verb_errors(scenario: Scenario) -> Iterator[ProgrammeError]:
    for index, row in enumerate(scenario.source.value["happenings"]):
        place = ("happenings", index)
        verbs = [verb for verb in VERBS if verb in row]
        if len(verbs) > 1:
            yield ProgrammeError(f"only one thing happens at a time, not {' and '.join(verbs)}", place)
        if not verbs and "expect" not in row:
            yield ProgrammeError(f"nothing happens: add one of {', '.join(VERBS)}, or expect", place)


def _order_errors(scenario: Scenario) -> Iterator[ProgrammeError]:
    orders: dict[str, set[str]] = {}
    for happening in scenario.happenings:
        place = (*happening.place, happening.verb)
        if happening.verb in ("return", "cancel") and happening.number not in orders:
            yield ProgrammeError(f"there is no order '{happening.number}' before this", place)
        elif happening.verb == "return":
            for line in happening.back_lines():
                if line.ref not in orders[happening.number]:
                    yield ProgrammeError(f"order '{happening.number}' has no line '{line.ref}'", place)
        elif happening.verb == "order":
            if happening.number in orders:
                yield ProgrammeError(f"the order number '{happening.number}' is used twice", place)
            lines = happening.order().lines
            orders[happening.number] = {line.ref for line in lines}
            yield from _line_errors(lines, place)


def _line_errors(lines: list[Line], place: Place) -> Iterator[ProgrammeError]:
    if len({line.ref for line in lines}) < len(lines):
        yield ProgrammeError("two lines have the same ref", place)
    for index, line in enumerate(lines):
        if line.discount > line.gross:
            at = (*place, "lines", index, "discount")
            yield ProgrammeError("the discount is more than the price", at)


def _meter_errors(scenario: Scenario, programme: Programme) -> Iterator[ProgrammeError]:
    for happening in scenario.happenings:
        places = [(*happening.place, "expect", *path) for path in _expected_meters(happening)]
        if happening.verb == "adjust":
            places.append((*happening.place, "adjust", happening.facts["meter"]))
        for place in places:
            if place[-1] not in programme.meters:
                yield ProgrammeError(f"there is no meter '{place[-1]}'", place)


def _tier_errors(scenario: Scenario, programme: Programme) -> Iterator[ProgrammeError]:
    ladders = {ladder.key: ladder for ladder in programme.ladders}
    for happening in scenario.happenings:
        for name in ("tiers", "tiers_last_day"):
            for key, wanted in happening.expect.get(name, {}).items():
                place = (*happening.place, "expect", name, key)
                if key not in ladders:
                    yield ProgrammeError(f"there is no tier ladder '{key}'", place)
                elif name == "tiers" and wanted and ladders[key].rank_of(wanted) < 0:
                    yield ProgrammeError(f"there is no tier '{wanted}'", place)


def _expected_meters(happening: Happening) -> Iterator[tuple[str, str]]:
    for name in METER_FACTS:
        for meter in happening.expect.get(name, ()):
            yield name, meter
