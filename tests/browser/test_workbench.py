"""The yardstick: a marketing person with nothing but a staff login publishes a real programme by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Club, faults, serving
from tests.browser.hand import PASSWORD, STAFF, TOO_WIDE, Hand, staff_window
from tests.config.programs import manage

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.browser
MOST_FIELDS = 25


@pytest.fixture(scope="module")
def empty_club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Club]:
    def fill(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        return manage("createadmin", STAFF, settings=settings | {"STAMKUND_ADMIN_PASSWORD": PASSWORD})

    with serving(tmp_path_factory.mktemp("empty"), fill) as club:
        yield club


@pytest.fixture
def page(empty_club: Club, chromium: Browser) -> Iterator[Page]:
    with staff_window(empty_club, chromium) as page:
        yield page


def set_up_what_is_counted(hand: Hand) -> None:
    hand.page.goto("/admin/loyalty/programmeversion/add/")
    hand.write("name", "Duvan")
    hand.page.click("button[name=_save]")
    hand.page.wait_for_url("**/change/")
    hand.add("Räkneverk")
    hand.write("name.sv", "poäng")
    hand.save()


def set_up_earning(hand: Hand) -> None:
    hand.add("Intjäningsregel")
    hand.write("name.sv", "poäng på köp")
    hand.write("rate.value", "1")
    hand.open("Vad det gäller")
    hand.open("Inte dessa")
    hand.tick("Presentkort")
    hand.tick("Biljetter till evenemang")
    sentence = hand.page.locator("[data-sentence]")
    sentence.filter(has_text="1 poäng per hel krona på allt utom presentkort").wait_for()
    hand.save()


def set_up_the_check(hand: Hand) -> None:
    hand.add("Belöning")
    hand.write("name.sv", "bonuscheck")
    hand.choose("lifetime.kind", "Ett antal månader")
    hand.write("lifetime.count", "6")
    hand.save()
    hand.add("Omvandling")
    hand.write("name.sv", "kvartalsavläsning")
    hand.choose("schedule.kind", "När en period slutar")
    hand.choose("schedule.window.kind", "Kalenderperiod")
    hand.choose("schedule.window.unit", "Kvartal")
    hand.write("form.from", "2000")
    hand.write("form.step", "1000")
    hand.write("form.value", "50")
    hand.choose("form.vouchers", "Allt i en check")
    hand.save()


def set_up_the_end(hand: Hand) -> None:
    hand.page.locator("#life- a", has_text="Ändra").click()
    hand.write("inactivity.months", "24")
    hand.choose("inactivity.effect", "Medlemskapet upphör")
    hand.save()


def test_duvan_is_published_by_hand_with_few_fields(page: Page) -> None:
    hand = Hand(page)
    set_up_what_is_counted(hand)
    set_up_earning(hand)
    set_up_the_check(hand)
    set_up_the_end(hand)
    cards = page.locator(".wb-card").all_inner_texts()
    assert any(
        "Varje 1 000 poäng blir 50 kr i bonuscheck, från och med 2 000 poäng" in card.replace("\xa0", " ")
        for card in cards
    )
    page.locator("#content-main a", has_text="Publicera").click()
    for button in ("Förhandsgranska", "Genomför"):
        page.locator("#content-main button", has_text=button).click()
    page.goto("/admin/loyalty/programmeversion/")
    assert page.locator("table", has_text="publicerad").count() == 1
    assert hand.fields <= MOST_FIELDS


def test_nothing_on_a_phone_can_be_pushed_sideways(page: Page, tmp_path: Path) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/admin/loyalty/programmeversion/add/")
    page.fill("[name=name]", "På telefon")
    page.click("button[name=_save]")
    page.wait_for_url("**/change/")
    bench = page.url
    forms = [link.get_attribute("href") for link in page.locator(".wb-add").all()]
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (bench, *forms):
        page.goto(str(address))
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        assert not page.evaluate(TOO_WIDE), address
    assert complaints == []


def play_a_household(hand: Hand) -> None:
    """Anna buys, Berit joins her, and the quarter ends."""
    hand.write("happenings.0.day", "2025-01-12")
    hand.write("happenings.0.order.amount", "3300")
    hand.page.click("button[name=add][value=happenings]")
    hand.page.locator("[name='happenings.1.what']").wait_for()
    hand.write("happenings.1.member", "Berit")
    hand.choose("happenings.1.what", "Går med")
    hand.page.locator("summary", has_text="Om medlemmen").wait_for()
    hand.write("happenings.1.join.account", "anna")
    hand.page.click("button[name=add][value=happenings]")
    hand.write("happenings.2.day", "2025-03-31")
    hand.choose("happenings.2.what", "Dagen slutar")
    hand.page.locator("[name='happenings.2.order.amount']").wait_for(state="detached")
    hand.page.click(".wb-buttons button[name=play]")
    hand.page.locator(".wb-outcome", has_text="150").wait_for()


def test_members_are_played_by_hand_and_what_came_out_is_expected(page: Page, tmp_path: Path) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/admin/loyalty/programmeversion/preset/")
    page.select_option("[name=preset]", "duvan")
    page.fill("[name=name]", "Repetition")
    for button in ("Förhandsgranska", "Genomför"):
        page.locator("#content-main button", has_text=button).click()
    page.goto("/admin/loyalty/programmeversion/")
    page.locator("a", has_text="Repetition").first.click()
    page.locator("a[href$='/rehearse/']").first.click()
    play_a_household(Hand(page))
    page.click("button[name=expect][value=all]")
    page.locator("summary", has_text="Vad som ska hända").first.wait_for()
    page.fill("[name=title]", "Ett hushåll")
    page.click("button[name=keep]")
    page.locator(".wb-card", has_text="Ett hushåll").wait_for()
    page.locator(".wb-card a", has_text="Öppna").click()
    page.locator(".wb-outcome", has_text="150").wait_for()
    page.screenshot(path=tmp_path / "desktop.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert not page.evaluate(TOO_WIDE)
    assert complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_everybody_can_set_up_try_and_publish_a_programme(
    page: Page, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Axe finds nothing on what is ours of the pages that lead from a preset to a published programme."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto("/admin/loyalty/programmeversion/preset/")
    found = faults(page, "#content-main")
    page.select_option("select[name=preset]", "walgreens")
    page.fill("[name=name]", f"Axe {width} {scheme}")
    for button in ("Förhandsgranska", "Genomför"):
        page.locator("#content-main button", has_text=button).click()
    page.wait_for_url("**/change/")
    bench = page.url
    found += faults(page, "#content-main")
    version = bench.removesuffix("change/")
    addresses = [f"{version}rehearse/", f"{version}publish/", f"{version}facts/", f"{version}copy/"]
    addresses += [str(link.get_attribute("href")) for link in page.locator(".wb-add").all()]
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        found += faults(page, "#content-main")
    assert found == []
