"""Translations: each readable .po file has the .mo file that Django reads beside it, and both lie in the repository."""

import os
from pathlib import Path

import polib
from django.conf import settings


def build_catalogues() -> list[Path]:
    """Build the .mo file beside every .po file that says something else, and return those built."""
    return [build(po) for po in po_files() if not is_in_step(po)]


def po_files() -> list[Path]:
    return [po for folder in settings.LOCALE_PATHS for po in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))]


def is_in_step(po: Path) -> bool:
    """Compare what they say: a checkout gives files any order in time."""
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.read_bytes() == compiled(po)


def compiled(po: Path) -> bytes:
    catalogue: bytes = polib.pofile(str(po)).to_binary()
    return catalogue


def build(po: Path) -> Path:
    unfinished = po.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_bytes(compiled(po))
    return unfinished.replace(po.with_suffix(".mo"))
