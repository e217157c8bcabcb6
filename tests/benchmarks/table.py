"""Results as rows of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """``ratio`` is to the floor named in ``what``; ``target`` is what is asked of the figure or the ratio."""

    what: str
    figure: str
    ratio: str = ""
    target: str = ""


HEAD = Row("what", "figure", "ratio", "target")


def of_pairs(ours: Sequence[float], floors: Sequence[float]) -> str:
    """The median of the ratios of each pair, and the lowest and the highest of them."""
    ratios = sorted(one / floor for one, floor in zip(ours, floors, strict=True))
    return f"{median(ratios):.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}]"


def written(title: str, rows: Sequence[Row]) -> str:
    """A Markdown table that can also be read as it is."""
    cells = [(row.what, row.figure, row.ratio, row.target) for row in (HEAD, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    cells.insert(1, ("-" * widths[0], "-" * widths[1], "-" * widths[2], "-" * widths[3]))
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    return "\n".join([f"## {title}", "", *lines, ""])
