"""The checkout snippet on a page that a shop has written by hand, in a real Chromium."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Club, faults, serving
from tests.config.programs import free_port, python

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Kassan</title></head>
<body><main><h1>Kassan</h1><div id="club"></div>
<script src="{club}/static/checkout.js" data-token="{token}" data-into="#club" data-language="sv"
 data-cart='{{"lines": [{{"ref": "1", "quantity": 1, "gross_ore": 12000}}]}}' async></script>
</main></body></html>"""
TOKENS = """
import django
django.setup()
from django.utils import timezone
from loyalty.queries.browser_tokens import browser_token
from members.actions import create_api_key
from members.models import Member
now = timezone.now()
key, _text = create_api_key(name="shop", source="web", scopes=["read"], now=now, actor="test")
alice = Member.objects.get(email="alice@post.example")
for member in (alice, None):
    print(browser_token(api_key=key, member=member, at=now)[0])
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address and the folder of a shop of static pages."""
    folder = tmp_path_factory.mktemp("shop")
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def tokens(
    shop: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Club, list[str]]]:
    """A club that knows the shop's pages, and a token for Alice and one for a guest."""
    made: list[str] = []

    def fill(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        seeded = python("-m", "tests.browser.seed", settings=settings)
        told = python("-c", TOKENS, settings=settings | {"DJANGO_SETTINGS_MODULE": "config.settings"})
        assert told.returncode == 0, told.stderr
        made.extend(told.stdout.split())
        return seeded

    with serving(tmp_path_factory.mktemp("club"), fill, SHOP_ORIGINS=shop[0]) as club:
        yield club, made


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_one_tag_shows_points_checks_and_what_will_be_earned(
    page: Page, shop: tuple[str, Path], tokens: tuple[Club, list[str]]
) -> None:
    address, folder = shop
    club, [alice, _guest] = tokens
    (folder / "cart.html").write_text(PAGE.format(club=club.url, token=alice))
    page.goto(f"{address}/cart.html")
    page.wait_for_selector("#club .stamkund__earns")
    assert page.inner_text("#club .stamkund__points").startswith("Du har ")
    assert "120 poäng" in page.inner_text("#club .stamkund__earns")
    assert faults(page, "#club") == []
    page.evaluate("stamkund.show({lines: [{ref: '1', quantity: 1, gross_ore: 24000}]})")
    page.wait_for_function("document.querySelector('.stamkund__earns').textContent.includes('240 poäng')")


def test_a_guest_sees_what_a_member_would_earn(
    page: Page, shop: tuple[str, Path], tokens: tuple[Club, list[str]]
) -> None:
    address, folder = shop
    club, [_alice, guest] = tokens
    (folder / "guest.html").write_text(PAGE.format(club=club.url, token=guest))
    page.goto(f"{address}/guest.html")
    page.wait_for_selector("#club .stamkund__earns")
    assert "medlem" in page.inner_text("#club .stamkund__earns")
    assert page.locator("#club .stamkund__points").count() == 0


def test_a_page_of_somebody_else_and_a_token_that_has_ended_show_nothing_and_break_nothing(
    page: Page, shop: tuple[str, Path], tokens: tuple[Club, list[str]]
) -> None:
    address, folder = shop
    club, [alice, _guest] = tokens
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    (folder / "cart.html").write_text(PAGE.format(club=club.url, token=alice))
    (folder / "ended.html").write_text(PAGE.format(club=club.url, token="a.b.c"))
    for shown in (f"{address.replace('127.0.0.1', 'localhost')}/cart.html", f"{address}/ended.html"):
        with page.expect_console_message(lambda message: message.text.startswith("Stamkund:")):
            page.goto(shown)
        assert (page.inner_text("#club"), page.inner_text("h1")) == ("", "Kassan")
    assert broken == []
