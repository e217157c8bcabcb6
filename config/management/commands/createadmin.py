import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.staff import UnableToCreateStaff, create_staff_login


class Command(BaseCommand):
    help = (
        "Create a staff login with every right. The password comes from STAMKUND_ADMIN_PASSWORD or is asked for; "
        "left empty, the login is by a code sent by mail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = create_staff_login(email=options["email"], password=ask_password())
        except UnableToCreateStaff as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.email} may log in at /admin/.")


def ask_password() -> str | None:
    password = os.environ.get("STAMKUND_ADMIN_PASSWORD", "")
    if not password and sys.stdin.isatty():
        password = getpass.getpass("Password (empty: log in by mailed code): ")
    return password or None
