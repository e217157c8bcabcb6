"""Bodies to try, as the description of the API shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

CART: dict[str, Any] = {
    "member": {"number": "1000000016"},
    "store": "sthlm",
    "channel": "shop",
    "lines": [
        {
            "ref": "1",
            "sku": "COAT-42",
            "name": "Coat",
            "category": "women/coats",
            "quantity": "1",
            "gross_ore": 129900,
            "discount_ore": 30000,
        },
        {"ref": "2", "name": "Gift card", "quantity": "1", "gross_ore": 20000, "flags": ["gift_card"]},
    ],
}

QUOTE = [OpenApiExample("A member's cart", CART, request_only=True)]
ORDER = [
    OpenApiExample(
        "A member's purchase",
        {"number": "100234", "placed_at": "2025-03-15T14:30:00+01:00", **CART},
        request_only=True,
    )
]
RETURN = [
    OpenApiExample(
        "One line",
        {
            "number": "R-881",
            "returned_at": "2025-03-20T10:00:00+01:00",
            "lines": [{"line": "1", "quantity": "1"}],
        },
        request_only=True,
    ),
    OpenApiExample(
        "All that is left",
        {"number": "R-882", "returned_at": "2025-03-20T10:00:00+01:00"},
        request_only=True,
    ),
]
