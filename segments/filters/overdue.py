from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from django.db.models import F, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Member
from segments.engine.tree import Test
from segments.filters import Moment, fields
from segments.filters.comparing import others_than, quotient_test
from segments.filters.rhythm import GAPS, SPAN, RhythmField, meaning, today_number


@fields.register("overdue")
class Overdue(RhythmField):
    """How long ago the last purchase was, in the member's own days between purchases: 2 is twice as long as usual."""

    key: ClassVar[str] = "overdue"
    label: Promise | str = _("time since the last purchase, against the usual")
    help: ClassVar[Promise | str] = _(
        "2 is twice as long as the member usually waits. Known of those who have bought on three days at least."
    )

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        known = self.purchases(moment)
        if test.op in ("set", "not_set"):
            return meaning(known) if test.op == "set" else others_than(meaning(known))
        waited = (Value(today_number(moment)) - F("last")) * GAPS
        return meaning(known.filter(quotient_test(waited, SPAN, test)))

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> Fraction | None:
        found = self.of_one(member, moment)
        if found is None:
            return None
        waited = (today_number(moment) - found["last"]) * (found["days"] - 1)
        return Fraction(waited, found["last"] - found["first"])
