"""A real server on a database of its own, a real Chromium, and the mails that were sent."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.config.programs import BASE_DIR, environment, free_port, manage, python

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 30
ALICE = "alice@post.example"


RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@dataclass(frozen=True)
class Club:
    url: str
    mails: Path

    def newest_mail_to(self, address: str) -> str:
        """The subject of the newest mail to an address."""
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default) for path in newest_first(self.mails)
        ]
        return next(str(mail["Subject"]) for mail in found if mail["To"] == address)


def newest_first(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)


@pytest.fixture(scope="session")
def club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Club]:
    with serving(
        tmp_path_factory.mktemp("club"),
        lambda settings: python("-m", "tests.browser.seed", settings=settings),
    ) as club:
        yield club


@contextmanager
def serving(
    folder: Path, fill: Callable[[dict[str, str]], "subprocess.CompletedProcess[str]"], **more: str
) -> Iterator[Club]:
    """A server on a new database in ``folder``, once ``fill`` has put into it what is needed; ``more`` are settings."""
    port = free_port()
    settings = {
        "STAMKUND_ENV": "demo",
        "STAMKUND_VAR": str(folder),
        "LOG_LEVEL": "WARNING",
        **more,
    }
    for made in (manage("setup", settings=settings), fill(settings)):
        assert made.returncode == 0, made.stderr
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            f"--bind=127.0.0.1:{port}",
            "--threads=4",
            "--no-control-socket",
        ],
        env=environment(**settings),
        cwd=BASE_DIR,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Club(url=answering(f"http://localhost:{port}"), mails=folder / "mail")
    finally:
        server.terminate()
        server.wait(PATIENCE)


def answering(url: str) -> str:
    """Wait until the server answers, and return its address."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"{url}/health/").close()  # noqa: S310 - our own server
            return url
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}: apt install chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """One browser window, and what the browser complained about in it."""

    page: Page
    complaints: list[str]


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def alice_is_in(club: Club, chromium: Browser) -> StorageState:
    """The cookies of a member who has logged in, once: codes are only mailed so often."""
    context = chromium.new_context(base_url=club.url, locale="sv-SE")
    page = context.new_page()
    page.goto("/accounts/login/code/")
    page.fill("input[name=email]", ALICE)
    page.click("main button[type=submit]")
    enter_code(page, club, ALICE)
    cookies = context.storage_state()
    context.close()
    return cookies


def enter_code(page: Page, club: Club, address: str) -> None:
    """Enter the code that was mailed to an address, and come to the member's page."""
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", club.newest_mail_to(address).split()[0])
    page.click("main form.card button[type=submit]")
    page.wait_for_url("**/my/")


@pytest.fixture
def visitor(club: Club, chromium: Browser) -> Iterator[Visitor]:
    """Open a window: ``visitor(width=390, scheme="light", scripts=True, language="sv-SE", cookies=None)``."""
    contexts: list[BrowserContext] = []

    def open_window(
        *,
        width: int = 390,
        scheme: str = "light",
        scripts: bool = True,
        language: str = "sv-SE",
        cookies: StorageState | None = None,
    ) -> Visit:
        context = chromium.new_context(
            base_url=club.url,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            locale=language,
            storage_state=cookies,
        )
        contexts.append(context)
        visit = Visit(context.new_page(), [])
        visit.page.on(
            "console",
            lambda message: visit.complaints.append(message.text) if message.type == "error" else None,
        )
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        return visit

    yield open_window
    for context in contexts:
        context.close()


def faults(page: Page, part: str = "") -> list[str]:
    """What axe finds on a page, or in a part of it, and whether the page can be pushed sideways."""
    found = [
        f"{page.url}: {one['id']} ({one['impact']}): {one['nodes'][0]['html']}"
        for one in Axe().run(page, part or None, RULES).response["violations"]
    ]
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, f"{page.url}: wider than the window"] if too_wide else found
