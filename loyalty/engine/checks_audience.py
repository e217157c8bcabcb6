"""Whether a programme asks of its members what they can have: a card that anybody may bear has no person behind it."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.engine.errors import Place
from loyalty.engine.references import CONDITIONS, Finding

Row = Mapping[str, Any]
# What only somebody whom the club knows by name has or does.
OF_A_PERSON = ("birthday", "profile", "login", "referral_joined", "referral_ordered")
FACTS_OF_A_PERSON = ("age", "referred")
SIGNS_OF_A_PERSON = {"login", "mail_opened"}
SHARED = ("household", "group")
OF_A_HOUSEHOLD = (
    *("max_members", "who_spends", "same_address", "invitation_days"),
    *("who_sees", "whose_year", "share_on_leaving"),
)


def audience(document: Row) -> Iterator[Finding]:
    row = document.get("audience", {})
    unit = row.get("unit", "person")
    for name in OF_A_HOUSEHOLD:
        if name in row and unit not in SHARED:
            yield Finding(f"'{name}' is only for a household or a group", ("audience", name))
    if row.get("age_to", 120) < row.get("age_from", 0):
        yield Finding("can never apply: the most is less than the least", ("audience", "age_to"))
    if unit == "bearer":
        yield from _bearers(document)


def _bearers(document: Row) -> Iterator[Finding]:
    """What can never happen to a card: joining is its first use, so windows since joining work, and ages do not."""
    for name in ("age_from", "age_to"):
        if name in document["audience"]:
            yield Finding("a card that anybody may bear has no age", ("audience", name))
    if document["audience"].get("one_each"):
        yield Finding("can never apply: a card that anybody may bear has no person", ("audience", "one_each"))
    for index, rule in enumerate(document.get("earning_rules", ())):
        place = ("earning_rules", index)
        if rule.get("event") in OF_A_PERSON:
            yield Finding("can never happen: a card that anybody may bear has no person", (*place, "event"))
        if rule.get("beneficiary") == "referrer":
            yield Finding(
                "can never happen: a card that anybody may bear has no person", (*place, "beneficiary")
            )
    inactivity = document.get("life", {}).get("inactivity", {})
    if set(inactivity.get("without", ("purchase",))) <= SIGNS_OF_A_PERSON:
        at = ("life", "inactivity", "without")
        yield Finding("would close every card: one that anybody may bear never logs in", at)
    yield from _asked(document, ())


def _asked(value: object, place: Place) -> Iterator[Finding]:
    """Ages, consents and the like, wherever they are asked for."""
    parts: list[tuple[Any, Any]] = list(enumerate(value)) if isinstance(value, list) else []
    if isinstance(value, Mapping):
        parts = list(value.items())
    for name, one in parts:
        at = (*place, name)
        if name == "scope" and isinstance(one, Mapping) and {"age_from", "age_to"} & set(one):
            yield Finding("can never apply: a card that anybody may bear has no age", at)
        elif name in CONDITIONS and isinstance(one, Mapping):
            yield from _condition(one, at)
        else:
            yield from _asked(one, at)


def _condition(tree: Row, place: Place) -> Iterator[Finding]:
    if tree.get("fact") in FACTS_OF_A_PERSON or "consent" in tree:
        yield Finding("can never hold: a card that anybody may bear has no person", place)
    for group in ("all", "any", "at_least"):
        for index, part in enumerate(tree.get(group, ())):
            yield from _condition(part, (*place, group, index))
