"""The ledger as staff read it. Nobody writes in it here: points are adjusted on the member's page."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from loyalty import queries
from loyalty.admin.by_hand import adjust_points, register_receipt, reopen_run, set_tier
from loyalty.admin.households import merge_member, move_out
from loyalty.admin.panels import last_day
from loyalty.models import Allocation, Award, Balance, Entry, LedgerCheck, Lot, Standing, TierChange
from members.admin.base import ReadOnlyAdmin, column
from members.admin.filters import FoundByMember, since

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from members.models import Account

KIND_COLOURS = {
    "earn": "success", "restore": "success", "reverse": "danger", "expire": "warning", "adjust": "info",
}  # fmt: skip


def members_of(account: "Account") -> str:
    """Links to whoever shares ``account``, from members loaded before."""
    return format_html_join(
        ", ",
        '<a class="text-link" href="{}">{}</a>',
        ((reverse("admin:members_member_change", args=[one.pk]), one) for one in account.members.all()),
    )


class AccountRowAdmin(ReadOnlyAdmin, FoundByMember):
    """Rows of an account: one search box, one column that says whose."""

    search_help_text = _("Member number, name, e-mail or phone")

    def get_queryset(self, request: "HttpRequest") -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("account__members")  # type: ignore[no-any-return]

    @column(_("member"))
    def member(self, row: Any) -> str:
        return members_of(row.account)


@admin.register(Entry)
class EntryAdmin(AccountRowAdmin):
    list_display = ("effective_at", "member", "counted", "labelled_kind", "why", "order", "actor")
    list_display_links = ("effective_at",)
    list_select_related = ("order",)
    list_filter = (("kind", ChoicesRadioFilter), since("effective_at", _("happened")))
    readonly_fields = ("member", "counted", "why")
    fields = (
        "member", "counted", "kind", "why", "order", "order_return", "reverses", "actor", "reason",
        "effective_at", "recorded_at", "sequence", "rule", "version",
    )  # fmt: skip

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.adjust)
        register = self.admin_site.admin_view(self.register)
        return [
            path("adjust/<int:account_id>/", page, name="loyalty_entry_adjust"),
            path("merge/<int:pk>/", self.admin_site.admin_view(self.merge), name="loyalty_entry_merge"),
            path("move-out/<int:pk>/", self.admin_site.admin_view(self.part), name="loyalty_entry_move_out"),
            path(
                "settle/<int:account_id>/",
                self.admin_site.admin_view(self.settle),
                name="loyalty_entry_settle",
            ),
            path("register/<int:account_id>/", register, name="loyalty_entry_register"),
            *super().get_urls(),
        ]

    def adjust(self, request: "HttpRequest", account_id: int) -> "HttpResponse":
        return adjust_points(self, request, account_id)

    def settle(self, request: "HttpRequest", account_id: int) -> "HttpResponse":
        return reopen_run(self, request, account_id)

    def register(self, request: "HttpRequest", account_id: int) -> "HttpResponse":
        return register_receipt(self, request, account_id)

    def merge(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return merge_member(self, request, pk)

    def part(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return move_out(self, request, pk)

    @column(_("amount"))
    def counted(self, entry: Entry) -> str:
        return queries.amount_of(entry.meter, entry.amount)

    @column(_("kind"), KIND_COLOURS)
    def labelled_kind(self, entry: Entry) -> tuple[str, str]:
        return entry.kind, entry.get_kind_display()

    @column(_("because"))
    def why(self, entry: Entry) -> str:
        return queries.explain(entry.because)


@admin.register(Lot)
class LotAdmin(AccountRowAdmin):
    list_display = ("available_from", "member", "opened", "left", "expires_at")
    list_display_links = ("available_from",)
    list_filter = (since("available_from", _("usable from")),)
    readonly_fields = ("member", "opened", "left")
    fields = ("member", "entry", "opened", "left", "available_from", "expires_at")

    @column(_("amount"))
    def opened(self, lot: Lot) -> str:
        return queries.amount_of(lot.meter, lot.amount)

    @column(_("remaining"))
    def left(self, lot: Lot) -> str:
        return queries.amount_of(lot.meter, lot.remaining)


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("debit", "lot", "taken")
    list_select_related = ("debit", "lot")
    fields = ("debit", "lot", "taken")
    readonly_fields = ("taken",)

    @column(_("amount"))
    def taken(self, allocation: Allocation) -> str:
        return queries.amount_of(allocation.debit.meter, allocation.amount)


@admin.register(Award)
class AwardAdmin(AccountRowAdmin):
    list_display = ("order", "member", "version", "why")
    list_select_related = ("order", "version")
    readonly_fields = ("member", "why")
    fields = ("order", "member", "version", "why", "at_sale", "shares", "because")

    @column(_("because"))
    def why(self, award: Award) -> str:
        return format_html_join(" ", "{}", ((queries.explain(one),) for one in award.because))


@admin.register(Balance)
class BalanceAdmin(AccountRowAdmin):
    list_display = ("member", "stands", "owes")
    readonly_fields = ("member", "stands", "owes")
    fields = ("member", "stands", "owes")

    @column(_("balance"))
    def stands(self, balance: Balance) -> str:
        return queries.amount_of(balance.meter, balance.amount)

    @column(_("debt"))
    def owes(self, balance: Balance) -> str:
        return queries.amount_of(balance.meter, balance.debt) if balance.debt else "–"


@admin.register(Standing)
class StandingAdmin(AccountRowAdmin):
    list_display = ("member", "computed_to", "due_at")
    readonly_fields = ("member",)
    fields = ("member", "computed_to", "due_at", "sequence", "tiers", "last_at", "choices")


@admin.register(TierChange)
class TierChangeAdmin(AccountRowAdmin):
    list_display = ("effective_at", "member", "moved", "last_day", "origin", "why", "actor")
    list_display_links = ("effective_at",)
    list_filter = (("origin", ChoicesRadioFilter),)
    readonly_fields = ("member", "moved", "last_day", "why")
    fields = (
        "member", "moved", "last_day", "origin", "why", "actor", "reason", "effective_at", "recorded_at",
    )  # fmt: skip

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.set)
        return [path("set/<int:account_id>/", page, name="loyalty_tierchange_set"), *super().get_urls()]

    def set(self, request: "HttpRequest", account_id: int) -> "HttpResponse":
        return set_tier(self, request, account_id)

    @column(_("tier"))
    def moved(self, change: TierChange) -> str:
        """From which tier to which; a tier that only got a later last day is told once."""
        before, after = (
            queries.name_of("tiers", key) if key else _("none") for key in (change.previous, change.tier)
        )
        return str(after) if before == after else f"{before} → {after}"

    @column(_("last day"))
    def last_day(self, change: TierChange) -> str:
        return last_day(change.valid_to)

    @column(_("because"))
    def why(self, change: TierChange) -> str:
        return queries.explain(change.because)


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    list_display = ("checked_at", "checked", "outcome")
    readonly_fields = ("checked", "outcome", "broken")
    fields = ("checked_at", "checked", "outcome", "broken")

    @column(_("entries"))
    def checked(self, check: LedgerCheck) -> str:
        return number_format(check.entries, force_grouping=True)

    @column(_("outcome"), {"holds": "success", "broken": "danger"})
    def outcome(self, check: LedgerCheck) -> tuple[str, Any]:
        return ("broken", _("broken")) if check.breaks else ("holds", _("every law holds"))

    @column(_("broken laws"))
    def broken(self, check: LedgerCheck) -> str:
        laws = format_html_join(
            "",
            "<li>{}: {}<ul>{}</ul></li>",
            (
                (
                    one["law"],
                    one["title"],
                    format_html_join("", "<li>{}</li>", ((row,) for row in one["rows"])),
                )
                for one in check.breaks
            ),
        )
        return format_html("<ol>{}</ol>", laws) if check.breaks else "–"
