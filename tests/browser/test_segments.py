"""A marketing person says whom the club means by clicking, reads it back, and understands who is meant and why."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Club, faults, serving
from tests.config.programs import manage, python

if TYPE_CHECKING:
    import subprocess

    from playwright.sync_api import Locator

pytestmark = pytest.mark.browser
STAFF, PASSWORD = "vera@shop.example", "en lång och egen fras"
BUYER = "Åsa Öberg"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Club]:
    def fill(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        made = manage("createadmin", STAFF, settings=settings | {"STAMKUND_ADMIN_PASSWORD": PASSWORD})
        return made if made.returncode else python("-m", "tests.browser.seed_segments", settings=settings)

    with serving(tmp_path_factory.mktemp("segments"), fill) as club:
        yield club


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(shop: Club, chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    context = chromium.new_context(base_url=shop.url, locale="sv-SE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/accounts/login/")
    page.locator("summary", has_text="Andra sätt").click()
    page.fill("input[name=login]", STAFF)
    page.fill("input[name=password]", PASSWORD)
    page.click("button:has-text('Logga in med lösenord')")
    page.wait_for_load_state()
    page.goto("/admin/segments/segment/add/")
    yield page
    context.close()
    assert complaints == []


def add(page: Page, words: str) -> "Locator":
    """Add a condition to the outermost group, and return its card."""
    page.locator("[data-part=conditions] > fieldset > .sb-adding select").select_option(label=words)
    return page.locator("[data-part=conditions] .sb-condition").last


def buys_and_brings_back(page: Page) -> None:
    """At least two orders, and at least one returned item in the last twelve months."""
    orders = add(page, "ordrar")
    orders.get_by_label("Värde").fill("2")
    returns = add(page, "returnerade varor")
    returns.get_by_label("Vad som räknas ut").select_option(label="summan av")
    returns.get_by_label("Av vad").first.select_option(label="antal")
    returns.get_by_label("När").select_option(label="de senaste")
    returns.get_by_label("Hur många").fill("12")
    returns.get_by_label("Enhet").select_option(label="månader")
    returns.get_by_label("Värde").fill("1")


def sentence(page: Page) -> "Locator":
    return page.locator("[data-part=sentence]")


def counted(page: Page) -> "Locator":
    return page.locator("[data-part=count]")


def test_who_buys_and_brings_back_is_said_by_clicking_counted_read_and_saved(page: Page) -> None:
    buys_and_brings_back(page)
    expect(sentence(page)).to_have_text(
        "Medlemmar som har minst 2 ordrar och vars summa av ”antal” för returnerade varor "
        "de senaste 12 månaderna är minst 1."
    )
    expect(counted(page)).to_have_text("1 medlem, 25,0 % av klubben")
    expect(page.locator("[data-part=members]")).to_contain_text(BUYER)
    page.fill("[name=name]", "Köper och lämnar tillbaka")
    page.click("button[name=save]")
    page.wait_for_url("**/change/")
    expect(counted(page)).to_have_text("1 medlem, 25,0 % av klubben")
    page.fill("[data-part=who]", "person1@post.example")
    page.keyboard.press("Enter")
    reasons = page.locator("[data-part=reasons]")
    expect(reasons).to_contain_text("Bo Ek hör inte till dem som avses.")
    expect(reasons.locator("tbody tr")).to_have_count(2)
    page.goto("/admin/segments/segment/")
    expect(page.locator("table")).to_contain_text("Köper och lämnar tillbaka")


def test_every_change_can_be_undone_and_done_again_and_groups_lie_in_groups(page: Page) -> None:
    buys_and_brings_back(page)
    cards = page.locator(".sb-condition")
    cards.first.get_by_role("button", name="Ta bort").click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="Ångra").click()
    expect(cards).to_have_count(2)
    expect(cards.first.get_by_label("Värde")).to_have_value("2")
    page.get_by_role("button", name="Gör om").click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="Lägg till en grupp").last.click()
    inner = page.locator(".sb-group .sb-group")
    cards.first.get_by_role("button", name="Flytta ner").press("Enter")
    expect(inner.locator(".sb-condition")).to_have_count(1)
    inner.locator(".sb-kind").first.select_option(label="Inget av dessa")
    expect(sentence(page)).to_contain_text("som inte är bland dem")
    inner.locator(".sb-condition").get_by_role("button", name="Kopiera").click()
    expect(inner.locator(".sb-condition")).to_have_count(2)


def test_a_mistake_stands_at_its_condition(page: Page) -> None:
    buys_and_brings_back(page)
    second = page.locator(".sb-condition").nth(1)
    second.get_by_label("Värde").fill("många")
    expect(second.locator(".sb-mistake")).to_have_text("Det här är inget tal.")
    expect(page.locator(".sb-wrong")).to_have_count(1)
    expect(counted(page)).to_have_text("–")
    second.get_by_label("Värde").fill("1")
    expect(page.locator(".sb-wrong")).to_have_count(0)
    expect(counted(page)).to_contain_text("1 medlem")


def test_goods_are_picked_by_searching_with_the_keyboard(page: Page) -> None:
    bought = add(page, "köpta varor")
    bought.get_by_label("Begränsa efter").select_option(label="artikelnummer")
    bought.get_by_label("Skriv för att söka").press_sequentially("lam")
    expect(bought.locator(".sb-found button").first).to_have_text("Lampa (A-1)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(bought.locator(".sb-chip")).to_contain_text("Lampa (A-1)")
    expect(counted(page)).to_contain_text("4 medlemmar")


def test_a_template_follows_its_sliders(page: Page) -> None:
    page.locator(".sb-gallery a", has_text="Köper och lämnar tillbaka").click()
    page.locator("#slider-orders").fill("4")
    expect(sentence(page)).to_contain_text("minst 4 ordrar")
    page.fill("#number-returned", "1")
    expect(counted(page)).to_contain_text("1 medlem")
    page.fill("#number-returned", "51")
    expect(page.locator("[data-mistake=returned]")).to_be_visible()


def test_without_scripts_the_sentence_and_the_conditions_can_be_read(page: Page, chromium: Browser) -> None:
    context = chromium.new_context(
        base_url=page.url.split("/admin")[0],
        locale="sv-SE",
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
    )
    plain = context.new_page()
    plain.goto("/admin/segments/segment/add/?template=orders_and_returns&orders=5")
    assert "minst 5 ordrar" in plain.inner_text("[data-part=sentence]")
    assert plain.locator("ul.sb-outline li").count() == 2
    assert plain.locator("[data-part=conditions] > *").count() == 0
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_everybody_can_build_and_read_a_segment(
    page: Page, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Axe finds nothing, and nothing is wider than the window, with every kind of condition open."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    buys_and_brings_back(page)
    menu = page.locator("[data-part=conditions] > fieldset > .sb-adding select")
    for kind in ("ratio", "sequence", "recurring", "top", "bucket", "field consent", "field home_store"):
        menu.select_option(kind)
    page.get_by_role("button", name="Lägg till en grupp").last.click()
    expect(counted(page)).not_to_have_text("")
    found = faults(page, "#content-main")
    for address in ("add/?template=orders_and_returns", "overlap/", "rfm/", "cohorts/"):
        page.goto(f"/admin/segments/segment/{address}")
        found += faults(page, "#content-main")
    assert found == []
