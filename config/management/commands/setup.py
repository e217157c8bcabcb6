from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.actions import ensure_default_campaigns
from config.catalogues import build_catalogues
from config.schedule import write_schedule


class Command(BaseCommand):
    help = (
        "Make the club ready to run: translations, tables, periodic tasks, the first campaigns. "
        "Safe to run again, as at every upgrade."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--static", action="store_true", help="also collect the static files")

    def handle(self, *args: Any, **options: Any) -> None:
        build_catalogues()
        call_command("migrate", interactive=False, verbosity=max(0, options["verbosity"] - 1))
        call_command("createcachetable", verbosity=0)
        write_schedule()
        ensure_default_campaigns(now=timezone.now())
        if options["static"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.IS_PRODUCTION:
            call_command("check", deploy=True, databases=["default"])
        self.stdout.write("Ready.")
