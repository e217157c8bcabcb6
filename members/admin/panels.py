"""What this floor tells on a member's page: purchases, what happened, what was agreed to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.admin.mirror import ROWS, Figure, Panel, figures, link_to, panels, sentences, told, when
from members.admin.order import sum_of
from members.models import Activity, Consent, Member, Order


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
            _("%(sum)s on average") % {"sum": sum_of(average)},
        ),
        Figure(
            _("Bought for"),
            sum_of(placed["paid"]),
            returns % {"count": returned["count"], "sum": sum_of(returned["sum"])}
            if returned["count"]
            else "",
        ),
        Figure(_("Last order"), last),
    ]


@panels.register("orders")
class OrdersPanel(Panel):
    position = 40
    title = gettext_lazy("orders")
    model = Order
    owner = "member"
    headers = (
        gettext_lazy("placed"),
        gettext_lazy("order number"),
        gettext_lazy("store"),
        gettext_lazy("paid"),
    )
    empty = gettext_lazy("No orders yet.")

    def rows(self, member: Member, now: datetime) -> Sequence[Sequence[object]]:
        newest = member.orders.select_related("store").order_by("-placed_at")[:ROWS]
        return [
            (
                when(order.placed_at),
                link_to(order, order.number),
                order.store or order.channel,
                sum_of(order.paid_ore, order.currency),
            )
            for order in newest
        ]


@panels.register("timeline")
class TimelinePanel(Panel):
    position = 50
    title = gettext_lazy("what happened")
    model = Activity
    owner = "member"
    headers = (gettext_lazy("when"), gettext_lazy("what"))
    empty = gettext_lazy("Nothing has happened yet.")

    def rows(self, member: Member, now: datetime) -> Sequence[Sequence[object]]:
        newest = member.activities.order_by("-occurred_at", "-pk")[:ROWS]
        return [(when(activity.occurred_at), told(activity)) for activity in newest]


@panels.register("consents")
class ConsentsPanel(Panel):
    position = 60
    title = gettext_lazy("consents")
    model = Consent
    owner = "member"
    headers = (
        gettext_lazy("answered"),
        gettext_lazy("purpose"),
        gettext_lazy("channel"),
        gettext_lazy("answer"),
        gettext_lazy("how"),
    )
    empty = gettext_lazy("The member has not been asked for anything.")

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


@sentences.register("member.joined")
def member_joined(facts: Mapping[str, Any]) -> str:
    return _("Joined the club")


@sentences.register("member.updated")
def member_updated(facts: Mapping[str, Any]) -> str:
    changed = facts.get("fields", ())
    names = (str(field.verbose_name) for field in Member._meta.fields if field.name in changed)
    return _("Details changed: %(fields)s") % {"fields": ", ".join(names)}


@sentences.register("member.closed")
def member_closed(facts: Mapping[str, Any]) -> str:
    return _("The membership ended")


@sentences.register("consent.given")
def consent_given(facts: Mapping[str, Any]) -> str:
    return _("Said yes to %(purpose)s") % {"purpose": _purpose(facts)}


@sentences.register("consent.withdrawn")
def consent_withdrawn(facts: Mapping[str, Any]) -> str:
    return _("Said no to %(purpose)s") % {"purpose": _purpose(facts)}


def _purpose(facts: Mapping[str, Any]) -> str:
    purpose = facts.get("purpose", "")
    return str(dict(Consent.Purpose.choices).get(purpose, purpose))


@sentences.register("order.recorded")
def order_recorded(facts: Mapping[str, Any]) -> str:
    return _("Bought for %(sum)s") % {"sum": sum_of(facts.get("paid_ore", 0))}


@sentences.register("order.revised")
def order_revised(facts: Mapping[str, Any]) -> str:
    return _("An order was changed and is now %(sum)s") % {"sum": sum_of(facts.get("paid_ore", 0))}


@sentences.register("order.cancelled")
def order_cancelled(facts: Mapping[str, Any]) -> str:
    return _("An order was cancelled")


@sentences.register("order.claimed")
def order_claimed(facts: Mapping[str, Any]) -> str:
    return _("Claimed an earlier order of %(sum)s") % {"sum": sum_of(facts.get("paid_ore", 0))}


@sentences.register("return.recorded")
def return_recorded(facts: Mapping[str, Any]) -> str:
    return _("Returned goods for %(sum)s") % {"sum": sum_of(facts.get("amount_ore", 0))}
