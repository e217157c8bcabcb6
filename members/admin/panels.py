"""What this floor shows on a member's page: purchases, what happened, what was agreed to."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.admin.mirror import ROWS, Figure, Panel, figures, link_to, panels, told, when
from members.models import Activity, Consent, Member, Order
from members.queries import money


@figures.register("purchases")
def purchases(member: Member, now: datetime) -> list[Figure]:
    placed = member.orders.counted().aggregate(
        count=Count("pk"), paid=Coalesce(Sum("paid_ore"), 0), last=Max("placed_at")
    )
    returned = member.order_returns.aggregate(count=Count("pk"), sum=Coalesce(Sum("amount_ore"), 0))
    average = placed["paid"] // placed["count"] if placed["count"] else 0
    last = date_format(localtime(placed["last"]), "SHORT_DATE_FORMAT") if placed["last"] else "–"
    returns = ngettext("%(count)s return: %(sum)s", "%(count)s returns: %(sum)s", returned["count"])
    return [
        Figure(
            _("Orders"),
            number_format(placed["count"], force_grouping=True),
            _("%(sum)s on average") % {"sum": money(average)},
        ),
        Figure(
            _("Bought for"),
            money(placed["paid"]),
            returns % {"count": returned["count"], "sum": money(returned["sum"])}
            if returned["count"]
            else "",
        ),
        Figure(_("Last order"), last),
    ]


@panels.register("orders")
class OrdersPanel(Panel):
    position = 40
    title = _("orders")
    model = Order
    owner = "member"
    headers = (_("placed"), _("order number"), _("store"), _("paid"))
    empty = _("No orders yet.")

    def rows(self, member: Member, now: datetime) -> Sequence[Sequence[object]]:
        newest = member.orders.select_related("store").order_by("-placed_at")[:ROWS]
        return [
            (
                when(order.placed_at),
                link_to(order, order.number),
                order.store or order.channel,
                money(order.paid_ore, order.currency),
            )
            for order in newest
        ]


@panels.register("timeline")
class TimelinePanel(Panel):
    position = 50
    title = _("what happened")
    model = Activity
    owner = "member"
    headers = (_("when"), _("what"))
    empty = _("Nothing has happened yet.")

    def rows(self, member: Member, now: datetime) -> Sequence[Sequence[object]]:
        newest = member.activities.order_by("-occurred_at", "-pk")[:ROWS]
        return [(when(activity.occurred_at), told(activity)) for activity in newest]


@panels.register("consents")
class ConsentsPanel(Panel):
    position = 60
    title = _("consents")
    model = Consent
    owner = "member"
    headers = (_("answered"), _("purpose"), _("channel"), _("answer"), _("how"))
    empty = _("The member has not been asked for anything.")

    def rows(self, member: Member, now: datetime) -> Sequence[Sequence[object]]:
        newest = member.consents.order_by("-given_at", "-pk")[:ROWS]
        return [
            (
                when(answer.given_at),
                answer.get_purpose_display(),
                answer.get_channel_display(),
                _("given") if answer.is_given else _("withdrawn"),
                answer.origin,
            )
            for answer in newest
        ]
