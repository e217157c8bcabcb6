"""The member's own pages about what they have, what comes next and why."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from loyalty import queries
from loyalty.models import Voucher
from loyalty.queries.personal_data import personal_data
from loyalty.queries.sentences import programme_sentences
from members.models import Account, Member
from members.views import bar_code, for_members, member_of, qr_code, remember_language

ENTRIES_AT_A_TIME = 20
OPEN = [Voucher.State.ISSUED, Voucher.State.RESERVED, Voucher.State.SCHEDULED]


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


@dataclass(frozen=True)
class Check:
    """A voucher as its owner sees it."""

    voucher: Voucher
    first_day: date | None

    @property
    def left_ore(self) -> int:
        return self.voucher.value_ore - self.voucher.used_ore


def open_checks(account: Account, now: datetime) -> list[Check]:
    """What can be used now or later, soonest to lapse first."""
    vouchers = queries.vouchers(account).filter(state__in=OPEN).exclude(expires_at__lte=now)
    return [
        Check(
            voucher,
            timezone.localdate(voucher.available_from) if voucher.available_from > now else None,
        )
        for voucher in vouchers
    ]


def is_shown(meter: str) -> bool:
    return bool(queries.published_names().get(("meters", meter), {}).get("is_shown", True))


@require_safe
@for_members
def my_page(request: HttpRequest, member: Member) -> HttpResponse:
    now = timezone.now()
    readings = [one for one in queries.points(member.account, now) if is_shown(one.meter)]
    main = next((reading for reading in readings if reading.is_spendable), None)
    page = {
        "member": member,
        "main": main,
        "others": [reading for reading in readings if reading is not main],
        "progress": queries.next_check(member.account, now),
        "checks": open_checks(member.account, now),
        "tiers": queries.tiers(member.account, now),
    }
    return render(request, "loyalty/my_page.html", page)


@require_safe
@for_members
def history(request: HttpRequest, member: Member) -> HttpResponse:
    """The newest lines, or those before ``?before=`` a line's number: no page gets slower with age."""
    before = request.GET.get("before", "")
    lines = queries.entries(member.account).exclude(meter__in=hidden_meters(timezone.now()))
    lines = lines.select_related("order__store")
    if before.isdecimal():
        lines = lines.filter(sequence__lt=int(before[:18]))
    found = list(lines[: ENTRIES_AT_A_TIME + 1])
    page = {
        "entries": found[:ENTRIES_AT_A_TIME],
        "next_before": found[ENTRIES_AT_A_TIME - 1].sequence if len(found) > ENTRIES_AT_A_TIME else None,
        "is_first": not before.isdecimal(),
    }
    return render(request, "loyalty/history.html", page)


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
def my_data(request: HttpRequest, member: Member) -> HttpResponse:
    """Everything the club knows about the member, as a file."""
    file = JsonResponse(personal_data(member), json_dumps_params={"indent": 2, "ensure_ascii": False})
    file["Content-Disposition"] = f'attachment; filename="{member.number}.json"'
    return file
