import os
import secrets
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import LOGINS, build_club
from config.supervisor import run_together
from members.models import User

# A demo must never touch the database, the broker or the mail server of a real club.
SETTINGS_OF_A_REAL_CLUB = (
    "ALLOWED_HOSTS", "ANYMAIL_BACKEND", "CELERY_BROKER_URL", "DATABASE_URL", "DEBUG", "EMAIL_URL", "HTTPS_ONLY",
    "MEDIA_ROOT", "REDIS_URL", "SECRET_KEY", "STATIC_ROOT", "TRUSTED_PROXY_COUNT",
)  # fmt: skip

BAR_LENGTH = 30


class Command(BaseCommand):
    help = "Show the club on this machine: an invented club in a database of its own, the web pages and the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--folder", default=str(settings.BASE_DIR / "var" / "demo"), help="where it keeps all"
        )
        parser.add_argument(
            "--mail-port",
            type=int,
            help="hand the mails to an SMTP server at this port of this machine, instead of writing them to files",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port, folder = options["port"], Path(options["folder"]).resolve()
        if settings.ENVIRONMENT != "demo":
            start_again_as_demo(folder, port, options["mail_port"])
        refuse_taken_port(port)
        call_command("setup", verbosity=0)
        if not User.objects.exists():
            self.build(folder)
        self.greet(port, folder, options["mail_port"])
        ended = run_together(programs(port), os.environ)
        if ended:
            raise CommandError(
                f"The {ended} ended by itself, so the demo ended too. Its last words are above."
            )
        self.stdout.write("Stopped.")

    def build(self, folder: Path) -> None:
        self.stdout.write("Building eighteen months of an invented club. This takes about a minute, once.")
        key = build_club(now=timezone.now(), tell=self.tell)
        self.tell("Built", 1)
        self.stdout.write("")
        path = api_key_file(folder)
        path.touch(mode=0o600)
        path.write_text(key)

    def tell(self, stage: str, share: float) -> None:
        """Draw how far the build has come; where nobody watches, as in a log, tell only its stages."""
        if self.stdout.isatty():
            bar = "█" * round(share * BAR_LENGTH)
            self.stdout.write(f"\r  {stage:<18}{bar:░<{BAR_LENGTH}} {share:4.0%}", ending="")
        elif share in (0, 1):
            self.stdout.write(f"  {stage}")
        self.stdout.flush()

    def greet(self, port: int, folder: Path, mail_port: int | None) -> None:
        self.stdout.write(f"\n  Console       http://localhost:{port}/admin/")
        self.stdout.write(f"  Member pages  http://localhost:{port}/")
        self.stdout.write(f"  API           http://localhost:{port}/api/v1/docs/")
        for login in LOGINS:
            self.stdout.write(f"  {login.role:<13} {login.email:<20} password {login.password}")
        if api_key_file(folder).exists():
            self.stdout.write(f"  API key       {api_key_file(folder).read_text()}")
        mails = f"localhost:{mail_port} by SMTP" if mail_port else settings.MAIL_DIR
        self.stdout.write(f"  Mails sent    {mails}   (codes to log in with, too)")
        self.stdout.write("\nStop with Ctrl-C.\n")
        self.stdout.flush()


def start_again_as_demo(folder: Path, port: int, mail_port: int | None) -> None:
    """Replace this process by one whose settings are the demo's from the start."""
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_A_REAL_CLUB}
    environment |= {
        "STAMKUND_ENV": "demo",
        "STAMKUND_VAR": str(folder),
        "SECRET_KEY": secret_key_of(folder),
        "CLUB_NAME": "Hemvist",
        "CLUB_POSTAL_ADDRESS": "Påhittade gatan 1, 411 01 Göteborg",
        "CLUB_URL": f"http://localhost:{port}",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }
    arguments = ["--port", str(port), "--folder", str(folder)]
    if mail_port:
        environment["EMAIL_URL"] = (
            f"smtp://127.0.0.1:{mail_port}"  # of this machine only: nobody real is mailed
        )
        arguments += ["--mail-port", str(mail_port)]
    manage = str(settings.BASE_DIR / "manage.py")
    sys.stdout.flush()
    os.execve(  # noqa: S606 - ourselves, no shell needed
        sys.executable,
        [sys.executable, manage, "demo", *arguments],
        environment,
    )


def secret_key_of(folder: Path) -> str:
    """Return the demo's own key, made at its first start."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


def api_key_file(folder: Path) -> Path:
    """Where the demo keeps the key that it shows; of a real club's keys there is only a digest."""
    return folder / "api-key"


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken. Choose another: .venv/bin/python manage.py demo --port 8001"
            ) from error


def programs(port: int) -> dict[str, list[str]]:
    python = sys.executable
    return {
        "web server": [
            python, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
            "--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--no-control-socket",
            "--log-level", "warning", "--chdir", str(settings.BASE_DIR),
        ],
        "worker": [
            python, "-m", "celery", "--app", "config", "--workdir", str(settings.BASE_DIR), "--quiet", "worker",
            "--beat", "--concurrency", "1", "--loglevel", "warning", "--without-gossip", "--without-mingle",
        ],
    }  # fmt: skip
