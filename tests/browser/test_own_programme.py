"""A programme of one's own, from an empty workbench to what members are paid: built, rehearsed, tried and published."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browser.conftest import Club, serving
from tests.browser.hand import PASSWORD, STAFF, Hand, staff_window
from tests.config.programs import manage, python

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.browser
WORKER = """
from django.utils import timezone
from loyalty import actions

while actions.run_trials(now=timezone.now()):
    pass
"""

CHECK = "Medlemmen fick en fikacheck: 40 kr"
# Points that last a year, a check for each 500, and twice as many points for regulars; ▾ is chosen from a list.
OBJECTS = {
    "Räkneverk": {"name.sv": "poäng", "lifetime.kind": "▾Ett antal månader", "lifetime.count": "12"},
    "Intjäningsregel": {"name.sv": "poäng på köp", "rate.value": "2"},
    "Belöning": {"name.sv": "fikacheck", "lifetime.kind": "▾Ett antal månader", "lifetime.count": "3"},
    "Omvandling": {
        "name.sv": "poäng blir check",
        "schedule.kind": "▾Genast",
        "form.step": "500",
        "form.value": "40",
    },
    "Nivåtrappa": {
        "name.sv": "nivå",
        "window.kind": "▾Kalenderperiod",
        "window.unit": "▾År",
        "rows.0.name.sv": "stamgäst",
        "rows.0.from": "1000",
        "rows.0.multiplier": "2",
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def shop(folder: Path) -> Iterator[Club]:
    def fill(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        made = manage("createadmin", STAFF, settings=settings | {"STAMKUND_ADMIN_PASSWORD": PASSWORD})
        return made if made.returncode else python("-m", "tests.browser.seed_shop", settings=settings)

    with serving(folder, fill) as club:
        yield club


@pytest.fixture
def work(folder: Path) -> Callable[[], None]:
    """What the worker does, which the demo's server has none of."""

    def run() -> None:
        done = manage("shell", "-c", WORKER, settings={"STAMKUND_ENV": "demo", "STAMKUND_VAR": str(folder)})
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture
def hand(shop: Club, chromium: Browser) -> Iterator[Hand]:
    with staff_window(shop, chromium) as page:
        yield Hand(page)


def test_a_programme_of_ones_own_pays_what_its_terms_say(
    hand: Hand, work: Callable[[], None], tmp_path: Path
) -> None:
    complaints: list[str] = []
    hand.page.on("pageerror", lambda error: complaints.append(str(error)))
    hand.pictures = tmp_path
    build(hand)
    bench = hand.page.url
    rehearse(hand, bench)
    try_on_the_past(hand, bench, work)
    publish(hand, bench)
    read_the_terms(hand)
    assert sell(hand, "600") == ["Registrerat. Att betala: 600 kr", "Gav 1 200 poäng", CHECK, CHECK]
    # Both checks pay for the next, and each krona that is left gives two points, twice to a regular.
    assert sell(hand, "100")[:2] == ["Registrerat. Att betala: 20 kr", "Gav 80 poäng"]
    assert complaints == []


def build(hand: Hand) -> None:
    hand.page.goto("/admin/loyalty/programmeversion/add/")
    hand.write("name", "Kaffehörnan")
    hand.page.click("button[name=_save]")
    hand.page.wait_for_url("**/change/")
    hand.look("empty")
    for what, fields in OBJECTS.items():
        hand.add(what)
        for name, told in fields.items():
            fill = hand.choose if told.startswith("▾") else hand.write
            fill(name, told.removeprefix("▾"))
        hand.look(what)
        hand.save()
    hand.look("bench")


def rehearse(hand: Hand, bench: str) -> None:
    """What two purchases of an invented member come to; the second by the tier of the first."""
    hand.page.goto(bench)
    hand.page.locator("a[href$='/rehearse/']").first.click()
    hand.write("happenings.0.day", "2025-01-12")
    hand.write("happenings.0.order.amount", "600")
    hand.page.click("button[name=add][value=happenings]")
    hand.write("happenings.1.day", "2025-02-03")
    hand.write("happenings.1.order.amount", "100")
    hand.page.click(".wb-buttons button[name=play]")
    outcome = hand.page.locator(".wb-outcome")
    outcome.filter(has_text="400 poäng").first.wait_for()
    hand.look("rehearsed")


def try_on_the_past(hand: Hand, bench: str, work: Callable[[], None]) -> None:
    """What the draft would have come to on the year that the shop has sold."""
    hand.page.goto(bench)
    hand.page.locator("a[href*='/trial']").first.click()
    hand.look("trial-start")
    hand.page.locator("#content-main button", has_text="Starta").click()
    hand.page.locator("#trial-progress").wait_for()
    work()
    hand.page.reload()
    hand.page.locator("#content-main table").first.wait_for()
    hand.look("trial")


def publish(hand: Hand, bench: str) -> None:
    hand.page.goto(bench)
    hand.page.locator("#content-main a", has_text="Publicera").click()
    hand.write("first_day", timezone.localdate().isoformat())
    hand.look("publish")
    hand.confirm()
    hand.page.goto("/admin/loyalty/programmeversion/")
    assert hand.page.locator("table", has_text="publicerad").count() == 1


def read_the_terms(hand: Hand) -> None:
    hand.page.goto("/terms/")
    told = hand.page.locator("main").inner_text().replace("\xa0", " ")
    for sentence in (
        "2 poäng per krona",
        "500 poäng blir 40 kr i fikacheck",
        "stamgäst från 1 000 poäng, 2 gånger poängen",
    ):
        assert sentence in told
    hand.look("terms")


def sell(hand: Hand, amount: str) -> list[str]:
    """A purchase of Alva's at the till page, and what it tells that it gave."""
    hand.page.goto("/admin/loyalty/offlineuse/till/?q=Alva")
    hand.page.fill("[name=amount]", amount)
    hand.page.click("button[name=look]")
    hand.look("till")
    hand.page.click("button[name=sell]")
    heading = hand.page.locator("h1", has_text="Registrerat")
    heading.wait_for()
    hand.look("sold")
    told = [heading.inner_text(), *hand.page.locator("#content-main ul li").all_inner_texts()]
    return [one.replace("\xa0", " ") for one in told]
