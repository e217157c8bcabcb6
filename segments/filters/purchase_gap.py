from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Member
from segments.engine.tree import Test
from segments.filters import Moment, fields
from segments.filters.comparing import others_than, quotient_test
from segments.filters.rhythm import GAPS, SPAN, RhythmField, meaning


@fields.register("purchase_gap")
class PurchaseGap(RhythmField):
    """From the first day of a purchase to the last, divided by the times in between."""

    key: ClassVar[str] = "purchase_gap"
    label: Promise | str = _("days between purchases, on average")
    unit: Promise | str = _("days")
    help: ClassVar[Promise | str] = _("Known of those who have bought on three days at least.")

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        known = self.purchases(moment)
        if test.op in ("set", "not_set"):
            return meaning(known) if test.op == "set" else others_than(meaning(known))
        return meaning(known.filter(quotient_test(SPAN, GAPS, test)))

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> Fraction | None:
        found = self.of_one(member, moment)
        return Fraction(found["last"] - found["first"], found["days"] - 1) if found else None
