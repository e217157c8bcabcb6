"""A club of nobody's, in a database file of its own: filled once, copied aside, and copied back when asked."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.reference.club import open_small_club

AS_NEW, KEY = "as-new.sqlite3", "api-key"


def make(*, now: datetime) -> None:
    """Fill the empty database, and remember how it was."""
    text = open_small_club(now=now)
    path = settings.VAR_DIR / KEY
    path.touch(mode=0o600)
    path.write_text(text)
    _copy(_live(), settings.VAR_DIR / AS_NEW)


def reset() -> None:
    """Make all of it as it was. Who is calling meanwhile is answered before or after."""
    connection.close()
    _copy(settings.VAR_DIR / AS_NEW, _live())


def key() -> str:
    return str((settings.VAR_DIR / KEY).read_text())


def is_made() -> bool:
    return bool((settings.VAR_DIR / AS_NEW).exists())


def _live() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as of, closing(sqlite3.connect(target, timeout=20)) as to:
        of.backup(to)
