"""Fifths of the active members who have bought: 5 is the best of them, and who is level is in the same."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Count, ExpressionWrapper, F, IntegerField, Q, QuerySet, Subquery, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Rank
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Member, Order
from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment
from segments.filters.comparing import others_than, runs

FIFTHS = 5


class QuintileField(FieldFilter):
    """``by`` is what members are ranked by, the highest first."""

    by: ClassVar[Combinable]
    kind = "number"
    is_plain = False
    is_behaviour = True
    is_relative = True
    help: ClassVar[Promise | str] = _("From 1 to 5, and 5 is the best fifth of those who have bought.")

    def bought(self, moment: Moment) -> QuerySet[Order]:
        orders = Order.objects.counted().filter(member__state=Member.State.ACTIVE, placed_at__lte=moment.now)
        return orders.order_by()

    def ranked(self, moment: Moment) -> QuerySet[Any]:
        grouped = self.bought(moment).values("member_id").annotate(ranked_by=self.by)
        return grouped.annotate(rank=Window(Rank(), order_by=F("ranked_by").desc()))

    def within(self, first: int, last: int, moment: Moment) -> Q:
        """Who is in one of these fifths."""
        buyers = self.bought(moment).values("state").annotate(size=Count("member_id", distinct=True))
        size = Subquery(buyers.values("size"))
        after, upto = (
            ExpressionWrapper((size * fifths + FIFTHS - 1) / FIFTHS, output_field=IntegerField())
            for fifths in (FIFTHS - last, FIFTHS - first + 1)
        )
        found = self.ranked(moment).filter(rank__gt=after, rank__lte=upto)
        return Q(pk__in=found.values("member_id"))

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        known = Q(pk__in=self.bought(moment).values("member_id"))
        if test.op in ("set", "not_set"):
            return known if test.op == "set" else others_than(known)
        fifths = [fifth for fifth in range(1, FIFTHS + 1) if test.compares(fifth)]
        parts = (self.within(first, last, moment) for first, last in runs(fifths))
        return reduce(or_, parts, Q(pk__in=[]))

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> int | None:
        fifths = range(1, FIFTHS + 1)
        mine = Member.objects.filter(pk=member.pk)
        return next((one for one in fifths if mine.filter(self.within(one, one, moment)).exists()), None)
