"""The calls that the guide shows, in the order in which they are made. A test makes every one of them.

What they are answered is kept beside them, as it was when the test last wrote it down.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).with_name("answers.json")
PREFIX = "/api/v1/"
BOUGHT = "2026-01-15T14:30:00+01:00"

# Method, address, headers and body; answers the status and the body.
Call = Callable[[str, str, Mapping[str, str], Any], tuple[int, Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """``{names}`` in address and body are what earlier answers gave: ``keeps`` says by what name, and where."""

    key: str
    title: str
    says: str
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A call as it was made, and what it was answered."""

    example: Example
    path: str
    body: Any
    status: int
    answer: Any

    @property
    def body_text(self) -> str:
        return _pretty(self.body)

    @property
    def answer_text(self) -> str:
        return _pretty(self.answer)


def _pretty(told: Any) -> str:
    return "" if told is None else json.dumps(told, indent=2, ensure_ascii=False)


COAT = {
    "ref": "1",
    "sku": "COAT-42",
    "name": "Coat",
    "category": "women/coats",
    "quantity": 1,
    "gross_ore": 60000,
}
SOCKS = {"ref": "2", "sku": "SOCKS", "name": "Socks", "quantity": 2, "gross_ore": 9800}

EXAMPLES = (
    Example(
        "join",
        "Let a customer join",
        "From your checkout or from “My account”. The same external id, else the same e-mail, is the same member: "
        "then the answer is 200 and nothing known about them changes, so you can call it for every buyer.",
        "POST",
        "members/",
        {
            "email": "vera@sandbox.example",
            "first_name": "Vera",
            "external_id": "customer-42",
            "origin": "checkout",
            "consents": [{"purpose": "marketing", "channel": "email", "is_given": True, "wording": "web-3"}],
        },
        keeps={"member": "number"},
    ),
    Example(
        "find",
        "Find the member again",
        "By what you call them yourself. In every body too a member is named by number, external_id or email.",
        "GET",
        "members/?external_id=customer-42",
    ),
    Example(
        "quote",
        "Say what a cart costs and earns",
        "Stores nothing, so call it whenever the cart changes. With propose the club says which checks and points "
        "to use so that least is wasted, and first what ends first.",
        "POST",
        "quotes/",
        {"member": {"external_id": "customer-42"}, "channel": "web", "propose": True, "lines": [COAT, SOCKS]},
    ),
    Example(
        "order",
        "Record an order",
        "When it is paid. The answer has what the order gave, why, and what the member has now. Your own number is "
        "the natural key: the same order sent again is answered again and counts once.",
        "POST",
        "orders/",
        {
            "number": "100234",
            "placed_at": BOUGHT,
            "member": {"external_id": "customer-42"},
            "channel": "web",
            "lines": [COAT, SOCKS],
        },
        headers={"Idempotency-Key": "order-100234"},
        keeps={"order": "id", "voucher": "issued.0.code"},
    ),
    Example(
        "points",
        "Show what the member has",
        "Amounts are in the smallest part of the meter, unit of them to one. Poll it with If-None-Match.",
        "GET",
        "members/{member}/points/",
    ),
    Example(
        "reserve",
        "Hold what the member wants to use",
        "While the next order is being paid. All of it or nothing; it is let go after the minutes, when you release "
        "it, or when the order comes.",
        "POST",
        "reservations/",
        {
            "order_number": "100235",
            "member": {"external_id": "customer-42"},
            "vouchers": ["{voucher}"],
            "minutes": 30,
        },
    ),
    Example(
        "use",
        "Record an order that uses a check",
        "The codes to use stand in vouchers. What the club takes off is in voucher_ore; what is left in paid_ore.",
        "POST",
        "orders/",
        {
            "number": "100235",
            "placed_at": "2026-01-16T09:00:00+01:00",
            "member": {"external_id": "customer-42"},
            "channel": "web",
            "lines": [SOCKS],
            "vouchers": ["{voucher}"],
        },
    ),
    Example(
        "return",
        "Take a line back",
        "By the ref of its line, or without lines for all that is left. However a return is split, it takes back what "
        "was given and no more. A return may also come before its order: POST returns/ with the order’s number.",
        "POST",
        "orders/{order}/returns/",
        {
            "number": "R-881",
            "returned_at": "2026-01-20T10:00:00+01:00",
            "lines": [{"line": "2", "quantity": 1}],
        },
    ),
    Example(
        "problem",
        "What a problem looks like",
        "The type is stable and meant for your code, the detail for people, in the language of Accept-Language. A call "
        "that is refused has changed nothing.",
        "POST",
        "orders/",
        {
            "number": "100235",
            "placed_at": "2026-01-16T09:00:00+01:00",
            "member": {"external_id": "customer-42"},
            "lines": [COAT],
            "vouchers": ["{voucher}", "NO-SUCH"],
            "chanel": "web",
        },
    ),
    Example(
        "rewards",
        "Show what points can be used for",
        "Each option with what it takes and what is missing for it, and what comes next by itself.",
        "GET",
        "members/{member}/rewards/",
    ),
    Example(
        "activities",
        "Tell what members do besides buying",
        "Up to 1,000 at a time. Each row is answered by itself: one that is wrong holds up no other.",
        "POST",
        "activities/batch/",
        {
            "activities": [
                {
                    "number": "review-1",
                    "kind": "review",
                    "member": {"external_id": "customer-42"},
                    "occurred_at": "2026-01-21T20:00:00+01:00",
                },
                {
                    "number": "review-2",
                    "kind": "review",
                    "member": {"external_id": "nobody"},
                    "occurred_at": "2026-01-21T20:00:00+01:00",
                },
            ]
        },
    ),
    Example(
        "products",
        "Send your goods",
        "Up to 1,000 at a time: the new are made, the others become what you send.",
        "POST",
        "products/",
        {"products": [{"sku": "COAT-42", "name": "Coat", "brand": "Own"}]},
    ),
    Example(
        "webhook",
        "Be told what happens",
        "By the Standard Webhooks specification, so its libraries verify the signature. Keep the secret: it is shown "
        "this once.",
        "POST",
        "webhooks/",
        {
            "name": "Our webshop",
            "url": "https://shop.example/stamkund",
            "events": ["voucher.issued", "tier.changed"],
        },
    ),
)


def play(call: Call) -> Iterator[Made]:
    """Make every call in turn."""
    kept: dict[str, str] = {}
    for example in EXAMPLES:
        path, body = filled(PREFIX + example.path, kept), filled(example.body, kept)
        status, answer = call(example.method, path, example.headers, body)
        for name, place in example.keeps.items():
            kept[name] = str(found(answer, place))
        yield Made(example, path, body, status, answer)


def filled(told: Any, kept: Mapping[str, str]) -> Any:
    """``told`` with its ``{names}`` filled in."""
    if isinstance(told, str):
        for name, value in kept.items():
            told = told.replace(f"{{{name}}}", value)
        return told
    if isinstance(told, Mapping):
        return {name: filled(value, kept) for name, value in told.items()}
    return [filled(one, kept) for one in told] if isinstance(told, list) else told


def found(answer: Any, place: str) -> Any:
    for name in place.split("."):
        answer = answer[int(name)] if name.isdecimal() else answer[name]
    return answer


def kept_of(made: Made) -> dict[str, Any]:
    """As it is written down."""
    return {"path": made.path, "body": made.body, "status": made.status, "answer": made.answer}


@lru_cache(maxsize=1)
def written() -> tuple[Made, ...]:
    """Every call as the test last made it."""
    kept = json.loads(ANSWERS.read_text())
    return tuple(Made(example, **kept[example.key]) for example in EXAMPLES)
