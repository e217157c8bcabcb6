from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ladders
from loyalty.models import Standing
from loyalty.queries.programmes import recent_timetable
from members.models import Member
from segments.engine.tree import Test
from segments.filters import Detail, FieldFilter, Moment, Value, fields
from segments.filters.comparing import exact_test

ORDERED = ("lt", "lte", "gt", "gte")


def _tiers_beyond(ladder: str, test: Test, moment: Moment) -> tuple[str, ...]:
    """The tiers that stand so to the one that is named; none where it is not of the ladder."""
    programme = recent_timetable().latest(moment.now)
    ladders = programme.ladders if programme else ()
    tiers = [tier.key for one in ladders if one.key == ladder for tier in one.tiers]
    if test.value not in tiers:
        return ()
    place = Test(test.op, Fraction(tiers.index(test.value)))
    return tuple(tier for number, tier in enumerate(tiers) if place.compares(number))


@fields.register("tier")
class Tier(FieldFilter):
    """The tier that is held now; who holds none is missing it."""

    key: ClassVar[str] = "tier"
    label: Promise | str = _("tier")
    kind = "level"
    is_plain: ClassVar[bool] = False

    def needs(self) -> Mapping[str, Value]:
        return {"ladder": Detail("choice", _("ladder"), "ladder", known=ladders())}

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        if test.op in ORDERED:
            test = Test("in", _tiers_beyond(told["ladder"], test, moment))
        held = Cast(KeyTextTransform("tier", KeyTransform(told["ladder"], "tiers")), TextField())
        standings = Standing.objects.alias(held=held)
        if test.op == "not_set":
            holding = standings.filter(exact_test("held", Test("set")), account_id=OuterRef("account_id"))
            return Q(~Exists(holding))
        return Q(account_id__in=standings.filter(exact_test("held", test)).values("account_id"))

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> str | None:
        standing = Standing.objects.filter(account_id=member.account_id).first()
        held = standing.tiers.get(told["ladder"]) if standing else None
        return held["tier"] if held else None
