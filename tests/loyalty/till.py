"""A shop's own table of receipts, to be imported."""

import csv
from pathlib import Path
from typing import Any

from django.core.management import call_command

MAP = """
source: till
return_prefix: R
columns: {number: no, placed_at: at, quantity: qty, unit_price: price, member: who, sku: sku, store: store}
"""
HEADER = "no,at,qty,price,who,sku,store"


class Till:
    """A folder with a shop's own map and files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "till.yaml").write_text(MAP)

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects.csv"

    def write(self, *rows: str) -> Path:
        path = self.folder / "orders.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        return path

    def take_in(self, *rows: str, **options: Any) -> None:
        path = self.write(*rows)
        call_command(
            "import_orders", path, map=str(self.folder / "till.yaml"), rejects=self.rejects, **options
        )

    def left_out(self) -> list[tuple[str, str, str, str]]:
        with self.rejects.open(newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == ["line", "number", "kind", "reason", "explanation"]
        return [(line, number, kind, reason) for line, number, kind, reason, _why in rows[1:]]
