from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ladders
from loyalty.models import TierChange
from members.models import Member
from segments.engine.tree import Test
from segments.filters import Detail, FieldFilter, Moment, Value, fields
from segments.filters.comparing import moment_test, others_than


@fields.register("tier_ends")
class TierEnds(FieldFilter):
    """To when the tier held is kept, if nothing renews it; missing where none is held, or one is held for ever."""

    key: ClassVar[str] = "tier_ends"
    label: Promise | str = _("end of the tier")
    help: ClassVar[Promise | str] = _("When the tier lapses unless enough is earned by then to keep it.")
    kind = "moment"
    is_plain: ClassVar[bool] = False

    def needs(self) -> Mapping[str, Value]:
        return {"ladder": Detail("choice", _("ladder"), "ladder", known=ladders())}

    def held(self, told: Mapping[str, Any]) -> QuerySet[TierChange]:
        """The last row of each account on the ladder, where it ends."""
        of_ladder = TierChange.objects.filter(ladder=told["ladder"])
        later = of_ladder.filter(account=OuterRef("account"), id__gt=OuterRef("id"))
        return of_ladder.filter(~Exists(later), valid_to__isnull=False).exclude(tier="")

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        known = self.held(told)
        if test.op == "not_set":
            return others_than(Q(account_id__in=known.values("account_id")))
        passing = known if test.op == "set" else known.filter(moment_test("valid_to", test, moment))
        return Q(account_id__in=passing.values("account_id"))

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> datetime | None:
        return self.held(told).filter(account=member.account_id).values_list("valid_to", flat=True).first()
