"""How often members come by: of those who have bought on three days at least."""

from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from members.models import Member, Order
from segments.filters import FieldFilter, Moment
from segments.filters.expressions import DayNumber, local_day

FEWEST_DAYS = 3
FIRST_DAY = date(2000, 1, 1)


class RhythmField(FieldFilter):
    """A number made of the days on which a member has bought; two receipts of a day are one."""

    kind = "number"
    is_plain = False
    is_behaviour = True

    def purchases(self, moment: Moment) -> QuerySet[Any]:
        """Per member, in days since the first of 2000: ``first`` and ``last``, and how many ``days`` there were."""
        orders = Order.objects.counted().filter(member__isnull=False, placed_at__lte=moment.now)
        if moment.only is not None:
            orders = orders.filter(member__in=list(moment.only))
        day = DayNumber(local_day("placed_at"))
        grouped = orders.order_by().values("member_id")
        days = Count(local_day("placed_at"), distinct=True)
        return grouped.annotate(first=Min(day), last=Max(day), days=days).filter(days__gte=FEWEST_DAYS)

    def of_one(self, member: Member, moment: Moment) -> dict[str, int] | None:
        mine = Moment(moment.now, moment.zone, (member.pk,))
        return self.purchases(mine).values("first", "last", "days").first()


def meaning(purchases: QuerySet[Any]) -> Q:
    return Q(pk__in=purchases.values("member_id"))


GAPS = F("days") - 1
SPAN = F("last") - F("first")


def today_number(moment: Moment) -> int:
    return (moment.today - FIRST_DAY).days
