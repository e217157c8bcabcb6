"""The engine alone, in memory: a year of orders, per second of processor time."""

import gc
import random
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import loyalty
from loyalty.engine.account import Account
from loyalty.engine.compute import place_order
from loyalty.engine.files import read_programme
from loyalty.engine.happening import Line, Order
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Programme, Timetable
from tests.benchmarks.table import Row

PRESETS = Path(loyalty.__file__).parent / "presets"
ORDERS = 40_000
ORDERS_OF_PRESET = 4_000
ORDERS_EACH = 20
START = datetime(2025, 1, 1, 8, tzinfo=UTC)  # as the tables tell it
YEAR = timedelta(days=360)
CROWNS = ("SEK", "NOK", "DKK")  # a tenth of a dollar or a euro


def run(*, orders: int = ORDERS, orders_of_preset: int = ORDERS_OF_PRESET) -> list[Row]:
    rate, effects = speed_of("duvan", orders)
    others = {path.name: speed_of(path.name, orders_of_preset)[0] for path in sorted(PRESETS.glob("*/"))}
    slowest = min(others, key=lambda key: others[key])
    return [
        Row(
            "place_order, 3 lines, quarterly readings in between (duvan)", f"{rate:.0f}/s", "", ">= 20,000/s"
        ),
        Row("effects of an order, on average", f"{effects:.2f}"),
        Row(
            f"the slowest of the {len(others)} presets ({slowest})",
            f"{others[slowest]:.0f}/s",
            "",
            ">= 5,000/s",
        ),
    ]


def programme_of(preset: str) -> Programme:
    return parse(read_programme((PRESETS / preset / "programme.yaml").read_bytes()))


def dearest_of(programme: Programme) -> int:
    """What a line costs at most, in the smallest part of the programme's currency."""
    return 90_000 if programme.currency in CROWNS else 9_000


def speed_of(preset: str, orders: int) -> tuple[float, float]:
    """Orders per second of processor time under the preset's rules, and the effects of one, on average."""
    programme = programme_of(preset)
    timetable = Timetable(((START - YEAR, None, programme),))
    happenings = year_of(orders, dearest=dearest_of(programme))
    effects = 0
    gc.collect()  # and then not before the end, as imports and sweeps have it
    gc.disable()
    began = time.process_time()
    for account, order in happenings:
        place_order(timetable, account, order)
        effects += len(account.take_effects())
    seconds = time.process_time() - began
    gc.enable()
    return orders / seconds, effects / orders


def year_of(orders: int, *, dearest: int = 90_000) -> list[tuple[Account, Order]]:
    """Orders in the order of time, ``ORDERS_EACH`` of each account; no line costs more than ``dearest``."""
    chance = random.Random(1)
    refs = count()
    accounts = [
        Account(joined_at=START, computed_to=START, new_ref=lambda: next(refs))
        for _ in range(max(1, orders // ORDERS_EACH))
    ]
    return [
        (accounts[number % len(accounts)], an_order(number, START + YEAR * number / orders, chance, dearest))
        for number in range(orders)
    ]


def an_order(number: int, at: datetime, chance: random.Random, dearest: int = 90_000) -> Order:
    lines = [Line(str(ref), 1000, chance.randrange(1_000, dearest), vat_rate=2500) for ref in range(3)]
    return Order(f"web:{number}", at, lines)
