"""The compiler against the slow and obvious way, on random definitions and random small clubs."""

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from members.models import Member
from segments import actions, queries
from segments.engine.errors import Malformed
from segments.engine.tree import Node
from tests.segments.drawn import NOW, PEOPLE, TREES, TREES_OF_TOTALS, build, buy_more
from tests.segments.oracle import Club

drawn = settings(
    max_examples=int(os.environ.get("DRAWN_DEFINITIONS", "60")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def read(tree: dict[str, Any]) -> Node | None:
    """Nothing where nobody can be meant, or everybody must be."""
    try:
        return queries.read_definition(tree)
    except Malformed as error:
        assert error.key in ("condition_is_never_true", "condition_is_always_true")  # noqa: PT017
        return None


def meant(node: Node) -> list[int]:
    return sorted(queries.members_of(node, now=NOW).values_list("pk", flat=True))


class RandomDefinitions(TestCase):
    @drawn
    @given(PEOPLE, TREES)
    def test_everybody_is_meant_whom_the_oracle_means(self, people: list[Any], tree: dict[str, Any]) -> None:
        node = read(tree)
        if node is None:
            return
        build(people)
        found = meant(node)
        assert found == sorted(Club(NOW).meant(tree))
        assert queries.members_of(node, now=NOW).count() == len(found)
        assert queries.read_definition(node.document()) == node
        active = set(Member.objects.active().values_list("pk", flat=True))
        assert set(meant(queries.read_definition({"not": tree}))) == active - set(found)
        one_by_one = [
            member.pk
            for member in Member.objects.order_by("pk")
            if queries.is_meant(node, member=member, now=NOW)
        ]
        assert one_by_one == found
        some = [pk for pk in sorted(active) if pk % 2]
        among = queries.members_of(node, now=NOW, only=some).values_list("pk", flat=True)
        assert sorted(among) == sorted(set(some) & set(found))

    @drawn
    @given(PEOPLE, TREES_OF_TOTALS)
    def test_totals_mean_whom_the_oracle_means_also_of_those_who_have_bought_since(
        self, people: list[Any], tree: dict[str, Any]
    ) -> None:
        node = read(tree)
        if node is None:
            return
        build(people)
        actions.count_totals(now=NOW)
        assert meant(node) == sorted(Club(NOW).meant(tree))
        buy_more(people)
        found = meant(node)
        assert found == sorted(Club(NOW).meant(tree))
        active = set(Member.objects.active().values_list("pk", flat=True))
        assert set(meant(queries.read_definition({"not": tree}))) == active - set(found)
