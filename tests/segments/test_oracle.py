"""The compiler against the slow and obvious way, on random definitions and random small clubs."""

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from members.models import Member
from segments import queries
from segments.engine.errors import Malformed
from tests.segments.drawn import NOW, PEOPLE, TREES, build
from tests.segments.oracle import Club

drawn = settings(
    max_examples=int(os.environ.get("DRAWN_DEFINITIONS", "60")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class RandomDefinitions(TestCase):
    @drawn
    @given(PEOPLE, TREES)
    def test_everybody_is_meant_whom_the_oracle_means(self, people: list[Any], tree: dict[str, Any]) -> None:
        try:
            node = queries.read_definition(tree)
        except Malformed as error:
            assert error.key in ("condition_is_never_true", "condition_is_always_true")  # noqa: PT017
            return
        build(people)
        found = queries.members_of(node, now=NOW)
        meant = sorted(found.values_list("pk", flat=True))
        assert meant == sorted(Club(NOW).meant(tree))
        assert found.count() == len(meant)
        assert queries.read_definition(node.document()) == node
        active = set(Member.objects.active().values_list("pk", flat=True))
        others = queries.members_of(queries.read_definition({"not": tree}), now=NOW)
        assert set(others.values_list("pk", flat=True)) == active - set(meant)
        one_by_one = [
            member.pk
            for member in Member.objects.order_by("pk")
            if queries.is_meant(node, member=member, now=NOW)
        ]
        assert one_by_one == meant
        some = [pk for pk in sorted(active) if pk % 2]
        among = queries.members_of(node, now=NOW, only=some).values_list("pk", flat=True)
        assert sorted(among) == sorted(set(some) & set(meant))
