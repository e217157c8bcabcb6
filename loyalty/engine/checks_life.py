"""Whether what a programme says of membership, of leaving and of what a tier is lost by, can ever do something."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.engine.errors import Place
from loyalty.engine.references import Finding

Row = Mapping[str, Any]
# What happens without anybody telling of it.
BY_ITSELF = ("birthday", "anniversary", "first_purchase", "referral_joined", "referral_ordered", "return")
NOT_FOR_TIERS = {"by_tier", "suspended_for", "extended_years"}
DAYS_OF_A_YEAR = 365
# What of leaving means something for which fate of the points.
_ONLY_FOR = {"after_days": "cut", "to": "cut", "years": "kept"}


def life(document: Row) -> Iterator[Finding]:
    row = document.get("life", {})
    if row.get("inactivity", {}).get("effect") == "none":
        yield Finding("effect 'none' does nothing", ("life", "inactivity", "effect"), is_error=False)
    if "leaving" in row:
        yield from _leaving(row["leaving"], ("life", "leaving"))


def _leaving(row: Row, place: Place) -> Iterator[Finding]:
    for name, points in _ONLY_FOR.items():
        if name in row and row["points"] != points:
            yield Finding(f"'{name}' is only for points '{points}'", (*place, name))
    grace = row.get("grace_days", 0)
    if row["points"] == "cut" and row.get("after_days", 0) < grace:
        yield Finding("would be cut before the grace has passed", (*place, "grace_days"))
    if row["points"] == "kept" and row.get("years", 0) * DAYS_OF_A_YEAR < grace:
        yield Finding("would be lost before the grace has passed", (*place, "grace_days"))


def given_tiers(row: Row, place: Place) -> Iterator[Finding]:
    """What a ladder says of tiers that are not earned."""
    known = {tier["key"] for tier in row["rows"]}
    for index, given in enumerate(row.get("given_by", ())):
        at = (*place, "given_by", index)
        if given["tier"] not in known:
            yield Finding(f"there is no tier '{given['tier']}' on '{row['key']}'", (*at, "tier"))
        if given["event"] in BY_ITSELF:
            yield Finding(
                "a tier is given by a purchase, by joining, or by an act of your own", (*at, "event")
            )
        lifetime = given.get("lifetime", {})
        if lifetime.get("kind") == "while_active" or NOT_FOR_TIERS & set(lifetime):
            yield Finding("a tier lasts to a day that is known when it is given", (*at, "lifetime"))


def withdrawal(document: Row, row: Row, place: Place) -> Iterator[Finding]:
    """What a ladder says of money taken out."""
    if "on_withdrawal" not in row:
        return
    back_to, at = row["on_withdrawal"]["back_to"], (*place, "on_withdrawal", "back_to")
    if back_to not in {tier["key"] for tier in row["rows"]}:
        yield Finding(f"there is no tier '{back_to}' on '{row['key']}'", at)
    if not any(reward["kind"] == "payout" for reward in document.get("rewards", ())):
        yield Finding("can never happen: no reward is paid out in money", at)
