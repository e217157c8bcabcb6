"""What an installed club finds beside its code is what the tree holds: presets, maps, schemas, pages, languages."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.test_floors import BASE_DIR, FLOORS

SETUPTOOLS = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["setuptools"]
FOLDERS = (*FLOORS, "templates", "static", "locale")


def files_of(folder: str) -> list[Path]:
    found = (path.relative_to(BASE_DIR) for path in (BASE_DIR / folder).rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]


def is_packed(path: Path) -> bool:
    """Whether the file's folder is a package, and the file Python or data, by the rules of setuptools."""
    package, asked = ".".join(path.parent.parts), SETUPTOOLS["packages"]["find"]
    is_package = any(fnmatchcase(package, one) for one in asked["include"]) and not any(
        fnmatchcase(package, one) for one in asked["exclude"]
    )
    is_data = any(fnmatchcase(path.name, one) for one in SETUPTOOLS["package-data"]["*"])
    has_plain_name = all("." not in part for part in path.parent.parts) and not path.name.startswith(".")
    return is_package and has_plain_name and (path.suffix == ".py" or is_data)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_the_club_is_packed(folder: str) -> None:
    files = files_of(folder)
    assert files
    assert [path for path in files if not is_packed(path)] == []


@pytest.mark.parametrize("other", ["tests/make.py", "requirements/base.in", "loyalty/__pycache__/urls.pyc"])
def test_nothing_else_is_packed(other: str) -> None:
    assert not is_packed(Path(other))
