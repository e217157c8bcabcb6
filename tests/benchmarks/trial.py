"""A draft tried on the shop's own orders, beside today's programme: the engine alone, and all of it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from loyalty.engine.trial import Bought, History, Rules, Terms, replay
from tests.benchmarks.club import Club, new_club
from tests.benchmarks.engine import ORDERS_EACH, START, YEAR, an_order, programme_of
from tests.benchmarks.imports import seconds_of
from tests.benchmarks.table import Row

REPLAYED = 20_000
MEMBERS = 5_000
DRAFT = "Draft"
WORKERS = 2
START_TRIAL = f"""
from django.utils import timezone
from loyalty import actions
from loyalty.models import ProgrammeVersion

draft = ProgrammeVersion.objects.get(name="{DRAFT}")
actions.start_trial(version=draft, months=12, used_percent=100, actor="benchmark", now=timezone.now())
"""
WORK = """
from django.utils import timezone
from loyalty import actions

while actions.run_trials(now=timezone.now()):
    pass
"""
COUNT = """
from loyalty.models import TrialRun

run = TrialRun.objects.get()
print(sum(number for *key, number in run.figures["draft"] if key[0] == "orders"))
"""


def run(*, members: int = MEMBERS) -> list[Row]:
    orders = members * ORDERS_EACH
    with new_club(members=members, orders=orders) as club, ThreadPoolExecutor() as workers:
        club.manage("programme", "import", "duvan", "--name", DRAFT)
        execute(club, START_TRIAL)
        seconds = seconds_of(lambda: [*workers.map(lambda _: execute(club, WORK), range(WORKERS))])
        tried = int(execute(club, COUNT))
    return [
        *replayed(),
        Row(
            f"a trial over {tried:,} orders of 3 lines, against today's programme, {WORKERS} workers",
            f"{tried / seconds:.0f} orders/s",
            "",
            ">= 3,334/s (1M in 5 min)",
        ),
    ]


def execute(club: Club, code: str) -> str:
    return club.manage("shell", "--verbosity", "0", "-c", code)


def replayed(*, orders: int = REPLAYED) -> list[Row]:
    rules = Rules(programme_of("duvan"), {})
    terms = Terms(START, START + YEAR + timedelta(days=1))
    histories = list(histories_of(orders))
    began = time.process_time()
    for history in histories:
        replay(rules, terms, history)
    seconds = time.process_time() - began
    return [Row("replay under one programme, 3 lines", f"{orders / seconds:.0f} orders/s")]


def histories_of(orders: int) -> list[History]:
    """A year of ``ORDERS_EACH`` orders of each account."""
    chance = random.Random(1)
    return [
        History(
            account,
            START,
            [
                Bought(an_order(account * ORDERS_EACH + turn, START + YEAR * turn / ORDERS_EACH, chance))
                for turn in range(ORDERS_EACH)
            ],
        )
        for account in range(max(1, orders // ORDERS_EACH))
    ]
