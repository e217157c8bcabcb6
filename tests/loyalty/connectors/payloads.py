"""The sample payloads, parsed."""

import json
from pathlib import Path
from typing import Any

from members.actions import NewOrder, NewReturn

PAYLOADS = Path(__file__).resolve().parents[2] / "data" / "payloads"


def sample(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_text())


def amounts(order: NewOrder) -> list[tuple[str, int, int]]:
    """Ref, price and discount of each line."""
    return [(line.ref, line.gross_ore, line.discount_ore) for line in order.lines]


def paid_ore(order: NewOrder) -> int:
    return sum(line.gross_ore - line.discount_ore for line in order.lines)


def given_back(new_return: NewReturn) -> list[tuple[str, str, int | None]]:
    """Order line, quantity and amount of each line."""
    return [(line.order_line_ref, str(line.quantity), line.amount_ore) for line in new_return.lines]
