"""Vouchers as staff read them, and the one thing they may do: cancel an unused one, with a reason."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from loyalty import queries
from loyalty.admin.by_hand import cancel_voucher
from loyalty.admin.ledger import AccountRowAdmin
from loyalty.admin.panels import last_day_of, worth
from loyalty.models import Voucher
from members.admin.base import column
from members.admin.filters import since

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

STATE_COLOURS = {
    "issued": "success", "reserved": "warning", "redeemed": "info", "expired": "danger", "cancelled": "danger",
}  # fmt: skip


@admin.register(Voucher)
class VoucherAdmin(AccountRowAdmin):
    list_display = ("code", "member", "worth", "labelled_state", "issued_at", "last_day", "redeemed_for")
    list_filter = (("state", ChoicesRadioFilter), since("issued_at", _("issued")))
    found_by = ("code",)
    search_help_text = _("Code of the check, or member number, name, e-mail or phone")
    readonly_fields = ("member", "worth", "spent", "last_day", "rewarded", "why")
    fields = (
        "code", "member", "rewarded", "worth", "spent", "state", "why", "issued_at", "available_from", "last_day",
        "reserved_for", "reserved_until", "redeemed_for", "redeemed_at", "debit", "version",
    )  # fmt: skip
    change_form_outer_before_template = "admin/loyalty/voucher/tools.html"

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.cancel)
        return [path("<uuid:pk>/cancel/", page, name="loyalty_voucher_cancel"), *super().get_urls()]

    def cancel(self, request: "HttpRequest", pk: object) -> "HttpResponse":
        return cancel_voucher(self, request, pk)

    @column(_("value"))
    def worth(self, voucher: Voucher) -> str:
        return worth(voucher)

    @column(_("last day"))
    def last_day(self, voucher: Voucher) -> str:
        return last_day_of(voucher)

    @column(_("amount used"))
    def spent(self, voucher: Voucher) -> str:
        return queries.money(voucher.used_ore)

    @column(_("reward"))
    def rewarded(self, voucher: Voucher) -> str:
        return queries.name_of("rewards", voucher.reward)

    @column(_("state"), STATE_COLOURS)
    def labelled_state(self, voucher: Voucher) -> tuple[str, str]:
        return voucher.state, voucher.get_state_display()

    @column(_("because"))
    def why(self, voucher: Voucher) -> str:
        return queries.explain(voucher.because)
