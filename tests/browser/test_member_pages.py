"""The member pages in a real browser: without scripts, on a phone, by keyboard, for every eye."""

import pytest
from playwright.sync_api import StorageState

from tests.browser.conftest import Club, Visitor, enter_code, faults

pytestmark = pytest.mark.browser

FOR_VISITORS = ("/", "/terms/", "/join/", "/accounts/login/", "/accounts/login/code/", "/nowhere/")
FOR_MEMBERS = (
    "/my/",
    "/my/benefits/",
    "/my/benefits/shelf/coffee/",
    "/my/household/",
    "/my/history/",
    "/my/choices/",
    "/my/details/",
    "/my/close/",
    "/my/erase/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/logout/",
)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light")])
def test_every_page_can_be_used_by_everybody(
    visitor: Visitor, alice_is_in: StorageState, width: int, scheme: str
) -> None:
    out = visitor(width=width, scheme=scheme).page
    found: list[str] = []
    for path in FOR_VISITORS:
        out.goto(path)
        found += faults(out)
    page = visitor(width=width, scheme=scheme, cookies=alice_is_in).page
    for path in FOR_MEMBERS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        found += faults(page)
    assert found == []


def test_the_browser_finds_nothing_to_complain_about(visitor: Visitor, alice_is_in: StorageState) -> None:
    visit = visitor(cookies=alice_is_in)
    for path in FOR_MEMBERS:
        visit.page.goto(path)
    assert visit.complaints == []


def test_joining_works_without_scripts(visitor: Visitor, club: Club) -> None:
    page = visitor(scripts=False, language="en-GB").page
    page.goto("/")
    page.click("main a[href='/join/']")
    page.fill("input[name=email]", "nils@post.example")
    page.fill("input[name=first_name]", "Nils")
    page.check("input[name=marketing_email]")
    page.click("main button[type=submit]")
    enter_code(page, club, "nils@post.example")
    assert page.inner_text("h1") == "Hello Nils"
    page.click("nav a[href='/my/choices/']")
    assert page.locator(".badge", has_text="Yes").count() == 1
    page.click("main button[value=no]")
    assert page.locator(".badge", has_text="Yes").count() == 0
    page.click("footer button[value=sv]")
    assert page.get_attribute("html", "lang") == "sv"
    assert page.inner_text("h1") == "Mina val"


def test_a_member_logs_in_by_a_mailed_code_without_scripts(visitor: Visitor, club: Club) -> None:
    page = visitor(scripts=False, language="en-GB").page
    page.goto("/")
    page.click("header a[href='/accounts/login/']")
    page.fill("main form.card input[name=email]", "bo@post.example")
    page.click("main form.card button[type=submit]")
    enter_code(page, club, "bo@post.example")
    assert page.inner_text("h1") == "Hej Bo"  # in their own language
    page.click("nav a[href='/my/history/']")
    assert page.inner_text("h1") == "Historik"


def test_a_check_opens_by_keyboard_and_shows_two_pictures(
    visitor: Visitor, alice_is_in: StorageState
) -> None:
    page = visitor(cookies=alice_is_in).page
    page.goto("/my/")
    check = page.locator(".check").first
    check.locator("summary").focus()
    page.keyboard.press("Enter")
    pictures = check.locator("img")
    for number in range(2):
        pictures.nth(number).scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.querySelectorAll('.check img')].slice(0, 2).every(img => img.complete)"
    )
    assert pictures.evaluate_all("pictures => pictures.map(picture => picture.naturalWidth > 0)") == [
        True,
        True,
    ]


def test_the_first_stop_by_keyboard_leads_past_the_menu(visitor: Visitor) -> None:
    page = visitor().page
    page.goto("/join/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_language_changes_at_once_and_stays(visitor: Visitor) -> None:
    page = visitor().page
    page.goto("/join/")
    page.click("footer button[value=nb]")
    assert page.url.endswith("/join/")
    page.goto("/")
    assert page.get_attribute("html", "lang") == "nb"


def test_a_challenge_is_accepted_on_a_phone_without_scripts(
    visitor: Visitor, alice_is_in: StorageState
) -> None:
    page = visitor(scripts=False, cookies=alice_is_in).page
    page.goto("/my/")
    page.click("form[action$='/my/offers/visits/accept/'] button")
    page.wait_for_selector(".notice--good")
    assert page.locator("form[action$='/my/offers/visits/accept/']").count() == 0
    assert page.locator(".challenge progress").count() == 1


def test_points_are_used_for_something_after_a_second_thought(
    visitor: Visitor, alice_is_in: StorageState
) -> None:
    page = visitor(scripts=False, cookies=alice_is_in).page
    page.goto("/my/")
    before = page.locator(".check").count()
    page.click("nav a[href='/my/benefits/']")
    page.click("a[href='/my/benefits/shelf/coffee/']")
    page.click("main form button")
    page.wait_for_selector(".notice--good")
    assert page.locator(".check").count() == before + 1


def test_seats_are_booked_and_given_up_on_a_phone(visitor: Visitor, alice_is_in: StorageState) -> None:
    page = visitor(scripts=False, cookies=alice_is_in).page
    page.goto("/my/benefits/")
    page.fill("#seats-evening", "2")
    page.click("form[action$='/evening/book/'] button")
    page.wait_for_selector(".notice--good")
    assert page.locator("form[action$='/evening/book/']").count() == 0
    page.click("form[action$='/evening/unbook/'] button")
    page.wait_for_selector(".notice--good")
    assert page.locator("form[action$='/evening/book/']").count() == 1
