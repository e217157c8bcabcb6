"""Imports and foreign keys point down only, and every app has the same rooms."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

BASE_DIR = Path(__file__).resolve().parents[1]
# From the ground up.
FLOORS = ("members", "segments", "loyalty", "campaigns", "config")
# A room is named after its one job; these names would fit anything.
NO_ROOMS = ("utils", "helpers", "services", "managers", "signals", "constants")
MODULE_LINES = 400
FUNCTION_LINES = 60

MODULES = [
    path
    for app in FLOORS
    for path in sorted((BASE_DIR / app).rglob("*.py"))
    if "migrations" not in path.parts
]


def test_every_import_respects_the_floors_and_the_rooms() -> None:
    ran = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def relations() -> Iterator[tuple[str, str, str]]:
    """Yield (field, its app, the app it points to) of every relation of every model."""
    for model in apps.get_models(include_auto_created=True):
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model:
                yield str(field), model._meta.app_label, field.related_model._meta.app_label


def test_every_foreign_key_points_down() -> None:
    ours = [relation for relation in relations() if relation[1] in FLOORS and relation[2] in FLOORS]
    assert [name for name, source, target in ours if FLOORS.index(source) < FLOORS.index(target)] == []
    assert ours


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_every_module_can_be_read_in_one_sitting(path: Path) -> None:
    source = path.read_text()
    assert path.stem not in NO_ROOMS
    assert len(source.splitlines()) <= MODULE_LINES
    too_long = [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert too_long == []
