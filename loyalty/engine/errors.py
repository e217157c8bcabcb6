"""What the engine refuses, each with a key that faces turn into a sentence."""

from collections.abc import Iterable

Place = tuple[str | int, ...]


class ProgrammeError(ValueError):
    """A programme that cannot work. ``place`` is the path in the document, ``line`` that of its file."""

    def __init__(self, message: str, place: Place = (), line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.line = line

    def __str__(self) -> str:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place)
        told = f"{where.lstrip('.')}: {self.message}" if where else self.message
        return told if self.line is None else f"line {self.line}: {told}"


class FileRefused(ValueError):
    """A file with everything that is wrong in it, in the order of its lines."""

    def __init__(self, errors: Iterable[ProgrammeError]) -> None:
        self.errors = sorted(errors, key=lambda error: error.line or 0)
        super().__init__("\n".join(map(str, self.errors)))


class Refused(Exception):
    """A happening that the rules do not allow. Nothing has changed.

    ``key`` is stable (``voucher_expired``); ``facts`` holds the numbers of its sentence.
    """

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
