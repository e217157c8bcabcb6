"""Translations: the repository holds readable .po files, and this builds the .mo files that Django reads."""

import os
from pathlib import Path

import polib
from django.conf import settings


def build_catalogues() -> list[Path]:
    """Build the .mo file beside every .po file that is newer, and return those built."""
    return [
        build(po)
        for folder in settings.LOCALE_PATHS
        for po in sorted(Path(folder).rglob("*.po"))
        if is_due(po)
    ]


def is_due(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def build(po: Path) -> Path:
    unfinished = po.with_suffix(f".{os.getpid()}.tmp")
    polib.pofile(str(po)).save_as_mofile(str(unfinished))
    return unfinished.replace(po.with_suffix(".mo"))
