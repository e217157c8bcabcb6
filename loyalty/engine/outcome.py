"""How a member stands after a happening, and what the happening came to in the words of a scenario."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from loyalty.engine.files import plain
from loyalty.engine.programme import Programme
from loyalty.engine.scenario import Happening, VoucherName

_BY_NAME = ("entries", "pool", "winners", "open", "benefits", "seats", "waiting")


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
    is_given: bool = False

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
    funds: Mapping[str, int] = field(default_factory=dict)
    progress: Mapping[str, int] = field(default_factory=dict)
    entries: Mapping[str, int] = field(default_factory=dict)
    pool: Mapping[str, int] = field(default_factory=dict)
    winners: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[str, bool] = field(default_factory=dict)
    benefits: Mapping[str, str | None] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    credit: int = 0
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What an act answered: amounts by meter in smallest parts, money in öre."""

    earned: Mapping[str, int] = field(default_factory=dict)
    taken_back: Mapping[str, int] = field(default_factory=dict)
    payable: int | None = None
    lost: int | None = None
    refund: int | None = None


def outcome_of(
    programme: Programme,
    happening: Happening,
    done: Done,
    refused: str | None,
    state: State,
    seen: Collection[str],
) -> dict[str, Any]:
    """What came out; of the member's vouchers those with the codes ``seen`` were there before."""
    meters = {name: state.meters.get(name, MeterState()) for name in programme.meters}
    amounts = {
        fact: {name: getattr(meter, fact) for name, meter in meters.items()}
        for fact in ("balance", "available", "pending", "debt")
    }
    amounts["earned"] = {name: done.earned.get(name, 0) for name in meters}
    amounts["taken_back"] = {name: done.taken_back.get(name, 0) for name in meters}
    return {
        **{fact: _in_units(programme, by_meter) for fact, by_meter in amounts.items()},
        **{fact: _kronor(getattr(done, fact)) for fact in ("payable", "lost", "refund")},
        "issued": [_voucher(voucher) for voucher in state.vouchers if voucher.code not in seen],
        "unused": sum(voucher.is_unused for voucher in state.vouchers),
        "vouchers": [
            _voucher(found) if (found := find_voucher(state, wanted["voucher"])) else {}
            for wanted in happening.expect.get("vouchers", ())
        ],
        "tiers": {ladder: tier or None for ladder, (tier, _day) in state.tiers.items()},
        "tiers_last_day": {ladder: _iso(day) for ladder, (_tier, day) in state.tiers.items()},
        "refused": refused,
        "closed": state.is_closed,
        **_extras(programme, state),
    }


def _extras(programme: Programme, state: State) -> dict[str, Any]:
    goals = {one.key: one.goals[0] for one in programme.challenges}
    units = {key: 1 if goal.in_a_row else programme.meters[goal.meter].unit for key, goal in goals.items()}
    return {
        "funds": {key: _kronor(amount) for key, amount in state.funds.items()},
        "progress": {
            key: plain(Decimal(amount) / units[key]) for key, amount in state.progress.items() if key in goals
        },
        **{name: dict(getattr(state, name)) for name in _BY_NAME},
        "credit": _kronor(state.credit),
        "fee": _kronor(state.fee),
    }


def _in_units(programme: Programme, amounts: Mapping[str, int]) -> dict[str, object]:
    return {name: plain(Decimal(amount) / programme.meters[name].unit) for name, amount in amounts.items()}


def find_voucher(state: State, name: VoucherName) -> VoucherState | None:
    """``latest`` unused, the newest unused of a reward, or by number from 1 in the order of issue."""
    if isinstance(name, int):
        return state.vouchers[name - 1] if name <= len(state.vouchers) else None
    unused = [one for one in state.vouchers if one.is_unused and name in ("latest", one.reward)]
    own = [one for one in unused if not one.is_given] or unused
    return own[-1] if own else None


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
