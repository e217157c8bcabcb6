"""``manage.py rehearse``: play a scenario under a programme file, without a database."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from loyalty.engine.errors import FileRefused
from loyalty.engine.files import read_programme
from loyalty.queries.presets import preset_file, preset_keys
from loyalty.queries.rehearsals import Rehearsal, ledger_table, rehearsal_of

Read = TypeVar("Read")
DIFFERENT = 1
UNREADABLE = 2


class Command(BaseCommand):
    help = (
        "Play a scenario under a programme file and show the ledger it gives. Ends with 1 when something came out "
        "otherwise than the scenario expects, with 2 when a file cannot be used. Needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", help=f"a file, or a preset: {', '.join(preset_keys())}")
        parser.add_argument("scenario", nargs="?", help="a file; the preset's own when left out")
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        programme, scenario = _paths(options["programme"], options["scenario"])
        document = _refusing(programme, lambda: read_programme(_content(programme)))
        beside = lambda name: read_programme(_content(programme.parent / name))  # noqa: E731
        rehearsal = _refusing(scenario, lambda: rehearsal_of(document, _content(scenario), beside))
        if options["json"]:
            self.stdout.write(json.dumps(_for_machines(rehearsal), ensure_ascii=False, indent=1, default=str))
        else:
            with translation.override(options["language"]):
                self._show(rehearsal)
        if rehearsal.differences:
            told = f"{len(rehearsal.differences)} came out otherwise than {scenario} expects."
            raise CommandError(told, returncode=DIFFERENT)

    def _show(self, rehearsal: Rehearsal) -> None:
        self.stdout.write(f"{rehearsal.title}\n\n")
        for line in _aligned(ledger_table(rehearsal)):
            self.stdout.write(line)
        self.stdout.write("")
        for difference in rehearsal.differences:
            self.stdout.write(
                f"line {difference.line}: {difference.what}: expected {_plain(difference.expected)}, "
                f"got {_plain(difference.got)}"
            )


def _paths(programme: str, scenario: str | None) -> tuple[Path, Path]:
    if programme in preset_keys():
        own = preset_file(programme, "scenario")
        return preset_file(programme, "programme"), Path(scenario) if scenario else own
    if scenario is None:
        known = ", ".join(preset_keys())
        raise CommandError(f"Which scenario? Only presets bring their own: {known}.", returncode=UNREADABLE)
    return Path(programme), Path(scenario)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=UNREADABLE) from error


def _refusing(path: Path, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except FileRefused as refused:
        told = "\n".join(f"{path}: {error}" for error in refused.errors)
        raise CommandError(told, returncode=UNREADABLE) from refused


def _aligned(table: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _for_machines(rehearsal: Rehearsal) -> dict[str, Any]:
    rows = [{name: getattr(row, name) for name in row.__slots__} for row in rehearsal.rows]
    differences = [{name: getattr(one, name) for name in one.__slots__} for one in rehearsal.differences]
    return {
        "scenario": rehearsal.title,
        "rows": [{name: value for name, value in row.items() if value not in (None, "")} for row in rows],
        "differences": differences,
    }
