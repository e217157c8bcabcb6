"""The member's own pages about what they have, what comes next and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from loyalty import queries
from loyalty.engine.expansion import is_hidden
from loyalty.engine.reading import Reading
from loyalty.models import TierChange, Voucher
from loyalty.queries.balances import readings
from loyalty.queries.checks import checks_of
from loyalty.queries.offers import challenges_of, offers_of
from loyalty.queries.passes import PASS_HOLDS, pass_of
from loyalty.queries.personal_data import personal_data
from loyalty.queries.privacy import goods_of, private_to_others
from loyalty.queries.progress import Progress, next_rewards, tiers_of
from loyalty.queries.sentences import programme_sentences
from loyalty.queries.standings import standing_of
from members.models import Member
from members.views import bar_code, for_members, member_of, qr_code, remember_language

ENTRIES_AT_A_TIME = 20
CHANGES = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door. Who has a login goes on to their own page, or to the console."""
    if request.user.is_anonymous:
        return render(request, "loyalty/welcome.html", {"sentences": rules_in_force(timezone.now())})
    member = member_of(request)
    if member is None and request.user.is_staff:
        return redirect("admin:index")
    response = redirect("my_page")
    if member is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember_language(response, member.language)
    return response


def rules_in_force(now: datetime) -> list[str]:
    version = queries.published_versions().filter(valid_from__lte=now).exclude(valid_to__lte=now).first()
    return programme_sentences(version) if version is not None else []


@require_safe
@for_members
def my_page(request: HttpRequest, member: Member) -> HttpResponse:
    reading = standing_of(member.account_id, timezone.now())
    page: dict[str, Any] = {"member": member, "pass_ends_at": timezone.now() + PASS_HOLDS}
    if reading is not None:
        page |= {
            **meters(reading),
            "checks": checks_of(reading),
            "tiers": tiers_of(reading),
            "challenges": challenges_of(reading),
            "offers": offers_of(reading),
            "can_register": "member" in reading.programme.late_claims.by,
        }
    return render(request, "loyalty/my_page.html", page)


def meters(reading: Reading) -> dict[str, Any]:
    """The meter that the page begins with, the others, and what each leads to."""
    leads_to: dict[str, list[Progress]] = {}
    for one in next_rewards(reading):
        leads_to.setdefault(one.meter, []).append(one)
    readings = [one for one in readings_of(reading) if is_shown(one.meter)]
    main = next((one for one in readings if one.is_spendable), None)
    return {
        "main": main,
        "progress": leads_to.get(main.meter, []) if main else [],
        "others": [(one, leads_to.get(one.meter, [])) for one in readings if one is not main],
    }


def readings_of(reading: Reading) -> list[queries.MeterReading]:
    return readings(reading.programme, reading.account, reading.at)


def is_shown(meter: str) -> bool:
    names = queries.published_names().get(("meters", meter), {})
    return not is_hidden(meter) and bool(names.get("is_shown", True))


@require_safe
@for_members
def history(request: HttpRequest, member: Member) -> HttpResponse:
    """The newest lines, or those before ``?before=`` a line's number: no page gets slower with age."""
    before = request.GET.get("before", "")
    lines = queries.shown_entries(member.account).exclude(meter__in=hidden_meters(timezone.now()))
    lines = lines.select_related("order__store", "act")
    if before.isdecimal():
        lines = lines.filter(sequence__lt=int(before[:18]))
    found, now = list(lines[: ENTRIES_AT_A_TIME + 1]), timezone.now()
    page = {
        "private": private_to_others(found, member, now),
        "goods": goods_of(found, now),
        "tier_changes": list(tier_changes(member.account_id)[:CHANGES]) if not before else [],
        "entries": found[:ENTRIES_AT_A_TIME],
        "next_before": found[ENTRIES_AT_A_TIME - 1].sequence if len(found) > ENTRIES_AT_A_TIME else None,
        "is_first": not before.isdecimal(),
    }
    return render(request, "loyalty/history.html", page)


def tier_changes(account_id: int) -> QuerySet[TierChange]:
    """Steps up and down; that a tier is kept for longer is told with its last day."""
    steps = TierChange.objects.filter(account=account_id).exclude(tier=F("previous"))
    return steps.order_by("-effective_at", "-pk")


def hidden_meters(now: datetime) -> list[str]:
    """Meters that only count, as for tiers, would say everything a second time."""
    programme = queries.recent_timetable().latest(now)
    meters = programme.meters.values() if programme else ()
    return [meter.key for meter in meters if not meter.is_spendable or not is_shown(meter.key)]


@require_safe
@for_members
@cache_control(private=True, max_age=3600)
def check_qr(request: HttpRequest, member: Member, pk: UUID) -> HttpResponse:
    return qr_code(code_of(member, pk))


@require_safe
@for_members
@cache_control(private=True, max_age=3600)
def check_bars(request: HttpRequest, member: Member, pk: UUID) -> HttpResponse:
    return bar_code(code_of(member, pk))


def code_of(member: Member, pk: UUID) -> str:
    """The code of the member's own voucher; for any other the answer is that there is none."""
    return get_object_or_404(Voucher, pk=pk, account=member.account_id).code


@require_safe
@for_members
@never_cache
def till_pass(request: HttpRequest, member: Member) -> HttpResponse:
    """A new pass each time: it holds for a quarter of an hour only."""
    return qr_code(pass_of(member, timezone.now()), error="l")


@require_safe
@for_members
def my_data(request: HttpRequest, member: Member) -> HttpResponse:
    """Everything the club knows about the member, as a file."""
    file = JsonResponse(personal_data(member), json_dumps_params={"indent": 2, "ensure_ascii": False})
    file["Content-Disposition"] = f'attachment; filename="{member.number}.json"'
    return file
