"""``manage.py programme``: programme files in and out, checked, and published."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.actions import UnableToImport, import_programme, publish_version
from loyalty.engine.calendar import day_start
from loyalty.engine.errors import FileRefused
from loyalty.engine.files import read_programme_source, warnings_of, write
from loyalty.engine.plain_yaml import Source
from loyalty.models import ProgrammeVersion
from loyalty.queries import document_of
from loyalty.queries.presets import preset_file, preset_keys
from loyalty.queries.sentences import programme_sentences
from members.actions import UnableToPublish

ACTOR = "command"
UNREADABLE = 2


class Command(BaseCommand):
    help = "Check a programme file, import it as a draft, export a version as a file, or publish a draft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        file_help = f"a file, or a preset: {', '.join(preset_keys())}"
        check = parts.add_parser("check", help="tell what is wrong with a file, and what it says")
        check.add_argument("file", help=file_help)
        read = parts.add_parser("import", help="make a draft of a file")
        read.add_argument("file", help=file_help)
        read.add_argument("--name", required=True, help="what staff call the version")
        export = parts.add_parser("export", help="write a version as a file to standard output")
        export.add_argument("name")
        publish = parts.add_parser("publish", help="freeze a draft; it is in force from the start of a day")
        publish.add_argument("name")
        publish.add_argument("--from", dest="from_date", required=True, help="the first day: 2025-04-01")

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        parts: dict[str, Any] = {
            "check": self.check_file,
            "import": self.read,
            "export": self.export,
            "publish": self.publish,
        }
        parts[part](**options)

    def check_file(self, *, file: str, **options: Any) -> None:
        source = _source(file)
        for warning in warnings_of(source):
            self.stdout.write(self.style.WARNING(f"{_path(file)}: {warning}"))
        for sentence in programme_sentences(source.value):
            self.stdout.write(sentence)

    def read(self, *, file: str, name: str, **options: Any) -> None:
        try:
            version = import_programme(document=_source(file).value, name=name, now=timezone.now())
        except UnableToImport as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{version.name}” is a draft now.")

    def export(self, *, name: str, **options: Any) -> None:
        self.stdout.write(write(document_of(_version(name))), ending="")

    def publish(self, *, name: str, from_date: str, **options: Any) -> None:
        version = _version(name)
        start = day_start(_day(from_date), ZoneInfo(version.time_zone))
        try:
            publish_version(version=version, valid_from=start, now=timezone.now(), actor=ACTOR)
        except UnableToPublish as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{version.name}” is in force from {from_date} on.")


def _path(file: str) -> Path:
    return preset_file(file, "programme") if file in preset_keys() else Path(file)


def _source(file: str) -> Source:
    path = _path(file)
    try:
        return read_programme_source(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=UNREADABLE) from error
    except FileRefused as refused:
        told = "\n".join(f"{path}: {error}" for error in refused.errors)
        raise CommandError(told, returncode=UNREADABLE) from refused


def _version(name: str) -> ProgrammeVersion:
    version = ProgrammeVersion.objects.filter(name=name).first()
    if version is None:
        known = ", ".join(ProgrammeVersion.objects.order_by("pk").values_list("name", flat=True))
        raise CommandError(f"There is no version “{name}”. There are: {known or 'none'}.")
    return version


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a day like 2025-04-01.") from error
