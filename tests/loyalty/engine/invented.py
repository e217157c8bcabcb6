"""Random programmes and purchases, for the laws that hold for all of them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from loyalty.engine.files import errors_of
from loyalty.engine.happening import Line, Order
from loyalty.engine.memory import MemoryClub
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Programme, Timetable

STOCKHOLM = ZoneInfo("Europe/Stockholm")
START = datetime(2025, 1, 1, tzinfo=STOCKHOLM)
MEMBER = "anna"
FLAGS = ("gift_card", "reduced")
numbers = st.decimals("0.01", 10, places=2).map(str)


@st.composite
def rules(draw: st.DrawFn, key: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(["per_unit", "per_full", "percent", "fixed", "factor"]))
    rate: dict[str, Any] = {"kind": kind, "value": draw(numbers)}
    if kind == "per_full":
        rate["step"] = draw(st.integers(1, 100))
    if kind == "factor":
        rate["value"] = draw(st.sampled_from(["1.5", 2, 3]))
    stack = "multiply" if kind == "factor" else draw(st.sampled_from(["add", "best", "replace"]))
    scope = draw(
        st.sampled_from([{}, {"exclude": {"flags": ["gift_card"]}}, {"include": {"flags": ["reduced"]}}])
    )
    return {
        "key": key,
        "name": key,
        "meter": "points",
        "rate": rate,
        "scope": scope,
        "base": {
            "amount": draw(st.sampled_from(["paid", "before_vouchers", "net", "list", "quantity"])),
            "per": draw(st.sampled_from(["line", "receipt"])),
        },
        "round": {"mode": draw(st.sampled_from(["floor", "ceil", "half_up", "none"]))},
        "stack": {"kind": stack},
        "pending_days": draw(st.sampled_from([0, 0, 14])),
    }


@st.composite
def programmes(
    draw: st.DrawFn, *, has_checks: bool = False, has_time: bool = False, is_pending: bool = True
) -> Programme:
    found = [draw(rules(f"rule{index}")) for index in range(draw(st.integers(1, 4)))]
    if all(rule["rate"]["kind"] == "factor" for rule in found):
        found[0] |= {"rate": {"kind": "per_unit", "value": 1}, "stack": {"kind": "add"}}
    document: dict[str, Any] = {
        "programme": "invented",
        "meters": [{"key": "points", "name": "points", "decimals": draw(st.integers(0, 2))}],
        "earning_rules": found,
    }
    if has_checks:
        step = draw(st.integers(200, 5_000))
        form = {"kind": "step", "step": step, "value": 50, "vouchers": draw(st.sampled_from(["one", "each"]))}
        document["rewards"] = [{"key": "check", "name": "check", "kind": "money_off"}]
        document["conversions"] = [
            {"key": "checks", "name": "checks", "meter": "points", "reward": "check", "form": form}
        ]
    if not is_pending:
        for rule in found:
            rule["pending_days"] = 0
    if has_time:
        _pass_time(draw, document)
    assert errors_of(document) == []
    return parse(document)


lifetimes = st.builds(
    lambda kind, count: {"kind": kind, "count": count},
    st.sampled_from(["days", "months", "years", "end_of_month", "end_of_year"]),
    st.integers(1, 13),
)
calendars = st.sampled_from(["month", "quarter", "half_year", "year"]).map(
    lambda unit: {"kind": "calendar", "unit": unit}
)
windows = st.one_of(
    calendars,
    st.just({"kind": "lifetime"}),
    st.builds(
        lambda unit, count: {"kind": "trailing", "unit": unit, "count": count},
        st.sampled_from(["day", "month"]),
        st.integers(1, 14),
    ),
)


def _pass_time(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Lapses, settlements, tiers and silence."""
    document["meters"][0]["lifetime"] = draw(lifetimes)
    for rule in document["earning_rules"]:
        rule["pending_days"] = 0
    if draw(st.booleans()):
        schedule = {"kind": "window_end", "window": draw(calendars), "offset_days": draw(st.integers(0, 40))}
        document["conversions"][0]["schedule"] = schedule
        document["conversions"][0]["remainder"] = draw(st.sampled_from(["carry", "drop"]))
    document["rewards"][0]["lifetime"] = draw(lifetimes)
    kind = draw(st.sampled_from(["window_end", "next_window_end", "months", "life"]))
    tiers = [
        {"key": "low", "name": "low", "from": 1},
        {"key": "high", "name": "high", "from": draw(st.integers(2, 5_000)), "multiplier": 2},
    ]
    document["tier_ladders"] = [
        {
            "key": "level",
            "name": "level",
            "meter": "points",
            "window": draw(windows),
            "valid": {"kind": kind},
            "rows": tiers,
        }
    ]
    effect = draw(st.sampled_from(["close", "zero", "none"]))
    document["life"] = {"inactivity": {"months": draw(st.integers(1, 30)), "effect": effect}}


lines = st.builds(
    lambda quantity, gross, discount, vat, flags: (quantity, gross, min(discount, gross), vat, flags),
    st.one_of(st.integers(1, 6).map(lambda pieces: pieces * 1_000), st.integers(1, 5_000)),
    st.integers(0, 20_000),
    st.sampled_from([0, 0, 1, 999, 10_000]),
    st.sampled_from([0, 600, 1_200, 2_500]),
    st.frozensets(st.sampled_from(FLAGS)),
)
baskets = st.lists(lines, min_size=1, max_size=5)


def order(number: int, basket: list[Any], at: datetime, vouchers: tuple[str, ...] = ()) -> Order:
    rows = [
        Line(str(ref), quantity, gross, discount, vat_rate=vat, flags=flags)
        for ref, (quantity, gross, discount, vat, flags) in enumerate(basket, 1)
    ]
    return Order(f"scenario:{number}", at, rows, vouchers=vouchers)


def club_of(programme: Programme) -> MemoryClub:
    club = MemoryClub(Timetable(((START, None, programme),)))
    club.join(MEMBER, START)
    return club


def day(number: int) -> datetime:
    return START + timedelta(days=number, hours=12)
