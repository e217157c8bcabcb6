"""A rehearsal: a scenario played on a club, and every difference from what it expects.

The club may be in memory (``memory.MemoryClub``), or the real one on a database: both must come
to the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from loyalty.engine.calendar import day_start
from loyalty.engine.errors import Refused
from loyalty.engine.files import plain
from loyalty.engine.happening import Order
from loyalty.engine.programme import Programme, ore
from loyalty.engine.scenario import BackLine, Happening, Scenario, VoucherName


@dataclass(frozen=True, slots=True)
class MeterState:
    """In smallest parts of the meter; ``balance`` is available and pending, minus debt."""

    balance: int = 0
    available: int = 0
    pending: int = 0
    debt: int = 0


@dataclass(frozen=True, slots=True)
class VoucherState:
    """Money in öre."""

    code: str
    reward: str
    value: int
    left: int
    last_day: date | None
    state: str

    @property
    def is_unused(self) -> bool:
        return self.state in ("scheduled", "issued", "reserved")


@dataclass(frozen=True, slots=True)
class State:
    """How a member stands; vouchers in the order of issue, tiers as (key, last day)."""

    meters: Mapping[str, MeterState] = field(default_factory=dict)
    vouchers: Sequence[VoucherState] = ()
    tiers: Mapping[str, tuple[str, date | None]] = field(default_factory=dict)
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What an act answered: amounts by meter in smallest parts, money in öre."""

    earned: Mapping[str, int] = field(default_factory=dict)
    taken_back: Mapping[str, int] = field(default_factory=dict)
    payable: int | None = None
    lost: int | None = None
    refund: int | None = None


class Club(Protocol):
    """What can be done in a club, by member name and order number. Every act may raise ``Refused``."""

    def join(self, member: str, at: datetime) -> None: ...

    def sell(self, member: str, order: Order) -> Done: ...

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done: ...

    def cancel(self, number: str, at: datetime) -> Done: ...

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done: ...

    def adjust(self, member: str, meter: str, amount: int, reason: str, at: datetime) -> Done: ...

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


def rehearse(scenario: Scenario, programme: Programme, club: Club) -> list[Difference]:
    """Play ``scenario`` on ``club`` and compare; an empty list is as expected."""
    player = _Player(scenario, programme, club)
    return [difference for happening in scenario.happenings for difference in player.play(happening)]


@dataclass(slots=True)
class _Player:
    scenario: Scenario
    programme: Programme
    club: Club
    vouchers_seen: dict[str, int] = field(default_factory=dict)

    def play(self, happening: Happening) -> Iterator[Difference]:
        self._let_in(happening)
        done, refused = self._act(happening)
        state = self.club.state(happening.member, happening.at)
        got = self._outcome(happening, done, refused, state)
        expected = {"refused": None, **happening.expect}
        for name, wanted in expected.items():
            yield from self._compare((name,), wanted, got.get(name), happening)
        self.vouchers_seen[happening.member] = len(state.vouchers)

    def _let_in(self, happening: Happening) -> None:
        member = happening.member
        if member in self.vouchers_seen:
            return
        self.vouchers_seen[member] = 0
        start = day_start(happening.at.astimezone(self.programme.zone).date(), self.programme.zone)
        self.club.join(member, happening.at if happening.verb == "join" else start)

    def _act(self, happening: Happening) -> tuple[Done, str | None]:
        """What was done, or why not."""
        if happening.verb in ("", "end_of_day") or happening.voucher_names:
            self.club.pass_to(happening.at)
        try:
            return self._done(happening), None
        except Refused as refused:
            return Done(), refused.key

    def _done(self, happening: Happening) -> Done:
        club, facts, at = self.club, happening.facts, happening.at
        codes = tuple(self._code(happening, name) for name in happening.voucher_names)
        if happening.verb == "order":
            return club.sell(happening.member, happening.order(codes))
        if happening.verb == "return":
            return club.take_back(happening.number, happening.back_lines(), at)
        if happening.verb == "cancel":
            return club.cancel(happening.number, at)
        if happening.verb == "redeem":
            return club.redeem(happening.member, codes[0], happening.number, ore(facts["amount"]), at)
        if happening.verb == "adjust":
            parts = int(Decimal(str(facts["amount"])) * self._unit(facts["meter"]))
            return club.adjust(happening.member, facts["meter"], parts, facts["reason"], at)
        return Done()

    def _code(self, happening: Happening, name: VoucherName) -> str:
        found = find_voucher(self.club.state(happening.member, happening.at), name)
        if found is None:
            raise Refused("voucher_not_found", code=str(name))
        return found.code

    def _unit(self, meter: str) -> int:
        return self.programme.meters[meter].unit

    def _outcome(self, happening: Happening, done: Done, refused: str | None, state: State) -> dict[str, Any]:
        """What came out, in the words of a scenario."""
        meters = {name: state.meters.get(name, MeterState()) for name in self.programme.meters}
        amounts = {
            fact: {name: getattr(meter, fact) for name, meter in meters.items()}
            for fact in ("balance", "available", "pending", "debt")
        }
        amounts["earned"] = {name: done.earned.get(name, 0) for name in meters}
        amounts["taken_back"] = {name: done.taken_back.get(name, 0) for name in meters}
        seen = self.vouchers_seen[happening.member]
        return {
            **{fact: self._in_units(by_meter) for fact, by_meter in amounts.items()},
            **{fact: _kronor(getattr(done, fact)) for fact in ("payable", "lost", "refund")},
            "issued": [_voucher(voucher) for voucher in state.vouchers[seen:]],
            "unused": sum(voucher.is_unused for voucher in state.vouchers),
            "vouchers": [
                _voucher(found) if (found := find_voucher(state, wanted["voucher"])) else {}
                for wanted in happening.expect.get("vouchers", ())
            ],
            "tiers": {ladder: tier or None for ladder, (tier, _day) in state.tiers.items()},
            "tiers_last_day": {ladder: _iso(day) for ladder, (_tier, day) in state.tiers.items()},
            "refused": refused,
            "closed": state.is_closed,
        }

    def _in_units(self, amounts: Mapping[str, int]) -> dict[str, object]:
        return {name: plain(Decimal(amount) / self._unit(name)) for name, amount in amounts.items()}

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
            line = self.scenario.source.line((*happening.place, "expect", *path))
            yield Difference(" ".join(map(str, path)), wanted, got, line)


def find_voucher(state: State, name: VoucherName) -> VoucherState | None:
    """``latest`` unused, the newest unused of a reward, or by number from 1 in the order of issue."""
    if isinstance(name, int):
        return state.vouchers[name - 1] if name <= len(state.vouchers) else None
    unused = [one for one in state.vouchers if one.is_unused and name in ("latest", one.reward)]
    return unused[-1] if unused else None


def _number(value: object) -> object:
    """``value`` as a decimal where it is a number or its text, so that 12.50 is 12.5."""
    is_number = str(value).removeprefix("-").replace(".", "", 1).isdigit()
    return Decimal(str(value)) if is_number else value


def _voucher(voucher: VoucherState) -> dict[str, object]:
    return {
        "reward": voucher.reward,
        "value": _kronor(voucher.value),
        "left": _kronor(voucher.left),
        "last_day": _iso(voucher.last_day),
        "state": voucher.state,
    }


def _kronor(amount: int | None) -> object:
    return None if amount is None else plain(Decimal(amount) / 100)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
