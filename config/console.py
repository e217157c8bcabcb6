"""The console's home and its menu: each floor's own numbers side by side, and what needs a hand."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import ngettext

from campaigns.insights import MailHealth, mail_health
from loyalty import insights as loyalty
from loyalty import queries
from loyalty.admin.till import MAY_SELL
from loyalty.models import ShopConnection
from loyalty.queries.shops import ShopTrouble, shop_troubles
from members import insights as members
from members.models import ApiKey, Member, Order
from segments import insights as segments

DAYS_UNTIL_CHECK_IS_OLD = 2
MONTHS_ARE_KEPT = 15 * 60

# The menu in the merchant's words: group, then (model, icon, title). A model without pages is left out.
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


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs a hand: ``level`` is error, warning or success; the link leads to where it is mended."""

    text: str
    level: str = "warning"
    link: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    text: str
    note: str
    is_done: bool
    link: str = ""


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


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What ``admin/index.html`` shows."""
    now = timezone.now()
    attention = [*_attention(request, now)]
    months = _months(now) if _may_see(request, "members.Order") else []
    return context | {
        "title": settings.CLUB_NAME,
        "figures": [*_figures(request, now)],
        "attention": attention,
        "is_well": all(one.level == "success" for one in attention),
        "steps": _steps(request, now),
        "months": months,
        "chart": _chart(months),
    }


def _items(request: HttpRequest, rows: Sequence[tuple[str, str, Any]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": link}
        for label, icon, title in rows
        if (link := list_of(request, label))
    ]


def list_of(request: HttpRequest, label: str, query: str = "") -> str:
    """The address of a model's list, narrowed by ``query``; empty where this member of staff has none."""
    if not _may_see(request, label):
        return ""
    app, model = label.lower().split(".")
    return reverse(f"admin:{app}_{model}_changelist") + query


def _may_see(request: HttpRequest, label: str) -> bool:
    try:
        page = admin.site.get_model_admin(apps.get_model(label))
    except (LookupError, NotRegistered):
        return False
    return bool(page.has_view_or_change_permission(request))


def may_see_figures(request: HttpRequest) -> bool:
    """Whether this member of staff may know how the whole club does."""
    return _may_see(request, "members.Member") and _may_see(request, "members.Order")


def _figures(request: HttpRequest, now: datetime) -> Iterator[Figure]:
    if link := list_of(request, "members.Member"):
        club = members.membership(now)
        joined = _("%(count)s joined this month") % {"count": count(club.joined_this_month)}
        yield Figure(_("Members"), count(club.members), joined, link)
    if link := list_of(request, "loyalty.Balance"):
        for one in loyalty.outstanding(now):
            worth = "" if one.value_ore is None else _("worth %(sum)s") % {"sum": money(one.value_ore)}
            name = queries.name_of("meters", one.meter)
            yield Figure(_("%(points)s outstanding") % {"points": name}, _amount(one), worth, link)
    if link := list_of(request, "loyalty.Voucher"):
        checks = loyalty.checks(now)
        yield Figure(_("Checks out"), count(checks.out), money(checks.out_ore), link + "?state__exact=issued")
        yield Figure(
            _("Checks used"), count(checks.used), money(checks.used_ore), link + "?state__exact=redeemed"
        )
    if link := list_of(request, "members.Order", "?placed_at_since=1"):
        today = members.sales_today(now)
        yield Figure(_("Orders today"), count(today.orders), money(today.paid_ore), link)


def _attention(request: HttpRequest, now: datetime) -> Iterator[Attention]:
    if (link := list_of(request, "loyalty.ProgrammeVersion")) and not loyalty.has_programme(now):
        yield Attention(_("No programme is in force, so orders give no points."), "error", link)
    if link := list_of(request, "loyalty.LedgerCheck"):
        yield _ledger(now, link)
    if link := list_of(request, "members.Activity", "?delivery=waiting"):
        yield from _undelivered(members.undelivered(now), link)
    if link := list_of(request, "members.OrderReturn", "?order=missing"):
        yield from _parked(members.parked_returns(), link)
    if link := list_of(request, "members.Subscription"):
        yield from _given_up(link)
    yield from _held_segments(request)
    yield from _tills_and_shops(request, now)
    if list_of(request, "campaigns.Message"):
        yield from _mail(request, mail_health(now=now))


def _ledger(now: datetime, link: str) -> Attention:
    check = loyalty.last_check()
    if check is None:
        return Attention(_("The ledger has not been checked yet. It is checked every night."), link=link)
    when = date_format(timezone.localtime(check.checked_at), "SHORT_DATETIME_FORMAT")
    if check.breaks:
        broken = _("The ledger check of %(when)s found %(laws)s broken laws.")
        return Attention(broken % {"when": when, "laws": len(check.breaks)}, "error", link)
    if (now - check.checked_at).days >= DAYS_UNTIL_CHECK_IS_OLD:
        old = _("The ledger was last checked %(when)s. The nightly check does not run.")
        return Attention(old % {"when": when}, link=link)
    clean = _("Every law of the ledger held %(when)s: %(entries)s entries checked.")
    return Attention(clean % {"when": when, "entries": count(check.entries)}, "success", link)


def _undelivered(waiting: members.Waiting, link: str) -> Iterator[Attention]:
    if waiting.since is None:
        return
    sentence = ngettext(
        "%(count)s activity has waited since %(since)s to be acted on. Is the worker running?",
        "%(count)s activities wait to be acted on, the oldest since %(since)s. Is the worker running?",
        waiting.count,
    )
    since = date_format(timezone.localtime(waiting.since), "SHORT_DATETIME_FORMAT")
    yield Attention(sentence % {"count": count(waiting.count), "since": since}, "error", link)


def _held_segments(request: HttpRequest) -> Iterator[Attention]:
    for one in segments.held() if list_of(request, "segments.Segment") else ():
        text = _("A large change of the segment “%(name)s” waits for you.") % {"name": one.name}
        yield Attention(text, link=reverse("admin:segments_segment_change", args=[one.pk]))


def _parked(parked: int, link: str) -> Iterator[Attention]:
    sentence = ngettext(
        "%(count)s return waits for its order.", "%(count)s returns wait for their order.", parked
    )
    if parked:
        yield Attention(sentence % {"count": count(parked)}, link=link)


def _given_up(link: str) -> Iterator[Attention]:
    for name in members.webhooks_given_up():
        text = _("The webhook %(name)s was switched off: its receiver answers no more.")
        yield Attention(text % {"name": name}, "error", link)


def _tills_and_shops(request: HttpRequest, now: datetime) -> Iterator[Attention]:
    if link := list_of(request, "loyalty.ShopDelivery"):
        yield from _shops(shop_troubles(now), link)
    if link := list_of(request, "loyalty.OfflineUse", "?state__exact=double"):
        yield from _doubles(loyalty.used_twice(now), link)


def _shops(troubles: Sequence[ShopTrouble], link: str) -> Iterator[Attention]:
    for one in troubles:
        sentence = ngettext(
            "%(count)s delivery from %(shop)s could not be taken in.",
            "%(count)s deliveries from %(shop)s could not be taken in.",
            one.refused,
        )
        of_shop = f"{link}?shop__id__exact={one.shop}&state__exact=refused"
        yield Attention(sentence % {"count": count(one.refused), "shop": one.name}, "error", of_shop)


def _doubles(found: int, link: str) -> Iterator[Attention]:
    sentence = ngettext(
        "%(count)s check was used twice while a till had no network.",
        "%(count)s checks were used twice while a till had no network.",
        found,
    )
    if found:
        yield Attention(sentence % {"count": count(found)}, link=link)


def _mail(request: HttpRequest, health: MailHealth) -> Iterator[Attention]:
    failed, unknown = health.failed_last_day, health.unknown
    if failed:
        text = ngettext(
            "%(count)s message failed in the last day.", "%(count)s messages failed in the last day.", failed
        )
        link = list_of(request, "campaigns.Message", "?state__exact=failed")
        yield Attention(text % {"count": count(failed)}, "error", link)
    if unknown:
        text = ngettext(
            "%(count)s message may or may not have gone out.",
            "%(count)s messages may or may not have gone out.",
            unknown,
        )
        link = list_of(request, "campaigns.Message", "?state__exact=unknown")
        yield Attention(text % {"count": count(unknown)}, link=link)
    for channel in health.failing_channels:
        since = date_format(timezone.localtime(channel.failing_since), "SHORT_DATETIME_FORMAT")
        text = _("The channel %(channel)s has not worked since %(since)s.")
        link = list_of(request, "campaigns.ChannelState")
        yield Attention(text % {"channel": channel.channel, "since": since}, "error", link)


def _steps(request: HttpRequest, now: datetime) -> list[NextStep]:
    """The way from an empty club to the first points; nothing once all of it is done."""
    steps = [
        NextStep(
            _("Publish a programme"),
            _("It says what gives points and when they become a check."),
            loyalty.has_programme(now),
            list_of(request, "loyalty.ProgrammeVersion"),
        ),
        NextStep(
            _("Connect the shop"),
            _(
                "WooCommerce and Shopify by their webhooks; anything else, and each till, with a key of its own."
            ),
            ShopConnection.objects.exists() or ApiKey.objects.exists(),
            list_of(request, "loyalty.ShopConnection"),
        ),
        NextStep(
            _("Welcome the first member"),
            _("Members join at %(address)s, in the till or through the shop.")
            % {"address": settings.CLUB_URL},
            Member.objects.exists(),
            list_of(request, "members.Member"),
        ),
        NextStep(
            _("Record the first order"),
            _("The shop sends it; the points stand on the member's page at once."),
            Order.objects.exists(),
            list_of(request, "members.Order"),
        ),
    ]
    return [] if all(step.is_done for step in steps) else steps


def _months(now: datetime) -> list[members.Month]:
    """The last twelve. Those that have ended hardly change, so they are counted a few times an hour only."""
    this = members.months(now, 0, 0)
    key = f"console.months.{this[0].start}"
    ended = cache.get_or_set(key, lambda: members.months(now, 11, 1), MONTHS_ARE_KEPT) or []
    return [*ended, *this]


def _chart(months: Sequence[members.Month]) -> str:
    """The bars as unfold's chart component reads them."""
    if not any(month.orders or month.joined for month in months):
        return ""
    return json.dumps(
        {
            "labels": [date_format(month.start, "M Y") for month in months],
            "datasets": [
                _bars(_("Orders"), [month.orders for month in months], "var(--color-primary-600)"),
                _bars(_("New members"), [month.joined for month in months], "var(--color-primary-300)"),
            ],
        }
    )


def _bars(label: str, data: list[int], colour: str) -> Mapping[str, Any]:
    looks = {
        "backgroundColor": colour,
        "maxBarThickness": 18,
        "borderRadius": 3,
        "displayYAxis": True,
        "grouped": True,
    }
    return {"label": label, "data": data, **looks}


def _amount(one: loyalty.Outstanding) -> str:
    names = queries.published_names().get(("meters", one.meter), {})
    return number_format(one.amount // names.get("unit", 1), force_grouping=True)


def count(number: int) -> str:
    return number_format(number, force_grouping=True)


def money(ore: int) -> str:
    """Whole kronor: nobody runs a club by its öre."""
    return queries.money(round(ore, -2), settings.CLUB_CURRENCY)
