"""The processes of ``mail``: ``python -m tests.benchmarks.letters plan COUNT | send COUNT | floor COUNT | sink``."""

import os
import smtplib
import sys
from collections.abc import Callable
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# Only now: they need the settings.
from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns import actions  # noqa: E402
from campaigns.engine.text import Wording  # noqa: E402
from campaigns.queries import Plan, triggers  # noqa: E402
from tests.campaigns import make  # noqa: E402

CHUNK = 500
SUBJECT = "Nytt i butiken den här veckan"
PRODUCTS = [
    {"number": number, "name": f"Lampa {number}", "price": f"{number}49 kr"} for number in range(101, 109)
]
TEMPLATES = Engine(dirs=[str(Path(__file__).parent / "letter")])


def rendered(part: str, values: dict[str, str]) -> str:
    return TEMPLATES.get_template(part).render(Context({**values, "products": PRODUCTS}))


def plan(count: int) -> None:
    """A campaign that says what the floor says, and a message of it to each of so many members."""
    now = timezone.now()
    names = {name: f"{{{{{name}}}}}" for name in triggers["member.joined"].names}
    wording = Wording(SUBJECT, rendered("letter.txt", names), rendered("letter.html", names))
    campaign = actions.create_campaign(
        key="welcome",
        name="Nytt",
        trigger="member.joined",
        plan=Plan(texts={"sv": wording}),
        actor="benchmark",
        now=now,
    )
    actions.activate_campaign(campaign=campaign, now=now)
    make.many_planned(count, now=now)


def send(count: int) -> None:
    sent = 0
    while sent < count:
        into = actions.send_messages(now=timezone.now(), limit=CHUNK).into
        if set(into) != {"accepted"}:
            raise SystemExit(f"Not every letter was accepted: {into}")
        sent += into["accepted"]


def floor(count: int) -> None:
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for number in range(count):
            values = {
                "greeting": "Hej Kim!",
                "member_number": f"{number:010}",
                "club_name": "Klubben",
                "member_page": "https://klubben.example/",
                "unsubscribe_link": f"https://klubben.example/u/{number:024}",
            }
            to = f"m{number}@post.example"
            mail = EmailMultiAlternatives(SUBJECT, rendered("letter.txt", values), to=[to])
            mail.attach_alternative(rendered("letter.html", values), "text/html")
            content = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            server.sendmail("club@butiken.example", [to], content)


class Taker(BaseRequestHandler):
    """Says yes to every letter and keeps none."""

    def handle(self) -> None:
        self.unread = b""
        self.request.sendall(b"220 sink\r\n")
        while command := self.read_to(b"\r\n").upper():
            if command == b"DATA":
                self.request.sendall(b"354 go on\r\n")
                self.read_to(b"\r\n.\r\n")
            self.request.sendall(b"221 bye\r\n" if command == b"QUIT" else b"250 yes\r\n")

    def read_to(self, end: bytes) -> bytes:
        while end not in self.unread:
            if not (more := self.request.recv(1 << 16)):
                return b""
            self.unread += more
        told, _, self.unread = self.unread.partition(end)
        return told


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def sink() -> None:
    ThreadingTCPServer.daemon_threads = True
    with ThreadingTCPServer(("127.0.0.1", 0), Taker) as server:
        say(f"listening {server.server_address[1]}")
        server.serve_forever()


def when_told(work: Callable[[int], None], count: int) -> None:
    """Everything is loaded before the clock starts."""
    say("ready")
    sys.stdin.readline()
    work(count)
    say("done")


def main(role: str, *count: str) -> None:
    if role == "sink":
        sink()
        return
    if role == "plan":
        plan(int(count[0]))
    else:
        when_told({"send": send, "floor": floor}[role], int(count[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
