"""The member's pages about what points can be used for, evenings, draws and funds."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty.models import DrawResult
from loyalty.queries.draws import draws_of, funds_of, tickets_of
from loyalty.queries.menus import menus_of, option_of
from loyalty.queries.perks import perks_of
from loyalty.queries.progress import next_rewards
from loyalty.queries.standings import standing_of
from members.models import Member
from members.views import for_members


@require_safe
@for_members
def benefits(request: HttpRequest, member: Member) -> HttpResponse:
    """What members have besides checks. Only what the programme in force has is shown."""
    reading = standing_of(member.account_id, timezone.now())
    page: dict[str, Any] = {"member": member}
    if reading is not None:
        rewards = next_rewards(reading)
        page |= {
            "menus": menus_of(reading),
            "conversions": [one for one in rewards if one.is_on_demand or one.sizes],
            "perks": perks_of(reading, member.pk),
            "draws": draws_of(reading),
            "funds": funds_of(reading.programme),
        }
    return render(request, "loyalty/benefits.html", page)


@require_safe
@for_members
def use_option(request: HttpRequest, member: Member, menu: str, option: str) -> HttpResponse:
    """What an option takes and leaves, to be confirmed."""
    reading = standing_of(member.account_id, timezone.now())
    found = option_of(reading, menu, option) if reading else None
    if reading is None or found is None:
        raise Http404
    left = reading.available(found.meter) - found.points
    return render(request, "loyalty/use_option.html", {"option": found, "left": left})


@require_safe
@for_members
def draw_result(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """What was drawn from which list, and how anybody can check it."""
    result = get_object_or_404(DrawResult, pk=pk)
    page = {"result": result, "tickets": tickets_of(result), "mine": str(member.account_id)}
    return render(request, "loyalty/draw_result.html", page)
