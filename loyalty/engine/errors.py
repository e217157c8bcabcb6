"""What the engine refuses, each with a key that faces turn into a sentence."""

Place = tuple[str | int, ...]


class ProgrammeError(ValueError):
    """A programme that cannot work. ``place`` is the path in the document."""

    def __init__(self, message: str, place: Place = ()) -> None:
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place)
        return f"{where.lstrip('.')}: {self.message}" if where else self.message


class Refused(Exception):
    """A happening that the rules do not allow. Nothing has changed.

    ``key`` is stable (``voucher_expired``); ``facts`` holds the numbers of its sentence.
    """

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
