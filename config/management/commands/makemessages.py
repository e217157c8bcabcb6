"""Collects what is to be translated. For developers: it needs gettext, which building and running do not."""

import json
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from loyalty.forms.words import sentences_in

SCHEMA = "programme.schema.json"


class BuildFile(makemessages.BuildFile):
    """Reads the sentences of the programme schema too, which the console's forms show."""

    def preprocess(self) -> None:
        if not self.path.endswith(".json"):
            super().preprocess()
            return
        found = json.loads(Path(self.path).read_text("utf-8")) if self.path.endswith(SCHEMA) else {}
        calls = [f"gettext({sentence!r})" for sentence in sentences_in(found) if sentence]
        Path(self.work_path).write_text("\n".join(calls), "utf-8")


class Command(makemessages.Command):
    # Sentences kept in tables are marked with `later`, which xgettext does not know by itself.
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=later",
        "--keyword=_later",
    ]
    build_file_class = BuildFile

    def handle(self, *args: Any, **options: Any) -> None:
        options["extensions"] = options["extensions"] or ["html", "txt", "py", "json"]
        super().handle(*args, **options)
