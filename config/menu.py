"""The console's menu: what this member of staff may see, in the merchant's words."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from loyalty.admin.till import MAY_SELL

# Group, then (model, icon, title). A model without pages is left out.
MENU: tuple[tuple[Any, tuple[tuple[str, str, Any], ...]], ...] = (
    (
        _later("Members"),
        (
            ("members.Member", "group", _later("Members")),
            ("members.Order", "receipt_long", _later("Orders")),
            ("members.OrderReturn", "assignment_return", _later("Returns")),
            ("members.Activity", "timeline", _later("What happened")),
            ("members.Consent", "handshake", _later("Consents")),
        ),
    ),
    (
        _later("Points and checks"),
        (
            ("loyalty.ProgrammeVersion", "rule_settings", _later("Programme")),
            ("loyalty.Voucher", "redeem", _later("Checks")),
            ("loyalty.Entry", "menu_book", _later("Ledger")),
            ("loyalty.Balance", "account_balance_wallet", _later("Balances")),
            ("loyalty.TierChange", "military_tech", _later("Tier changes")),
            ("loyalty.Act", "directions_walk", _later("Acts")),
            ("loyalty.Acceptance", "flag", _later("Accepted offers")),
            ("loyalty.Booking", "event_seat", _later("Bookings")),
            ("loyalty.DrawResult", "casino", _later("Draws")),
            ("loyalty.FundEntry", "volunteer_activism", _later("Funds")),
            ("loyalty.LedgerCheck", "verified", _later("Ledger checks")),
        ),
    ),
    (
        _later("Campaigns"),
        (
            ("segments.Segment", "filter_alt", _later("Segments")),
            ("campaigns.Campaign", "campaign", _later("Campaigns")),
            ("campaigns.Message", "mail", _later("Messages")),
            ("campaigns.Suppression", "block", _later("Suppressed addresses")),
            ("campaigns.ChannelState", "cloud_off", _later("Failing channels")),
        ),
    ),
    (
        _later("Shop"),
        (
            ("members.Store", "storefront", _later("Stores")),
            ("members.Product", "sell", _later("Products")),
            ("members.Category", "category", _later("Categories")),
            ("members.ApiKey", "key", _later("API keys")),
            ("loyalty.ShopConnection", "hub", _later("Connected shops")),
            ("loyalty.ShopDelivery", "move_to_inbox", _later("Deliveries from shops")),
            ("members.Subscription", "webhook", _later("Webhooks")),
            ("members.WebhookMessage", "outbox", _later("Webhook messages")),
            ("loyalty.OfflineUse", "wifi_off", _later("Tills without network")),
            ("loyalty.ImportJob", "upload_file", _later("Imports")),
        ),
    ),
    (
        _later("Staff and operation"),
        (
            ("members.User", "badge", _later("Logins")),
            ("auth.Group", "groups", _later("Groups")),
            ("django_celery_beat.PeriodicTask", "schedule", _later("Timetable")),
        ),
    ),
)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar: what this member of staff may see."""
    first = [{"title": _("Overview"), "icon": "home", "link": reverse("admin:index")}]
    if may_see_figures(request):
        first.append({"title": _("Figures"), "icon": "bar_chart", "link": reverse("club_figures")})
    return [
        {"items": [*first, *_till(request)]},
        *({"title": title, "separator": True, "items": _items(request, rows)} for title, rows in MENU),
    ]


def _till(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm(MAY_SELL):
        yield {"title": _("Till"), "icon": "point_of_sale", "link": reverse("admin:loyalty_till")}


def _items(request: HttpRequest, rows: Sequence[tuple[str, str, Any]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": link}
        for label, icon, title in rows
        if (link := list_of(request, label))
    ]


def list_of(request: HttpRequest, label: str, query: str = "") -> str:
    """The address of a model's list, narrowed by ``query``; empty where this member of staff has none."""
    if not may_see(request, label):
        return ""
    app, model = label.lower().split(".")
    return reverse(f"admin:{app}_{model}_changelist") + query


def may_see(request: HttpRequest, label: str) -> bool:
    try:
        page = admin.site.get_model_admin(apps.get_model(label))
    except (LookupError, NotRegistered):
        return False
    return bool(page.has_view_or_change_permission(request))


def may_see_figures(request: HttpRequest) -> bool:
    """Whether this member of staff may know how the whole club does."""
    return may_see(request, "members.Member") and may_see(request, "members.Order")
