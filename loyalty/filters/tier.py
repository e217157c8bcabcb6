from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ladders
from loyalty.models import Standing
from members.models import Member
from segments.engine.tree import Test
from segments.filters import Detail, FieldFilter, Moment, Value, fields
from segments.filters.comparing import exact_test


@fields.register("tier")
class Tier(FieldFilter):
    """The tier that is held now; who holds none is missing it."""

    key: ClassVar[str] = "tier"
    label: Promise | str = _("tier")
    kind = "choice"
    is_plain: ClassVar[bool] = False

    def needs(self) -> Mapping[str, Value]:
        return {"ladder": Detail("choice", _("ladder"), "ladder", known=ladders())}

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
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
