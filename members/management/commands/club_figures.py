import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from members.insights import club_figures


class Command(BaseCommand):
    help = "Tell the club's figures: members, orders, returns and how many buy again. Money is in öre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object for other programs to read.")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = asdict(club_figures())
        if options["json"]:
            self.stdout.write(json.dumps(figures, default=str))
        else:
            self.stdout.write("\n".join(f"{name:28}{figure!s:>16}" for name, figure in figures.items()))
