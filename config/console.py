"""The console's home: each floor's own numbers side by side, what needs a hand, and what comes next."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from config.attention import attention
from config.menu import list_of, may_see
from config.wording import count, money
from loyalty import insights as loyalty
from loyalty import queries
from loyalty.models import ShopConnection
from members import insights as members
from members.models import ApiKey, Member, Order

MONTHS_ARE_KEPT = 15 * 60


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    text: str
    note: str
    is_done: bool
    link: str = ""


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What ``admin/index.html`` shows."""
    now = timezone.now()
    waiting = [*attention(request, now)]
    months = _months(now) if may_see(request, "members.Order") else []
    return context | {
        "title": settings.CLUB_NAME,
        "figures": [*_figures(request, now)],
        "attention": waiting,
        "is_well": all(one.level == "success" for one in waiting),
        "steps": _steps(request, now),
        "months": months,
        "chart": _chart(months),
    }


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
