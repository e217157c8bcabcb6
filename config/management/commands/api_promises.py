from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.reference.promises import RELEASED, broken, described, promises_of, released


class Command(BaseCommand):
    help = "Check that the API keeps what has been promised of v1. With --release, promise all that it does today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--release", action="store_true", help="write down what is there now")

    def handle(self, *args: Any, **options: Any) -> None:
        current = promises_of(described())
        if found := broken(released(), current):
            raise CommandError("v1 does not keep its word:\n  " + "\n  ".join(found))
        new = current - released()
        if options["release"] and new:
            RELEASED.write_text("".join(f"{line}\n" for line in sorted(current)))
        self.stdout.write(
            f"{len(released())} promises are kept; {len(new)} more are there, "
            + ("and are promised now." if options["release"] else "not promised yet.")
        )
