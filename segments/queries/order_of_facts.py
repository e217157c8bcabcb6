"""Conditions on one thing that happened and another that has not followed."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from segments.engine.tree import Facts, Sequence
from segments.filters import Moment, facts
from segments.filters.wall_clock import Later
from segments.queries.facts import OWNER, owned_by, rows_of

AT = "segment_at"


def sequence_condition(node: Sequence, moment: Moment) -> Q:
    """Some ``did``, the last or the first of its kind where only that counts, that the other has not followed, or has.

    With ``same``, of each product or category by itself; what has none is left out.
    """
    did = _keyed(node.did, node.same, moment)
    if node.mode == "since_first":
        did = did.filter(~Exists(_alike(did, node.same).filter(**{f"{AT}__lt": OuterRef(AT)})))
    elif (node.within or node.is_followed) and node.mode == "since_last":
        did = did.filter(~Exists(_alike(did, node.same).filter(**{f"{AT}__gt": OuterRef(AT)})))
    following = _alike(_keyed(node.other, node.same, moment), node.same).filter(**{f"{AT}__gt": OuterRef(AT)})
    if node.within:
        did = did.annotate(segment_end=Later(AT, *node.within))
        following = following.filter(**{f"{AT}__lte": OuterRef("segment_end")})
    if node.is_followed:
        return owned_by(node.did.of, did.filter(Exists(following)))
    decided = did.filter(segment_end__lte=moment.now) if node.within else did
    return owned_by(node.did.of, decided.filter(~Exists(following)))


def _keyed(wanted: Facts, same: tuple[str, ...], moment: Moment) -> QuerySet[Any]:
    """The facts with their time, and with what they must have in common; without a blank in it."""
    found = facts[wanted.of]()
    rows: QuerySet[Any] = rows_of(wanted, moment).annotate(**{AT: F(found.at)})
    for name in same:
        rows = rows.annotate(**{f"same_{name}": found.same()[name].expression}).filter(
            **{f"same_{name}__gt": ""}
        )
    return rows


def _alike(rows: QuerySet[Any], same: tuple[str, ...]) -> QuerySet[Any]:
    """Those of the same owner and with the same in common as the outer fact."""
    return rows.filter(**{name: OuterRef(name) for name in (OWNER, *(f"same_{one}" for one in same))})
