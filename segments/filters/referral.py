from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Member, Order
from segments.filters import Detail, FactFilter, Moment, facts

QUALIFIED, PENDING, REVERSED = "qualified", "pending", "reversed"


@facts.register("referral")
class Referrals(FactFilter):
    """Friends who joined on the member's invitation; a purchase that stands qualifies them."""

    key: ClassVar[str] = "referral"
    label: ClassVar[Promise] = _("invited friends")
    owner: ClassVar[str] = "referrer_id"
    at: ClassVar[str] = "joined_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        bought = Order.objects.counted().filter(member=OuterRef("pk"), placed_at__lte=moment.now)
        regretted = Order.objects.filter(
            member=OuterRef("pk"), placed_at__lte=moment.now, state=Order.State.CANCELLED
        )
        state = Case(
            When(Exists(bought), then=Value(QUALIFIED)),
            When(Exists(regretted), then=Value(REVERSED)),
            default=Value(PENDING),
            output_field=CharField(),
        )
        return Member.objects.annotate(referral_state=state)

    def where(self) -> Mapping[str, Detail]:
        states = (
            (QUALIFIED, _("has bought")),
            (PENDING, _("has not bought yet")),
            (REVERSED, _("has bought, and every purchase was cancelled")),
        )
        return {"state": Detail("choice", _("state"), "referral_state", known=states)}
