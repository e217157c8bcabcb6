"""Seats at evenings as staff read them: who comes, who waits, and how full each evening is."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AllValuesCheckboxFilter

from loyalty import queries
from loyalty.models import Booking
from loyalty.queries.perks import evenings
from members.admin.base import ReadOnlyAdmin, column
from members.admin.filters import FoundByMember, since

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COLOURS = {"taken": "success", "waiting": "warning"}


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin, FoundByMember):
    list_display = ("booked_at", "evening", "member", "seats", "standing")
    list_display_links = ("booked_at",)
    list_select_related = ("member",)
    list_filter = (("perk", AllValuesCheckboxFilter), since("booked_at", _("booked")))
    list_before_template = "admin/loyalty/booking/evenings.html"
    owner = "member"
    found_by = ("perk",)
    search_help_text = _("Member number, name, e-mail or phone")
    readonly_fields = ("evening", "standing")
    fields = ("evening", "member", "seats", "standing", "booked_at")

    def changelist_view(self, request: "HttpRequest", extra_context: Any = None) -> "HttpResponse":
        facts = {**(extra_context or {}), "evenings": evenings()}
        page: HttpResponse = super().changelist_view(request, facts)
        return page

    @column(_("evening"))
    def evening(self, booking: Booking) -> str:
        return queries.name_of("perks", booking.perk)

    @column(_("state"), COLOURS)
    def standing(self, booking: Booking) -> tuple[str, Any]:
        return ("waiting", _("waiting list")) if booking.is_waiting else ("taken", _("has seats"))
