"""``manage.py settle_again``: a run that settled wrongly is undone and settled again, for everybody."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty import actions
from members.actions import UnableTo


class Command(BaseCommand):
    help = (
        "Take back the unused vouchers that a run gave and settle it again by the rules in force. What was used stays "
        "paid. Stopped half-way it can be called again: nothing is paid twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("conversion", help="the key of the conversion in the programme")
        parser.add_argument("day", type=date.fromisoformat, help="the day of the run, like 2025-03-31")
        parser.add_argument("--reason", required=True, help="kept for good, and shown to whoever asks why")

    def handle(self, *args: Any, **options: Any) -> None:
        told = {name: options[name] for name in ("conversion", "day", "reason")}
        try:
            changed = actions.reopen_run_for_all(**told, actor="manage.py settle_again", now=timezone.now())
        except UnableTo as error:
            raise CommandError(f"{error.key}: nothing was changed.") from error
        self.stdout.write(f"{changed} accounts changed.\n")
