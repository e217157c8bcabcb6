import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.management.commands.demo import (
    SETTINGS_OF_A_REAL_CLUB,
    programs,
    refuse_taken_port,
    secret_key_of,
)
from config.reference import sandbox
from config.supervisor import run_together


class Command(BaseCommand):
    help = "Serve a club to try the API on: a database of its own, a key to everything, and a button that resets it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--folder", default=str(settings.BASE_DIR / "var" / "sandbox"), help="where it keeps all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port, folder = options["port"], Path(options["folder"]).resolve()
        if not settings.IS_SANDBOX:
            start_again_as_sandbox(folder, port)
        refuse_taken_port(port)
        call_command("setup", verbosity=0)
        if not sandbox.is_made():
            sandbox.make(now=timezone.now())
        self.stdout.write(f"\n  Guide     http://localhost:{port}/api/v1/docs/")
        self.stdout.write(f"  Address   http://localhost:{port}/api/v1/")
        self.stdout.write(f"  API key   {sandbox.key()}\n\nStop with Ctrl-C.\n")
        self.stdout.flush()
        if ended := run_together(programs(port), os.environ):
            raise CommandError(f"The {ended} ended by itself, so the sandbox ended too.")
        self.stdout.write("Stopped.")


def start_again_as_sandbox(folder: Path, port: int) -> None:
    """Replace this process by one whose settings are the sandbox's from the start."""
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_A_REAL_CLUB}
    environment |= {
        "STAMKUND_ENV": "demo",
        "STAMKUND_SANDBOX": "true",
        "STAMKUND_VAR": str(folder),
        "SECRET_KEY": secret_key_of(folder),
        "CLUB_NAME": "Sandbox",
        "CLUB_URL": f"http://localhost:{port}",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }
    manage = str(settings.BASE_DIR / "manage.py")
    sys.stdout.flush()
    os.execve(  # noqa: S606 - ourselves, no shell needed
        sys.executable,
        [sys.executable, manage, "sandbox", "--port", str(port), "--folder", str(folder)],
        environment,
    )
