"""``manage.py run_due``: carry out by hand what the beat carries out every hour."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from loyalty.actions import run_due


class Command(BaseCommand):
    help = "Settle, lapse, move tiers and close what has fallen due. Safe to run late, twice or in parts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", default="", help="ISO time (2025-04-01T00:05); now when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        done = run_due(at=_moment(options["at"]) if options["at"] else now, now=now)
        self.stdout.write(f"{done.accounts} accounts had something fall due.")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"“{text}” is not an ISO time like 2025-04-01T00:05.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
