"""Programmes that ship with Stamkund, each a folder with its programme and a scenario that proves it."""

from pathlib import Path

from loyalty.engine.files import read_programme

PRESETS = Path(__file__).resolve().parent.parent / "presets"


def preset_keys() -> list[str]:
    return sorted(path.parent.name for path in PRESETS.glob("*/programme.yaml"))


def preset_file(key: str, name: str) -> Path:
    """The file of a preset: ``name`` is programme or scenario."""
    return PRESETS / key / f"{name}.yaml"


def preset(key: str) -> dict[str, object]:
    """The programme document of a preset. Raises ``FileNotFoundError`` for a key that is not one."""
    return read_programme(preset_file(key, "programme").read_bytes())
