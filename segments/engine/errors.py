"""What is wrong with a definition, and where."""


class Malformed(Exception):
    """``place`` leads to what must be put right, as in ("all", 0, "op"); ``key`` is a stable word for machines."""

    def __init__(self, place: tuple[str | int, ...], key: str, **facts: object) -> None:
        super().__init__(key)
        self.place = place
        self.key = key
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.pointer}: {self.key} {self.facts or ''}".strip()

    @property
    def pointer(self) -> str:
        """The place as text: “all/0/op”; the whole is “the definition” and has none."""
        return "/".join(map(str, self.place))
