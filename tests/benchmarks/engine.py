"""The engine alone, in memory: a year of orders under Duvan's rules, per second of processor time."""

import random
import time
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

import loyalty
from loyalty.engine.account import Account
from loyalty.engine.compute import place_order
from loyalty.engine.happening import Line, Order
from loyalty.engine.programme import Timetable, parse
from tests.benchmarks.table import Row

PROGRAMME = Path(loyalty.__file__).parent / "presets" / "duvan" / "programme.yaml"
ORDERS = 40_000
ORDERS_EACH = 20
START = datetime(2025, 1, 1, 9, tzinfo=ZoneInfo("Europe/Stockholm"))
YEAR = timedelta(days=360)


def run(*, orders: int = ORDERS) -> list[Row]:
    timetable = Timetable(((START - YEAR, None, parse(yaml.safe_load(PROGRAMME.read_text()))),))
    happenings = list(year_of(orders))
    began = time.process_time()
    effects = 0
    for account, order in happenings:
        place_order(timetable, account, order)
        effects += len(account.take_effects())
    seconds = time.process_time() - began
    return [
        Row(
            "place_order, 3 lines, quarterly readings in between",
            f"{orders / seconds:.0f}/s",
            "",
            ">= 20,000/s",
        ),
        Row("effects of an order, on average", f"{effects / orders:.2f}"),
    ]


def year_of(orders: int) -> list[tuple[Account, Order]]:
    """Orders in the order of time, ``ORDERS_EACH`` of them of each account."""
    chance = random.Random(1)
    refs = count()
    accounts = [
        Account(joined_at=START, computed_to=START, new_ref=lambda: next(refs))
        for _ in range(max(1, orders // ORDERS_EACH))
    ]
    return [
        (accounts[number % len(accounts)], an_order(number, START + YEAR * number / orders, chance))
        for number in range(orders)
    ]


def an_order(number: int, at: datetime, chance: random.Random) -> Order:
    lines = [Line(str(ref), 1000, chance.randrange(1_000, 90_000), vat_rate=2500) for ref in range(3)]
    return Order(f"web:{number}", at, lines)
