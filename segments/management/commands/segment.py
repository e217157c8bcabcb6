"""Segments from the command line: say whom you mean, see how many, and compute them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.actions import UnableTo
from segments import actions, queries
from segments.engine.errors import Malformed
from segments.models import Segment

ACTOR = "manage.py"


class Command(BaseCommand):
    help = "List, try, save and compute segments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("list", help="every segment with its size")
        trying = deeds.add_parser("try", help="count whom a file of JSON means, and save nothing")
        trying.add_argument("file", type=Path)
        saving = deeds.add_parser("save", help="save a file of JSON under a key")
        saving.add_argument("key")
        saving.add_argument("name")
        saving.add_argument("file", type=Path)
        computing = deeds.add_parser("compute", help="compute one segment, or all")
        computing.add_argument("key", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['deed']}")(options)
        except Malformed as error:
            raise CommandError(f"{error.pointer or 'definition'}: {queries.sentence_of(error)}") from error
        except UnableTo as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        for segment in Segment.objects.order_by("key"):
            size = "not computed" if segment.computed_at is None else segment.size
            self.stdout.write(f"{segment.key}  {segment.name}  {size}")

    def _try(self, options: dict[str, Any]) -> None:
        node = queries.read_definition(_definition(options["file"]))
        self.stdout.write(str(queries.members_of(node, now=timezone.now()).count()))

    def _save(self, options: dict[str, Any]) -> None:
        segment = actions.save_segment(
            key=options["key"],
            name=options["name"],
            definition=_definition(options["file"]),
            actor=ACTOR,
            now=timezone.now(),
        )
        self.stdout.write(f"{segment.key} version {segment.version}")

    def _compute(self, options: dict[str, Any]) -> None:
        found = Segment.objects.order_by("key")
        if options["key"]:
            found = found.filter(key=options["key"])
            if not found:
                raise CommandError(f"There is no segment called {options['key']}.")
        for segment in found:
            run = actions.recompute_segment(segment=segment, now=timezone.now())
            self.stdout.write(f"{segment.key}: {run.size} members, {run.entered} entered, {run.left} left")


def _definition(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from error
