"""Ready-made definitions with sliders: files of the lowest floor that knows all they ask for.

Each file holds its names in every language, its ``sliders`` and ``pickers``, and a ``definition`` in which
``{slider: days}`` and ``{picker: category}`` stand for what somebody chooses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import get_language

from members.registry import Registry
from segments.engine.tree import number_document
from segments.engine.values import read_number

template_folders: Registry[Path] = Registry("folder of templates")
template_folders.register("segments")(Path(__file__).resolve().parents[1] / "filters" / "templates")

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Slider:
    """A whole number from ``least`` to ``most``, both included."""

    key: str
    label: Words
    unit: Words
    least: int
    most: int
    step: int
    default: int


@dataclass(frozen=True, slots=True)
class Picker:
    """What the facts ``of`` a kind are narrowed by, chosen by name; ``default`` may be blank."""

    key: str
    label: Words
    of: str
    detail: str
    default: str


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    position: int
    name: Words
    about: Words
    sliders: tuple[Slider, ...]
    pickers: tuple[Picker, ...]
    definition: Any


def templates() -> list[Template]:
    """All of them, in their order."""
    return sorted(_by_key().values(), key=lambda one: one.position)


def template(key: str) -> Template | None:
    return _by_key().get(key)


@cache
def _by_key() -> Mapping[str, Template]:
    files = (file for folder in template_folders.values() for file in sorted(folder.glob("*.yaml")))
    return {file.stem: _read(file) for file in files}


def _read(file: Path) -> Template:
    told = yaml.safe_load(file.read_text("utf-8"))
    sliders = tuple(
        Slider(
            one["key"],
            one["label"],
            one.get("unit", {}),
            one["from"],
            one["to"],
            one.get("step", 1),
            one["default"],
        )
        for one in told["sliders"]
    )
    pickers = tuple(
        Picker(one["key"], one["label"], one["of"], one["detail"], one.get("default", ""))
        for one in told.get("pickers", ())
    )
    return Template(
        file.stem, told["position"], told["name"], told["about"], sliders, pickers, told["definition"]
    )


def in_words(words: Words) -> str:
    """In the reader's language, else in the club's."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return words.get(language) or words.get(settings.LANGUAGE_CODE[:2], "")


def filled(made: Template, chosen: Mapping[str, int | str]) -> Any:
    """The definition with what was ``chosen``, by the keys of sliders and pickers; all must be there."""
    return _filled(made.definition, chosen)


def _filled(part: Any, chosen: Mapping[str, int | str]) -> Any:
    if isinstance(part, list):
        return [_filled(one, chosen) for one in part]
    if not isinstance(part, dict):
        return part
    if "picker" in part:
        return chosen[part["picker"]]
    if "slider" in part:
        number = read_number(chosen[part["slider"]], ())
        return number_document(number * part.get("times", 1) / part.get("over", 1))
    return {name: _filled(one, chosen) for name, one in part.items()}
