"""A rehearsal: a scenario played on a club, and every difference from what it expects.

The club may be in memory (``memory.MemoryClub``), or the real one on a database: both must come
to the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from loyalty.engine.calendar import day_end, day_start
from loyalty.engine.errors import Place, Refused
from loyalty.engine.happening import MenuUse, Order
from loyalty.engine.outcome import Done, State, find_voucher, outcome_of
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.scenario import (
    ABOUT_NOBODY,
    GUEST,
    WITH_ANOTHER,
    BackLine,
    Happening,
    Scenario,
    VoucherName,
)
from loyalty.engine.values.scope import ore

Codes = tuple[str, ...]


class Club(Protocol):
    """What can be done in a club, by member name and order number. Every act may raise ``Refused``."""

    def join(self, member: str, at: datetime, facts: Mapping[str, Any] | None = None) -> None: ...

    def sell(self, member: str, order: Order) -> Done: ...

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done: ...

    def cancel(self, number: str, at: datetime) -> Done: ...

    def register(self, member: str, number: str, by: str, at: datetime) -> Done: ...

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done: ...

    def adjust(self, member: str, meter: str, amount: int, reason: str, at: datetime) -> Done: ...

    def do(self, member: str, order: Order) -> Done: ...

    def undo(self, number: str, at: datetime) -> Done: ...

    def accept(self, member: str, offer: str, at: datetime) -> Done: ...

    def choose(self, member: str, conversion: str, size: int, at: datetime) -> Done: ...

    def convert(self, member: str, conversion: str, amount: int | None, at: datetime) -> Done: ...

    def use(self, member: str, use: MenuUse, at: datetime) -> Done: ...

    def reserve(self, member: str, code: str, number: str, minutes: int | None, at: datetime) -> Done: ...

    def release(self, member: str, code: str, number: str, at: datetime) -> Done: ...

    def give(self, member: str, code: str, to: str, at: datetime) -> Done: ...

    def claim(self, member: str, code: str, at: datetime) -> Done: ...

    def pick(self, member: str, code: str, choice: str, at: datetime) -> Done: ...

    def set_tier(
        self, member: str, ladder: str, tier: str, to: datetime | None, at: datetime, origin: str
    ) -> Done: ...

    def reopen(self, member: str, conversion: str, run_at: datetime, at: datetime) -> Done: ...

    def leave(self, member: str, at: datetime) -> Done: ...

    def move_in(self, member: str, to: str, at: datetime) -> Done: ...

    def move_out(self, member: str, at: datetime) -> Done: ...

    def merge(self, member: str, double: str, at: datetime) -> Done: ...

    def book(self, member: str, perk: str, seats: int, at: datetime) -> Done: ...

    def unbook(self, member: str, perk: str, at: datetime) -> Done: ...

    def draw(self, key: str, pool: Any, at: datetime) -> Done: ...

    def grant(self, fund: str, amount: int, to: str, at: datetime) -> Done: ...

    def pool(self, conversion: str, amount: int, at: datetime) -> Done: ...

    def pass_to(self, at: datetime) -> None:
        """Everything that falls due up to ``at`` happens, to everybody."""

    def state(self, member: str, at: datetime) -> State: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """What came out otherwise than the scenario says, and the line that says it."""

    what: str
    expected: object
    got: object
    line: int | None
    place: Place = ()


@dataclass(frozen=True, slots=True)
class Played:
    """A happening, everything that came out of it in the words of ``expect``, and what was expected otherwise."""

    happening: Happening
    outcome: Mapping[str, Any]
    differences: Sequence[Difference]
    refusal: Refused | None = None


def play(scenario: Scenario, timetable: Timetable, club: Club) -> list[Played]:
    """Let everything in ``scenario`` happen on ``club``, which follows ``timetable``."""
    player = _Player(scenario, timetable, club)
    return [player.play(happening) for happening in scenario.happenings]


def rehearse(scenario: Scenario, timetable: Timetable, club: Club) -> list[Difference]:
    """Play ``scenario`` and compare; an empty list is as expected."""
    return [difference for one in play(scenario, timetable, club) for difference in one.differences]


@dataclass(slots=True)
class _Player:
    scenario: Scenario
    timetable: Timetable
    club: Club
    members: set[str] = field(default_factory=set)
    vouchers_seen: dict[str, set[str]] = field(default_factory=dict)

    @property
    def programme(self) -> Programme:
        """The last version, whose names and units the expectations use."""
        return self.timetable.versions[-1][2]

    def play(self, happening: Happening) -> Played:
        refused: Refused | None
        try:
            self._let_in(happening)
            done, refused = self._act(happening)
        except Refused as not_let_in:
            done, refused = Done(), not_let_in
        state = self.club.state(happening.member, happening.at)
        seen = self.vouchers_seen.get(happening.member, set())
        got = outcome_of(self.programme, happening, done, refused.key if refused else None, state, seen)
        self.vouchers_seen[happening.member] = {voucher.code for voucher in state.vouchers}
        return Played(happening, got, list(self._differences(happening, got)), refused)

    def _differences(self, happening: Happening, got: Mapping[str, Any]) -> Iterator[Difference]:
        for name, wanted in {"refused": None, **happening.expect}.items():
            yield from self._compare((name,), wanted, got.get(name), happening)

    def _let_in(self, happening: Happening) -> None:
        """Whoever is first named joins; who is refused is asked for again."""
        member = happening.member
        if member in self.members and happening.verb == "join":  # again: they come back
            self.club.join(member, happening.at)
        if member in self.members or member == GUEST or happening.verb in ABOUT_NOBODY:
            return
        if happening.verb == "join":
            known = happening.facts if isinstance(happening.facts, Mapping) else {}
            self.club.join(member, happening.at, known)
        else:
            start = day_start(happening.at.astimezone(self.programme.zone).date(), self.programme.zone)
            self.club.join(member, start)
        self.members.add(member)

    def _act(self, happening: Happening) -> tuple[Done, Refused | None]:
        """What was done, or why not."""
        if happening.verb in ("", "end_of_day") or happening.voucher_names:
            self.club.pass_to(happening.at)
        try:
            return self._done(happening), None
        except Refused as refused:
            return Done(), refused

    def _done(self, happening: Happening) -> Done:
        if happening.verb in WITH_ANOTHER and happening.facts not in self.members:
            raise Refused("member_not_found", name="name", value=happening.facts)
        codes = tuple(self._code(happening, name) for name in happening.voucher_names)
        act = _ACTS.get(happening.verb)
        return act(self, self.club, happening, codes) if act else Done()

    def _sell(self, club: Club, happening: Happening, codes: Codes) -> Done:
        order = happening.order(codes)
        order.uses = happening.menu_uses(self.programme_at(happening.at))
        return club.sell(happening.member, order)

    def _redeem(self, club: Club, happening: Happening, codes: Codes) -> Done:
        amount = ore(happening.facts["amount"])
        return club.redeem(happening.member, codes[0], happening.number, amount, happening.at)

    def _adjust(self, club: Club, happening: Happening, codes: Codes) -> Done:
        facts = happening.facts
        parts = int(Decimal(str(facts["amount"])) * self._unit(facts["meter"]))
        return club.adjust(happening.member, facts["meter"], parts, facts["reason"], happening.at)

    def _use(self, club: Club, happening: Happening, codes: Codes) -> Done:
        [use] = happening.menu_uses(self.programme_at(happening.at))
        return club.use(happening.member, use, happening.at)

    def _choose(self, club: Club, happening: Happening, codes: Codes) -> Done:
        key = happening.facts["conversion"]
        size = self._parts_of(happening, key, happening.facts["size"])
        return club.choose(happening.member, key, size or 0, happening.at)

    def _convert(self, club: Club, happening: Happening, codes: Codes) -> Done:
        key = happening.facts["conversion"]
        amount = self._parts_of(happening, key, happening.facts.get("points"))
        return club.convert(happening.member, key, amount, happening.at)

    def _parts_of(self, happening: Happening, conversion: str, amount: object) -> int | None:
        """An amount of the meter that a conversion turns, in its smallest parts."""
        found = next((one for one in self.programme.conversions if one.key == conversion), None)
        if amount is None or found is None:
            return None
        return int(Decimal(str(amount)) * self._unit(found.meter))

    def _set_tier(self, club: Club, happening: Happening, codes: Codes) -> Done:
        facts, to = happening.facts, happening.facts.get("to")
        until = day_end(date.fromisoformat(to), self.programme.zone) if to else None
        origin = facts.get("origin", "manual")
        return club.set_tier(happening.member, facts["ladder"], facts["tier"], until, happening.at, origin)

    def programme_at(self, at: datetime) -> Programme:
        return self.timetable.latest(at) or self.programme

    def _code(self, happening: Happening, name: VoucherName) -> str:
        found = find_voucher(self.club.state(happening.member, happening.at), name)
        if found is None:
            raise Refused("voucher_not_found", code=str(name))
        return found.code

    def _unit(self, meter: str) -> int:
        return self.programme.meters[meter].unit

    def _compare(
        self, path: tuple[str | int, ...], wanted: Any, got: Any, happening: Happening
    ) -> Iterator[Difference]:
        if isinstance(wanted, Mapping):
            for key, value in wanted.items():
                if path[0] != "vouchers" or key != "voucher":
                    found = got.get(key) if isinstance(got, Mapping) else None
                    yield from self._compare((*path, key), value, found, happening)
        elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
            for index, (value, found) in enumerate(zip(wanted, got, strict=True)):
                yield from self._compare((*path, index), value, found, happening)
        elif _number(wanted) != _number(got):
            place = (*happening.place, "expect", *path)
            line = self.scenario.source.line(place)
            yield Difference(" ".join(map(str, path)), wanted, got, line, place)


_Act = Callable[[_Player, Club, Happening, Codes], Done]
_ACTS: Mapping[str, _Act] = {
    "order": _Player._sell,
    "redeem": _Player._redeem,
    "adjust": _Player._adjust,
    "use": _Player._use,
    "choose": _Player._choose,
    "convert": _Player._convert,
    "set_tier": _Player._set_tier,
    "return": lambda player, club, one, codes: club.take_back(one.number, one.back_lines(), one.at),
    "cancel": lambda player, club, one, codes: club.cancel(one.number, one.at),
    "register": lambda player, club, one, codes: club.register(
        one.member, one.number, one.facts.get("by", "member"), one.at
    ),
    "act": lambda player, club, one, codes: club.do(one.member, one.act()),
    "undo": lambda player, club, one, codes: club.undo(one.number, one.at),
    "accept": lambda player, club, one, codes: club.accept(one.member, one.facts, one.at),
    "reserve": lambda player, club, one, codes: club.reserve(
        one.member, codes[0], one.number, one.facts.get("minutes"), one.at
    ),
    "release": lambda player, club, one, codes: club.release(one.member, codes[0], one.number, one.at),
    "give": lambda player, club, one, codes: club.give(one.member, codes[0], one.facts.get("to", ""), one.at),
    "claim": lambda player, club, one, codes: club.claim(one.member, codes[0], one.at),
    "pick": lambda player, club, one, codes: club.pick(one.member, codes[0], one.facts["choice"], one.at),
    "leave": lambda player, club, one, codes: club.leave(one.member, one.at),
    "move_in": lambda player, club, one, codes: club.move_in(one.member, one.facts, one.at),
    "move_out": lambda player, club, one, codes: club.move_out(one.member, one.at),
    "merge": lambda player, club, one, codes: club.merge(one.member, one.facts, one.at),
    "book": lambda player, club, one, codes: club.book(
        one.member, one.facts["perk"], one.facts.get("seats", 1), one.at
    ),
    "reopen": lambda player, club, one, codes: club.reopen(
        one.member, one.facts["conversion"], one.run_at, one.at
    ),
    "unbook": lambda player, club, one, codes: club.unbook(one.member, one.facts["perk"], one.at),
    "draw": lambda player, club, one, codes: club.draw(one.facts["draw"], None, one.at),
    "grant": lambda player, club, one, codes: club.grant(
        one.facts["fund"], ore(one.facts["amount"]), one.facts.get("to", ""), one.at
    ),
    "pool": lambda player, club, one, codes: club.pool(
        one.facts["conversion"], ore(one.facts["amount"]), one.at
    ),
}


def _number(value: object) -> object:
    """``value`` as a decimal where it is a number or its text, so that 12.50 is 12.5."""
    is_number = str(value).removeprefix("-").replace(".", "", 1).isdigit()
    return Decimal(str(value)) if is_number else value
