"""What members do besides buying, and what they have said yes to, as staff read it."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from loyalty import queries
from loyalty.admin.ledger import AccountRowAdmin
from loyalty.models import Acceptance, Act
from loyalty.queries.offers import offer_name
from members.admin.base import column
from members.admin.filters import since
from members.queries import money


@admin.register(Act)
class ActAdmin(AccountRowAdmin):
    list_display = ("occurred_at", "who", "kind", "counted", "store", "why", "undone_at")
    list_display_links = ("occurred_at",)
    list_select_related = ("store",)
    list_filter = (since("occurred_at", _("happened")),)
    found_by = ("number", "kind")
    search_help_text = _("Kind, number, or member number, name, e-mail or phone")
    readonly_fields = ("who", "counted", "worth", "why")
    fields = (
        "who", "kind", "counted", "worth", "store", "why", "source", "number", "occurred_at", "recorded_at",
        "undone_at", "version", "facts",
    )  # fmt: skip

    @column(_("member"))
    def who(self, act: Act) -> str:
        return self.member(act)

    @column(_("quantity"))
    def counted(self, act: Act) -> str:
        return f"{act.quantity.normalize():f}"

    @column(_("amount"))
    def worth(self, act: Act) -> str:
        return money(act.amount_ore) if act.amount_ore else "–"

    @column(_("because"))
    def why(self, act: Act) -> str:
        return format_html_join(" ", "{}", ((queries.explain(one),) for one in act.because))


@admin.register(Acceptance)
class AcceptanceAdmin(AccountRowAdmin):
    list_display = ("accepted_at", "member", "accepted")
    list_display_links = ("accepted_at",)
    found_by = ("offer",)
    search_help_text = _("Key of the offer, or member number, name, e-mail or phone")
    readonly_fields = ("member", "accepted")
    fields = ("member", "accepted", "accepted_at")

    @column(_("offer"))
    def accepted(self, row: Acceptance) -> str:
        return offer_name(row.offer)
