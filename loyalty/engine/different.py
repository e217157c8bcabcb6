"""What counts different things: one line in the books for each, so that one of two that is returned still counts."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2s

from loyalty.engine.given import Given
from loyalty.engine.happening import Line, Order

# So long is the short form of a thing, that a rule's key has room beside it.
_SHORT = 8


def one_by_one(given: Given, order: Order) -> list[Given]:
    """``given``, or where its rule counts different things, one for each of them on ``order``."""
    base = given.rule.base
    if base.amount != "different" or not given.amount:
        return [given]
    lines = [line for line in order.lines if line.ref in given.shares]
    return [
        replace(
            given,
            amount=1,
            because={**given.because, "amount": 1, "what": thing},
            shares={},
            key=f"{given.rule.key}:{blake2s(thing.encode(), digest_size=_SHORT).hexdigest()}",
        )
        for thing in dict.fromkeys(things_of(given, order, lines))
    ]


def things_of(given: Given, order: Order, lines: Iterable[Line]) -> Iterable[str]:
    """What is counted on ``lines``: of categories those that the rule names, else the first level of each."""
    what, scope = given.rule.base.attribute, given.rule.scope
    if what == "stores":
        return [order.store] if order.store else []
    if what == "categories":
        named = scope.include.categories
        found = [
            [one for one in line.categories if one in named] if named else line.categories[:1]
            for line in lines
        ]
        return [one for several in found for one in several]
    return [one for line in lines if (one := line.sku if what == "products" else line.brand)]
