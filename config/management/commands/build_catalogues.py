from typing import Any

from django.core.management.base import BaseCommand

from config.catalogues import build_catalogues


class Command(BaseCommand):
    help = "Build the translation catalogues from their .po files; no gettext needed."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for catalogue in build_catalogues():
            self.stdout.write(str(catalogue))
