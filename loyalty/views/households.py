"""The member's pages about who shares the account, and how somebody comes to share it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from loyalty import actions
from loyalty.forms.household import CodeForm
from loyalty.models import Invitation
from loyalty.queries.people import is_holder
from loyalty.queries.programmes import recent_timetable
from loyalty.queries.sentences.groups import going_along, seen_by_others
from loyalty.views.deeds import deed
from members.models import Member
from members.views import for_members, member_of, name_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that waits, as the page shows it."""

    code: str
    link: str
    last_day: date


@require_safe
@for_members
def household(request: HttpRequest, member: Member) -> HttpResponse:
    """Who shares the account, and who is invited to."""
    now = timezone.now()
    sharing = list(Member.objects.active().filter(account=member.account_id).in_turn())
    programme = recent_timetable().latest(now)
    who_spends = programme.who_spends if programme else "all"
    waiting = Invitation.objects.waiting(now).filter(account=member.account_id).order_by("sent_at")
    page = {
        "member": member,
        "sharing": sharing,
        "form": CodeForm(),
        "invitations": [shown(request, one) for one in waiting],
        "who_spends": who_spends,
        "can_let": who_spends == "authorised" and is_holder(member),
        **said(now),
    }
    return render(request, "loyalty/household.html", page)


def shown(request: HttpRequest, invitation: Invitation) -> Waiting:
    path = reverse("invitation", args=[invitation.code])
    return Waiting(invitation.code, request.build_absolute_uri(path), last_day(invitation))


def last_day(invitation: Invitation) -> date:
    return timezone.localdate(invitation.expires_at - timedelta(microseconds=1))


def said(now: datetime) -> Mapping[str, str]:
    """What the others see of one, and what goes along with who leaves, by the rules in force."""
    programme = recent_timetable().latest(now)
    return {
        "what_others_see": seen_by_others(programme.who_sees) if programme else "",
        "what_goes_along": going_along(programme.share_on_leaving) if programme else "",
    }


@require_safe
def enter_code(request: HttpRequest) -> HttpResponse:
    """To the invitation whose code was written."""
    form = CodeForm(request.GET)
    return redirect("invitation", form.cleaned_data["code"] if form.is_valid() else "-")


@require_safe
@never_cache
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What is offered, to whoever has the code; of the inviter they see the first name alone."""
    now = timezone.now()
    rows = Invitation.objects.select_related("invited_by")
    found = rows.filter(code=code.upper()).waiting(now).first()
    page: dict[str, Any] = {"invitation": found, "member": member_of(request), **said(now)}
    if found is not None:
        page |= {"inviter": found.invited_by.first_name or _("A member"), "last_day": last_day(found)}
    return render(request, "loyalty/invitation.html", page, status=200 if found else 404)


@deed(back="household")
def invite(request: HttpRequest, member: Member, now: datetime) -> str:
    actions.invite(member=member, actor=name_of(member), now=now)
    return _("The invitation is ready: send the link to whom you mean.")


@deed(back="household")
def withdraw_invitation(request: HttpRequest, member: Member, now: datetime, code: str) -> str:
    actions.withdraw_invitation(member=member, code=code, actor=name_of(member), now=now)
    return _("The invitation is taken back, and its link no longer works.")


@deed(back="household")
def accept_invitation(request: HttpRequest, member: Member, now: datetime, code: str) -> str:
    actions.accept_invitation(code=code, member=member, actor=name_of(member), now=now)
    return _("Welcome! You share the account from now on.")


@deed(back="household")
def move_out(request: HttpRequest, member: Member, now: datetime) -> str:
    actions.move_out(member=member, actor=name_of(member), now=now)
    return _("You have an account of your own from now on.")
