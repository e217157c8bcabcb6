"""A trial's replay of one account, worked out by hand under Duvan's rules."""

from copy import deepcopy
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.happening import Line, Order
from loyalty.engine.parsing import parse
from loyalty.engine.trial import Back, Bought, History, Outcome, Rules, Terms, compare, replay
from loyalty.queries.presets import preset

ZONE = ZoneInfo("Europe/Stockholm")
WORTH = {"points": Fraction(5)}


def on(month: int, day: int) -> datetime:
    return datetime(2025, month, day, 12, tzinfo=ZONE)


TERMS = Terms(on(7, 1), on(12, 10))


def order(number: int, at: datetime, *kronor: int, **facts: Any) -> Order:
    lines = [Line(str(ref), 1000, amount * 100, **facts) for ref, amount in enumerate(kronor, 1)]
    return Order(f"web:{number}", at, lines)


# 2 500 points are read as a check of 100 kr on 30 September, 500 stay. The check pays 50 kr of each line in
# October: 700 points, of which the line that comes back takes 350. So 850 points are left.
ALICE = History(
    1,
    on(1, 1),
    [
        Bought(order(1, on(7, 10), 1500)),
        Bought(order(2, on(8, 20), 1000)),
        Bought(order(3, on(10, 15), 400, 400), [Back(on(11, 1), {"2": (1000, 40_000)})]),
    ],
)
BOB = History(2, on(1, 1), [Bought(order(4, on(7, 12), 300, flags=frozenset({"reduced"})))])


def duvan() -> dict[str, Any]:
    return deepcopy(dict(preset("duvan")))


def doubled() -> dict[str, Any]:
    """Two points for each krona, and none for reduced goods."""
    document = duvan()
    rule = document["earning_rules"][0]
    rule["rate"]["value"] = 2
    rule["scope"]["exclude"]["flags"].append("reduced")
    return document


def tried(history: History, document: dict[str, Any], terms: Terms = TERMS) -> Outcome:
    return replay(Rules(parse(document, key="trial"), WORTH), terms, history)


def test_the_figures_of_one_account_are_those_worked_out_by_hand() -> None:
    outcome = tried(ALICE, duvan())
    assert {key: number for key, number in outcome.figures.items() if number} == {
        ("accounts",): 1,
        ("orders", "2025-07"): 1,
        ("orders", "2025-08"): 1,
        ("orders", "2025-10"): 1,
        ("sold", "2025-07"): 150_000,
        ("sold", "2025-08"): 100_000,
        ("sold", "2025-10"): 80_000,
        ("sold", "2025-11"): -40_000,
        ("points", "2025-07", "points", "earn"): 1500,
        ("points", "2025-08", "points", "earn"): 1000,
        ("points", "2025-09", "points", "redeem"): -2000,
        ("points", "2025-10", "points", "earn"): 700,
        ("points", "2025-11", "points", "reverse"): -350,
        ("checks", "2025-09", "issued"): 1,
        ("checks_ore", "2025-09", "issued"): 10_000,
        ("checks", "2025-10", "redeemed"): 1,
        ("checks_ore", "2025-10", "redeemed"): 10_000,
        ("outstanding", "points"): 850,
        ("benefit", "3"): 1,
        ("benefit_ore",): 14_250,
    }
    assert outcome.benefit == 10_000 + 850 * 5


def test_one_gains_and_another_loses() -> None:
    # 5 000 points are a check of 250 kr; of 1 100 points in October 550 are taken back: 250 kr and 27,50 kr.
    assert tried(ALICE, doubled()).benefit == 27_750
    assert compare(tried(ALICE, doubled()), tried(ALICE, duvan())) == {("gain",): 1, ("gain_ore",): 13_500}
    assert compare(tried(BOB, doubled()), tried(BOB, duvan())) == {("lose",): 1, ("lose_ore",): -1_500}
    assert compare(tried(BOB, duvan()), tried(BOB, duvan())) == {("same",): 1}


def test_a_check_that_nobody_uses_is_still_a_liability() -> None:
    outcome = tried(ALICE, duvan(), Terms(TERMS.since, TERMS.until, used_percent=0))
    assert (outcome.figures["open",], outcome.figures["open_ore",]) == (1, 10_000)
    # Nothing was paid with a check, so 800 points were earned and 400 taken back: 500 + 800 - 400.
    assert outcome.figures["outstanding", "points"] == 900
    assert outcome.figures["checks", "2025-10", "redeemed"] == 0
    assert outcome.benefit == 10_000 + 900 * 5


def test_about_as_many_checks_are_used_as_was_said() -> None:
    half = Terms(TERMS.since, TERMS.until, used_percent=50)
    used = 0
    for number in range(200):
        history = History(number, ALICE.joined_at, ALICE.orders)
        used += tried(history, duvan(), half).figures["checks", "2025-10", "redeemed"]
    assert used == 91  # of 200


def test_replaying_leaves_the_history_as_it_was() -> None:
    before = deepcopy(ALICE)
    tried(ALICE, doubled())
    assert before == ALICE


def test_a_cancelled_order_gives_its_check_back() -> None:
    cancelled = Bought(ALICE.orders[2].order, [Back(on(10, 16), is_cancelled=True)])
    outcome = tried(History(1, on(1, 1), [*ALICE.orders[:2], cancelled]), duvan())
    assert outcome.figures["checks", "2025-10", "redeemed"] == 0
    assert outcome.figures["checks_ore", "2025-10", "redeemed"] == 0
    assert (outcome.figures["open",], outcome.figures["outstanding", "points"]) == (1, 500)


def test_a_check_that_the_basket_does_not_allow_waits_for_the_next() -> None:
    document = duvan()
    document["rewards"][0]["use"]["min_basket"] = 1000
    outcome = tried(ALICE, document)
    assert (outcome.figures["open",], outcome.figures["checks", "2025-10", "redeemed"]) == (1, 0)
    assert outcome.figures["orders", "2025-10"] == 1


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_a_line_that_comes_back_in_parts_ends_as_one_that_came_back_at_once(parts: int) -> None:
    line = Order("web:9", on(7, 2), [Line("1", 4000, 99_900)])
    backs = [
        Back(on(8, day), {"1": (4000 * day // parts, 99_900 * day // parts)}) for day in range(1, parts + 1)
    ]
    outcome = tried(History(1, on(1, 1), [Bought(line, backs)]), duvan())
    assert (outcome.figures["outstanding", "points"], outcome.benefit) == (0, 0)
    assert outcome.figures["sold", "2025-07"] + outcome.figures["sold", "2025-08"] == 0
