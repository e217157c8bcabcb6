"""What this floor shows on a member's page: points, tiers, checks, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from loyalty import queries
from loyalty.engine.expansion import is_hidden
from loyalty.models import Acceptance, Act, Booking, Entry, Voucher
from loyalty.queries.offers import challenges_of, goal_words
from loyalty.queries.standings import standing_of
from members.admin.mirror import ROWS, Figure, Panel, Tool, figures, link_to, panels, when

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
        for one in queries.points(member.account_id, now)
        if not is_hidden(one.meter)
    ]


def _notes(one: queries.MeterReading) -> str:
    notes = [_("%(amount)s usable") % {"amount": queries.amount_of(one.meter, one.available)}]
    if one.pending:
        notes.append(_("%(amount)s pending") % {"amount": queries.amount_of(one.meter, one.pending)})
    if one.debt:
        notes.append(_("%(amount)s debt") % {"amount": queries.amount_of(one.meter, one.debt)})
    return ", ".join(notes)


@panels.register("acts")
class ActsPanel(Panel):
    position = 25
    title = _("acts")
    model = Act
    headers = (_("happened"), _("what"), _("because"), _("store"), _("undone"))
    empty = _("No acts yet: visits, reviews and the like appear here.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        newest = Act.objects.filter(account=member.account_id).select_related("store")
        return [
            (
                link_to(act, when(act.occurred_at)),
                act.kind,
                " ".join(queries.explain(one) for one in act.because),
                act.store or "–",
                when(act.undone_at),
            )
            for act in newest.order_by("-occurred_at", "-pk")[:ROWS]
        ]


@panels.register("challenges")
class ChallengesPanel(Panel):
    position = 26
    title = _("challenges")
    model = Acceptance
    headers = (_("challenge"), _("so far"), _("won"), _("last day"))
    empty = _("No challenge is open to this member.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        reading = standing_of(member.account_id, now)
        return [
            (
                queries.name_of("challenges", one.key),
                _("not accepted") if one.can_accept else ", ".join(map(goal_words, one.goals)),
                f"{one.won}/{one.repeats}",
                date_format(one.last_day, "SHORT_DATE_FORMAT") if one.last_day else "–",
            )
            for one in (challenges_of(reading) if reading else ())
        ]


@panels.register("bookings")
class BookingsPanel(Panel):
    position = 27
    title = _("bookings")
    model = Booking
    owner = "member"
    headers = (_("booked"), _("evening"), _("seats"), _("state"))
    empty = _("No seats booked.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        return [
            (
                link_to(one, when(one.booked_at)),
                queries.name_of("perks", one.perk),
                one.seats,
                _("waiting list") if one.is_waiting else _("has seats"),
            )
            for one in member.bookings.order_by("-booked_at", "-pk")[:ROWS]
        ]


@figures.register("tiers")
def tiers(member: "Member", now: datetime) -> list[Figure]:
    return [
        Figure(
            queries.name_of("tier_ladders", one.ladder),
            queries.name_of("tiers", one.tier) if one.tier else "–",
            _("until %(day)s") % {"day": last_day(one.valid_to, "DATE_FORMAT")} if one.valid_to else "",
            position=20,
        )
        for one in queries.tiers(member.account, now)
    ]


@panels.register("ledger")
class LedgerPanel(Panel):
    position = 10
    title = _("ledger")
    model = Entry
    headers = (_("happened"), _("amount"), _("because"), _("order"), _("kind"), _("by"))
    empty = _("No points yet. The first order earns them.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        newest = queries.shown_entries(member.account).select_related("order")[:ROWS]
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
            link = reverse("admin:loyalty_entry_register", args=[member.account_id])
            tools.append(Tool(_("Register a purchase"), link, "receipt_long"))
            link = reverse("admin:loyalty_entry_settle", args=[member.account_id])
            tools.append(Tool(_("Settle a run again"), link, "replay"))
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
    title = _("checks")
    model = Voucher
    headers = (_("code"), _("value"), _("state"), _("issued"), _("last day"), _("used on order"))
    empty = _("No checks yet.")

    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        return [
            (
                link_to(check, check.code),
                worth(check),
                state_of(check),
                when(check.issued_at),
                last_day_of(check),
                check.redeemed_for or "–",
            )
            for check in queries.vouchers(member.account)[:ROWS]
        ]


def state_of(check: Voucher) -> str:
    """Its state, and whether it was given on; “-” is to somebody outside the club."""
    state = {"state": check.get_state_display()}
    if check.given_to == "-":
        return _("%(state)s, given on outside the club") % state
    return _("%(state)s, given on to another member") % state if check.given_to else str(state["state"])


def worth(check: Voucher) -> str:
    """Money or per cent, as the check says it."""
    if check.percent:
        return f"{check.percent.normalize():f} %"
    return queries.money(check.value_ore)


def last_day_of(check: Voucher) -> str:
    """The last day on which it can be used: it lapses at the midnight that ends it."""
    return last_day(check.expires_at)


def last_day(ends_at: datetime | None, form: str = "SHORT_DATE_FORMAT") -> str:
    """The day that the midnight ``ends_at`` ends."""
    if ends_at is None:
        return "–"
    return date_format(localtime(ends_at - timedelta(microseconds=1)), form)
