"""What this floor tells on a member's page: points, tiers, checks, and why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import queries
from loyalty.models import Entry, Voucher
from members.admin.mirror import ROWS, Figure, Panel, Tool, figures, link_to, panels, sentences, when

if TYPE_CHECKING:
    from django.http import HttpRequest

    from members.models import Member


@figures.register("points")
def points(member: "Member", now: datetime) -> list[Figure]:
    return [
        Figure(
            _("balance"),
            queries.amount_of(one.meter, one.balance),
            _notes(one) if one.is_spendable else "",
            position=10,
        )
        for one in queries.points(member.account, now)
    ]


def _notes(one: queries.MeterReading) -> str:
    notes = [_("%(amount)s usable") % {"amount": queries.amount_of(one.meter, one.available)}]
    if one.pending:
        notes.append(_("%(amount)s pending") % {"amount": queries.amount_of(one.meter, one.pending)})
    if one.debt:
        notes.append(_("%(amount)s debt") % {"amount": queries.amount_of(one.meter, one.debt)})
    return ", ".join(notes)


@figures.register("tiers")
def tiers(member: "Member", now: datetime) -> list[Figure]:
    return [
        Figure(
            queries.name_of("tier_ladders", one.ladder),
            queries.name_of("tiers", one.tier) if one.tier else "–",
            _("until %(day)s") % {"day": date_format(localtime(one.valid_to), "DATE_FORMAT")}
            if one.valid_to
            else "",
            position=20,
        )
        for one in queries.tiers(member.account, now)
    ]


@panels.register("ledger")
class LedgerPanel(Panel):
    position = 10
    title = gettext_lazy("ledger")
    model = Entry
    headers = (
        gettext_lazy("happened"),
        gettext_lazy("amount"),
        gettext_lazy("because"),
        gettext_lazy("order"),
        gettext_lazy("kind"),
        gettext_lazy("by"),
    )
    empty = gettext_lazy("No points yet. The first order earns them.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        newest = queries.entries(member.account).select_related("order")[:ROWS]
        return [
            (
                link_to(entry, when(entry.effective_at)),
                queries.amount_of(entry.meter, entry.amount),
                queries.explain(entry.because),
                link_to(entry.order, entry.order.number) if entry.order else "–",
                entry.get_kind_display(),
                entry.actor or "–",
            )
            for entry in newest
        ]

    def tools(self, member: "Member", request: "HttpRequest") -> list[Tool]:
        tools = []
        if request.user.has_perm("loyalty.add_entry"):
            link = reverse("admin:loyalty_entry_adjust", args=[member.account_id])
            tools.append(Tool(_("Adjust points"), link, "exposure"))
        if request.user.has_perm("loyalty.add_tierchange") and _has_tiers():
            link = reverse("admin:loyalty_tierchange_set", args=[member.account_id])
            tools.append(Tool(_("Set tier"), link, "military_tech"))
        return tools


def _has_tiers() -> bool:
    versions = queries.recent_timetable().versions
    return any(programme.ladders for _start, _end, programme in versions)


@panels.register("vouchers")
class VouchersPanel(Panel):
    position = 20
    title = gettext_lazy("checks")
    model = Voucher
    headers = (
        gettext_lazy("code"),
        gettext_lazy("value"),
        gettext_lazy("state"),
        gettext_lazy("issued"),
        gettext_lazy("last day"),
        gettext_lazy("used on order"),
    )
    empty = gettext_lazy("No checks yet.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        return [
            (
                link_to(check, check.code),
                worth(check),
                check.get_state_display(),
                when(check.issued_at),
                last_day_of(check),
                check.redeemed_for or "–",
            )
            for check in queries.vouchers(member.account)[:ROWS]
        ]


def worth(check: Voucher) -> str:
    """Money or per cent, as the check says it."""
    if check.percent:
        return f"{check.percent.normalize():f} %"
    return queries.money(check.value_ore, settings.CLUB_CURRENCY)


def last_day_of(check: Voucher) -> str:
    """The last day on which it can be used: it lapses at the midnight that ends it."""
    if check.expires_at is None:
        return "–"
    return date_format(localtime(check.expires_at - timedelta(microseconds=1)), "SHORT_DATE_FORMAT")


@sentences.register("points.earned")
def points_earned(facts: Mapping[str, Any]) -> str:
    return _("Earned %(amount)s") % {"amount": _amount(facts)}


@sentences.register("points.taken_back")
def points_taken_back(facts: Mapping[str, Any]) -> str:
    return _("%(amount)s taken back") % {"amount": _amount(facts)}


@sentences.register("points.adjusted")
def points_adjusted(facts: Mapping[str, Any]) -> str:
    return _("Staff adjusted %(amount)s") % {"amount": _amount(facts)}


@sentences.register("points.expired")
def points_expired(facts: Mapping[str, Any]) -> str:
    return _("%(amount)s lapsed") % {"amount": _amount(facts)}


def _amount(facts: Mapping[str, Any]) -> str:
    return queries.amount_of(str(facts["meter"]), abs(int(facts["amount"])))


@sentences.register("voucher.issued")
def voucher_issued(facts: Mapping[str, Any]) -> str:
    last_day = facts.get("last_day")
    if not last_day:
        return _("Got %(check)s") % {"check": _check(facts)}
    day = date_format(date.fromisoformat(last_day), "DATE_FORMAT")
    return _("Got %(check)s, valid to %(day)s") % {"check": _check(facts), "day": day}


@sentences.register("voucher.reserved")
def voucher_reserved(facts: Mapping[str, Any]) -> str:
    return _("%(check)s is held for an order") % {"check": _check(facts)}


@sentences.register("voucher.released")
def voucher_released(facts: Mapping[str, Any]) -> str:
    return _("%(check)s is free again") % {"check": _check(facts)}


@sentences.register("voucher.redeemed")
def voucher_redeemed(facts: Mapping[str, Any]) -> str:
    return _("Used %(check)s") % {"check": _check(facts)}


@sentences.register("voucher.expired")
def voucher_expired(facts: Mapping[str, Any]) -> str:
    return _("%(check)s lapsed") % {"check": _check(facts)}


@sentences.register("voucher.cancelled")
def voucher_cancelled(facts: Mapping[str, Any]) -> str:
    return _("%(check)s was cancelled") % {"check": _check(facts)}


def _check(facts: Mapping[str, Any]) -> str:
    name = queries.name_of("rewards", str(facts["reward"]))
    value = facts.get("value_ore")
    return f"{name} {queries.money(int(value), settings.CLUB_CURRENCY)}" if value else name


@sentences.register("tier.changed")
def tier_changed(facts: Mapping[str, Any]) -> str:
    if not facts.get("tier"):
        return _("Lost the tier %(tier)s") % {"tier": queries.name_of("tiers", str(facts["previous"]))}
    return _("Reached the tier %(tier)s") % {"tier": queries.name_of("tiers", str(facts["tier"]))}
