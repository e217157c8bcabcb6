"""Somebody with nothing but a staff login, who fills in forms by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.conftest import Club

STAFF, PASSWORD = "vera@shop.example", "en lång och egen fras"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@contextmanager
def staff_window(club: Club, chromium: Browser) -> Iterator[Page]:
    """A window of the console, in which the staff member has logged in."""
    context = chromium.new_context(base_url=club.url, locale="sv-SE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("summary", has_text="Andra sätt").click()
    page.fill("input[name=login]", STAFF)
    page.fill("input[name=password]", PASSWORD)
    page.click("button:has-text('Logga in med lösenord')")
    page.wait_for_load_state()
    yield page
    context.close()


@dataclass
class Hand:
    """Fills in forms and counts the fields; where there is a folder for ``pictures``, keeps what it looks at."""

    page: Page
    fields: int = 0
    pictures: Path | None = None

    def write(self, name: str, text: str) -> None:
        self.fields += 1
        self.page.fill(f"[name='{name}']", text)

    def choose(self, name: str, words: str) -> None:
        self.fields += 1
        self.page.select_option(f"[name='{name}']", label=words)

    def tick(self, words: str) -> None:
        self.fields += 1
        self.page.check(f"label:has-text('{words}') >> visible=true")

    def open(self, words: str) -> None:
        self.page.locator("summary:visible", has_text=words).first.click()

    def add(self, words: str) -> None:
        self.page.locator(".wb-add", has_text=words).first.click()

    def save(self) -> None:
        self.page.click(".wb-buttons button[name=save]")
        self.page.wait_for_url("**/change/*")

    def confirm(self) -> None:
        """Look at what it would do, and do it."""
        for button in ("Förhandsgranska", "Genomför"):
            self.page.locator("#content-main button", has_text=button).click()

    def look(self, name: str) -> None:
        """The page on a phone, where nothing can be pushed sideways, and on a desk."""
        for width in (390, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert not self.page.evaluate(TOO_WIDE), (name, width)
            if self.pictures:
                self.page.screenshot(path=self.pictures / f"{name}-{width}.png", full_page=True)
